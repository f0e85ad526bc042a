import { readOutcome } from '../record/outcomes.js';
import { finishedRun, type ReadOutcome } from '../sweep/finished-run.js';
import type { JobResult } from '../sweep/ledger.js';
import { describeSwept, type PlannedJob } from '../sweep/plan.js';
import { runJobs, WorkerLost, type JobProgress } from '../sweep/pool.js';
import type { Session } from '../sweep/session.js';
import type { JobEnd } from './job-messages.js';
import { startJobWorker } from './job-process.js';
import type { Interruption } from './interruption.js';
import type { CheckedJob } from './multirun-check.js';
import { SweepStorage } from './multirun-storage.js';
import { ProgressDisplay } from './progress.js';
import { plural, printable, type Output } from './ui.js';

export interface SweepRun {
  /** The jobs still to run. */
  jobs: readonly CheckedJob[];
  /** Jobs of the whole sweep. */
  total: number;
  concurrency: number;
  session: Session;
  interruption: Interruption;
  /** Command that goes on with the sweep. */
  goOn: string;
  output: Output;
}

/**
 * Runs the jobs in worker processes. Each is in the ledger before it records and when it has ended; a line says so.
 * @returns how they ended; without those that an interruption came before
 * @throws CaptureError `io` when the ledger cannot be written, after the jobs at work have ended in order
 */
export async function runSweep({
  jobs,
  total,
  concurrency,
  session,
  interruption,
  goOn,
  output,
}: SweepRun): Promise<Map<number, JobResult>> {
  const { signal } = interruption;
  const results = new Map<number, JobResult>();
  const display = new SweepProgress(jobs);
  const say = (line: string): void => {
    display.wipe();
    output.stderr(`${line}\n`);
  };
  const storage = new SweepStorage(jobs, { say, interruption, goOn });
  try {
    await runJobs(jobs, {
      concurrency,
      startWorker: startJobWorker,
      taskOf: ({ task }) => task,
      signal,
      onStart: async ({ job }, runDir) => {
        storage.begin(job.job, runDir);
        await session.append({ job: job.job, status: 'started', run_dir: runDir });
      },
      onProgress: ({ job }, progress) => {
        display.update(job.job, progress);
        storage.update(job.job, progress);
      },
      onEnd: async ({ job }, end) => {
        const result = await resultOf(job, end, signal.aborted);
        results.set(job.job, result);
        await session.append(result);
        display.end(job.job, result.counts);
        say(`job ${job.job}/${total}  ${jobLine(job, result)}`);
        storage.endJob(job.job, result.run_dir, result.counts);
      },
    });
    storage.end();
  } finally {
    storage.stop();
    display.wipe();
  }
  return results;
}

/** A worker may have been lost between the manifest and its last word. */
async function resultOf(job: PlannedJob, end: JobEnd | WorkerLost, interrupted: boolean): Promise<JobResult> {
  if (!(end instanceof WorkerLost)) return { job: job.job, ...end };
  const { runDir, message } = end;
  const finished = runDir === null ? null : await finishedRun(job, runDir, outcomeOf);
  return (
    finished ?? {
      job: job.job,
      status: interrupted ? 'aborted' : 'failed',
      run_dir: runDir,
      counts: null,
      outcome: null,
      elapsed_ms: null,
      content_digest: null,
      error: message,
    }
  );
}

/** As the ledger keeps it. */
export const outcomeOf: ReadOutcome = async (runDir) => {
  const { terminated, meanReturn, meanSteps } = await readOutcome(runDir);
  return { terminated, mean_return: meanReturn, mean_steps: meanSteps };
};

/** `seed=3 policy=surge_and_cast  complete  1,234 steps  results/demo/run-20261121-120000` */
function jobLine({ swept }: PlannedJob, { status, counts, run_dir: runDir, error }: JobResult): string {
  const parts = [
    describeSwept(swept),
    error === null ? status : `${status}: ${error}`,
    counts === null ? '' : plural(counts.steps, 'step'),
    runDir ?? '',
  ];
  return printable(parts.filter((part) => part !== '').join('  '));
}

/** Episodes and steps of all jobs together. */
class SweepProgress {
  private readonly display = new ProgressDisplay(process.stderr);
  private readonly byJob = new Map<number, JobProgress>();
  private readonly total: number;

  constructor(jobs: readonly CheckedJob[]) {
    this.total = jobs.reduce((sum, { task }) => sum + task.settings.episodes, 0);
  }

  update(job: number, progress: JobProgress): void {
    this.byJob.set(job, progress);
    let episodes = 0;
    let steps = 0;
    for (const each of this.byJob.values()) {
      episodes += each.episodes;
      steps += each.steps;
    }
    this.display.update(episodes, steps, this.total);
  }

  /** The line of the job that is to follow stands alone. */
  end(job: number, counts: JobProgress | null): void {
    if (counts !== null) this.byJob.set(job, counts);
    this.display.end();
  }

  wipe(): void {
    this.display.end();
  }
}
