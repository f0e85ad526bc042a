import type { JobResult } from '../sweep/ledger.js';
import type { JobProgress } from '../sweep/pool.js';
import type { CaptureTask } from './capture-task.js';

/** How a job ended; which one it was the sweep knows. */
export type JobEnd = Omit<JobResult, 'job'>;

/** From the sweep to a worker. `go` answers `started`; `abort` ends the job at work in order. */
export type ToWorker = { kind: 'run'; task: CaptureTask } | { kind: 'go' } | { kind: 'abort' };

/** From a worker to the sweep. */
export type FromWorker =
  | { kind: 'started'; runDir: string }
  | { kind: 'progress'; progress: JobProgress }
  | { kind: 'ended'; end: JobEnd };
