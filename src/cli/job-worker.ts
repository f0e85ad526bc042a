import { CaptureError } from '../core/errors.js';
import { exists } from '../io/atomic.js';
import type { CaptureResult } from '../record/capture.js';
import { runCapture } from './capture-run.js';
import type { CaptureTask } from './capture-task.js';
import { errorLine } from './error-line.js';
import type { FromWorker, JobEnd, ToWorker } from './job-messages.js';

/*
 * A process of a sweep: takes captures from its parent one after another and ends when the parent lets go of it. When
 * the parent is killed, the run at work is finalised as aborted.
 */

const PROGRESS_EVERY_MS = 100;

// The terminal and the scheduler signal the whole group; the parent decides what becomes of the job.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

interface JobAtWork {
  abort(): void;
  /** Lets it record. */
  go(): void;
  /** Ends it, whether it records already or not. */
  giveUp(): void;
}
let atWork: JobAtWork | null = null;

process.on('disconnect', () => atWork?.giveUp());
process.on('message', (message: ToWorker) => {
  if (message.kind === 'abort') atWork?.abort();
  else if (message.kind === 'go') atWork?.go();
  else void work(message.task);
});

function send(message: FromWorker): void {
  // whether the parent is still there `disconnect` says
  if (process.connected) process.send?.(message, () => {});
}

async function work(task: CaptureTask): Promise<void> {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const leave = new Promise<void>((go, refuse) => {
    const giveUp = (): void => {
      abort();
      refuse(new CaptureError('io', 'the sweep was killed'));
    };
    atWork = { abort, go, giveUp };
  });
  // it may be refused when nobody waits for it any more, or not yet
  leave.catch(() => {});
  const claimed: { runDir: string | null } = { runDir: null };
  let toldAt = 0;
  let end: JobEnd;
  try {
    const result = await runCapture(task, {
      signal: controller.signal,
      // the jobs of a sweep share the machine as it is
      cores: 1,
      onWarning: (message) => process.stderr.write(`warning: ${message}\n`),
      onStart: async ({ directory }) => {
        claimed.runDir = directory;
        send({ kind: 'started', runDir: directory });
        // a run that the ledger does not know must not become a whole one
        await leave;
      },
      onProgress: (progress) => {
        const now = performance.now();
        if (now - toldAt < PROGRESS_EVERY_MS) return;
        toldAt = now;
        send({ kind: 'progress', progress });
      },
    });
    end = endOf(result);
  } catch (error) {
    // a run that could not even begin has taken its directory away again
    const { runDir } = claimed;
    end = failure(error, runDir !== null && (await exists(runDir)) ? runDir : null);
  }
  atWork = null;
  send({ kind: 'ended', end });
}

function endOf(result: CaptureResult): JobEnd {
  const { status, directory, counts, contentDigest, validation, elapsedMs } = result;
  const { terminated, meanReturn, meanSteps } = result.outcome;
  return {
    status: status === 'complete' && !validation.ok ? 'findings' : status,
    run_dir: directory,
    counts,
    outcome: { terminated, mean_return: meanReturn, mean_steps: meanSteps },
    content_digest: contentDigest,
    elapsed_ms: Math.round(elapsedMs),
    error: validation.ok ? null : findingsLine(validation),
  };
}

function findingsLine({ errors, findings }: CaptureResult['validation']): string {
  const [first] = findings;
  return `validation found ${errors} error${errors === 1 ? '' : 's'}: ${first?.code} ${first?.message}`;
}

function failure(error: unknown, runDir: string | null): JobEnd {
  const ours = error instanceof CaptureError;
  // what is our fault has to be found: the place goes to stderr
  if (!ours) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return {
    status: 'failed',
    run_dir: runDir,
    counts: null,
    outcome: null,
    content_digest: null,
    elapsed_ms: null,
    error: ours ? errorLine(error) : `a bug of ours, please report it: ${String(error)}`,
  };
}
