import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runJobs, WorkerLost, type JobWorker, type PoolOptions } from '../../src/sweep/pool.js';

type Ending = 'ok' | 'dies early' | 'dies late' | 'dies idle';

/** Workers that do as the task says, after a pause, and a log of what happened. */
function fakeWorkers(log: string[]) {
  let started = 0;
  let atWork = 0;
  const counts = { started: () => started, mostAtWork: 0, ended: 0 };
  const startWorker = (): JobWorker<Ending, string> => {
    const name = ++started;
    let alive = true;
    let abort = (): void => {};
    return {
      get alive() {
        return alive;
      },
      async run(task, { onStart, onProgress }) {
        expect(alive).toBe(true);
        counts.mostAtWork = Math.max(counts.mostAtWork, ++atWork);
        try {
          const aborted = new Promise<'aborted'>((resolve) => (abort = () => resolve('aborted')));
          if (task === 'dies early') {
            alive = false;
            throw new WorkerLost('killed', null);
          }
          await onStart(`run-of-${name}`);
          onProgress({ episodes: 1, steps: 2 });
          const end = await Promise.race([sleep(2, 'ok'), aborted]);
          if (task === 'dies late') {
            alive = false;
            throw new WorkerLost('killed', `run-of-${name}`);
          }
          // it takes nothing more, and nobody is told
          if (task === 'dies idle') alive = false;
          return end;
        } finally {
          atWork--;
        }
      },
      abort: () => abort(),
      end: () => {
        counts.ended++;
        log.push(`end ${name}`);
      },
    };
  };
  return { startWorker, counts };
}

interface Job {
  job: number;
  ending: Ending;
}

function options(
  log: string[],
  changes: Partial<PoolOptions<Job, Ending, string>> = {},
): PoolOptions<Job, Ending, string> {
  return {
    concurrency: 2,
    startWorker: fakeWorkers(log).startWorker,
    taskOf: ({ ending }) => ending,
    signal: new AbortController().signal,
    onStart: async ({ job }) => void log.push(`start ${job}`),
    onProgress: () => {},
    onEnd: async ({ job }, end) => void log.push(`${end instanceof WorkerLost ? 'lost' : end} ${job}`),
    ...changes,
  };
}

const jobs = (...endings: Ending[]): Job[] => endings.map((ending, index) => ({ job: index + 1, ending }));

describe('runJobs', () => {
  it('with one worker runs the jobs in order, in the same process', async () => {
    const log: string[] = [];
    await runJobs(jobs('ok', 'ok', 'ok'), options(log, { concurrency: 1 }));
    expect(log).toEqual(['start 1', 'ok 1', 'start 2', 'ok 2', 'start 3', 'ok 3', 'end 1']);
  });

  it('starts no more workers than there are jobs', async () => {
    const log: string[] = [];
    const { startWorker, counts } = fakeWorkers(log);
    await runJobs(jobs('ok', 'ok'), options(log, { concurrency: 50, startWorker }));
    expect([counts.started(), counts.ended]).toEqual([2, 2]);
  });

  it('replaces a worker that died at a job, between jobs, or before it began', async () => {
    const log: string[] = [];
    const { startWorker, counts } = fakeWorkers(log);
    await runJobs(
      jobs('dies late', 'ok', 'dies early', 'dies idle', 'ok'),
      options(log, { concurrency: 1, startWorker }),
    );
    expect(log.filter((line) => /^(ok|lost)/.test(line))).toEqual([
      'lost 1',
      'ok 2',
      'lost 3',
      'ok 4',
      'ok 5',
    ]);
    expect(counts.started()).toBe(4);
  });

  it('ends every job exactly once, whatever dies, with never more at work than asked', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom<Ending>('ok', 'ok', 'dies early', 'dies late', 'dies idle'), {
          maxLength: 12,
        }),
        fc.integer({ min: 1, max: 5 }),
        async (endings, concurrency) => {
          const log: string[] = [];
          const { startWorker, counts } = fakeWorkers(log);
          await runJobs(jobs(...endings), options(log, { concurrency, startWorker }));
          const ends = log
            .filter((line) => /^(ok|lost)/.test(line))
            .map((line) => Number(line.split(' ')[1]));
          expect(ends.sort((a, b) => a - b)).toEqual(endings.map((_, index) => index + 1));
          expect(counts.mostAtWork).toBeLessThanOrEqual(concurrency);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('when aborted starts no more and lets those at work end in order', async () => {
    const log: string[] = [];
    const abort = new AbortController();
    const onStart = async ({ job }: Job): Promise<void> => {
      log.push(`start ${job}`);
      // both lanes are at work by then
      if (job === 2) setTimeout(() => abort.abort(), 0);
    };
    await runJobs(jobs('ok', 'ok', 'ok', 'ok', 'ok'), options(log, { signal: abort.signal, onStart }));
    expect(log.filter((line) => line.startsWith('start'))).toEqual(['start 1', 'start 2']);
    expect(log.filter((line) => line.startsWith('aborted')).sort()).toEqual(['aborted 1', 'aborted 2']);
    expect(log.slice(-1)[0]).toMatch(/^end/);
  });

  it('starts nothing when it is aborted before', async () => {
    const log: string[] = [];
    await runJobs(jobs('ok'), options(log, { signal: AbortSignal.abort() }));
    expect(log).toEqual([]);
  });

  it.each(['onStart', 'onEnd'] as const)('ends the others in order when %s fails', async (name) => {
    const log: string[] = [];
    const { startWorker, counts } = fakeWorkers(log);
    const failing = ({ job }: Job): Promise<void> => {
      log.push(`${name} ${job}`);
      return job === 1 ? Promise.reject(new Error('disk full')) : Promise.resolve();
    };
    const run = runJobs(jobs('ok', 'ok', 'ok', 'ok'), options(log, { startWorker, [name]: failing }));
    await expect(run).rejects.toThrow('disk full');
    expect(counts.ended).toBe(counts.started());
    expect(log).toContain(`${name} 1`);
    expect(log).not.toContain(`${name} 4`);
  });
});
