import { fork } from 'node:child_process';
import { builtEntry } from '../io/package-info.js';
import { WorkerLost, type JobWorker } from '../sweep/pool.js';
import type { CaptureTask } from './capture-task.js';
import type { FromWorker, JobEnd, ToWorker } from './job-messages.js';

/** Starts a worker process (job-worker.ts), which runs captures one after another. */
export function startJobWorker(): JobWorker<CaptureTask, JobEnd> {
  const child = fork(builtEntry('job-worker'), {
    // tasks hold Maps and bigints
    serialization: 'advanced',
    // stdout is for results; what Node says when it dies goes to stderr
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  // `run` has its own ear for this; without one at all Node would end the sweep
  child.on('error', () => {});
  // what cannot be sent needs no answer: the process is gone, and `exit` says so
  const send = (message: ToWorker): void => void child.send(message, () => {});
  return {
    get alive() {
      return child.connected;
    },
    run(task, { onStart, onProgress }) {
      return new Promise<JobEnd>((resolve, reject) => {
        let runDir: string | null = null;
        const finish = (settle: () => void): void => {
          child.off('message', onMessage).off('exit', onExit).off('error', onError);
          settle();
        };
        const lose = (reason: string): void => finish(() => reject(new WorkerLost(reason, runDir)));
        const onExit = (code: number | null, signal: string | null): void => lose(causeOfDeath(code, signal));
        const onError = (error: Error): void => lose(`cannot start a process for it: ${error.message}`);
        const onMessage = (message: FromWorker): void => {
          if (message.kind === 'progress') onProgress(message.progress);
          else if (message.kind === 'ended') finish(() => resolve(message.end));
          else {
            ({ runDir } = message);
            onStart(runDir).then(
              () => send({ kind: 'go' }),
              (error: unknown) => finish(() => reject(error)),
            );
          }
        };
        child.on('message', onMessage).on('exit', onExit).on('error', onError);
        send({ kind: 'run', task });
      });
    },
    abort: () => send({ kind: 'abort' }),
    end: () => child.connected && child.disconnect(),
  };
}

function causeOfDeath(code: number | null, signal: string | null): string {
  if (signal === 'SIGKILL') {
    return 'its process was killed (SIGKILL): by hand, or by the system because memory ran out; fewer --jobs need less';
  }
  if (signal === 'SIGABRT') {
    return 'its process aborted (SIGABRT), as Node does when its heap is full; NODE_OPTIONS=--max-old-space-size=MB allows more';
  }
  return signal === null
    ? `its process ended with exit code ${code} before the job did`
    : `its process was ended by ${signal}`;
}
