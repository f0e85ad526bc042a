import type { Backend } from '../backends/backend.js';
import type { Clock, RecordingValidation } from '../core/ports.js';
import type { RunMetadata } from '../core/records.js';

/** What a recorder for other programs is handed from outside its room. */
export interface RunRecorderPorts {
  clock: Clock;
  startValidation(run: RunMetadata): RecordingValidation;
  onWarning(message: string): void;
  exportRun(
    run: { directory: string; backend: Backend },
    out: string,
    options: ExportDataOptions,
  ): Promise<void>;
}

/** What of a run to write, and as what; see docs/export.md. */
export interface ExportDataOptions {
  /** Left out: as the ending of `out` says. */
  format?: string;
  compression?: string;
  level?: number;
  /** Numbers of episodes, from 1; left out for all. */
  episodes?: readonly number[];
  /** Whether what lies there already is replaced. */
  force?: boolean;
}
