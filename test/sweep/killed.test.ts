import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finishedRun, settledJobs } from '../../src/sweep/finished-run.js';
import { isDone, parseLedger, type LedgerEntry } from '../../src/sweep/ledger.js';
import type { PlannedJob } from '../../src/sweep/plan.js';
import { runModel } from '../fixtures/run-model.js';
import { makeRun } from '../prune/runs.js';

const CONFIG_HASH = runModel().run['config_hash'] as string;
const OUTCOME = { terminated: 1, mean_return: 0, mean_steps: 1 };
const readOutcome = () => Promise.resolve(OUTCOME);
const plannedJobs = (count: number): PlannedJob[] =>
  Array.from({ length: count }, (_, index) => ({
    job: index + 1,
    swept: {},
    overrides: [],
    config_hash: CONFIG_HASH,
  }));

/** What a sweep does to the disk, in its order. */
type Deed = { append: LedgerEntry } | { claim: string } | { finish: string };

/** The deeds of a session that runs the jobs `concurrency` at a time, in an order that `pick` decides. */
function deedsOf(jobs: readonly number[], concurrency: number, pick: () => number, session: number): Deed[] {
  const stepsOf = (job: number): Deed[] => {
    const runId = `run-${session}-${job}`;
    return [
      { claim: runId },
      { append: { job, status: 'started', run_dir: runId } },
      { finish: runId },
      { append: endOf(job, runId) },
    ];
  };
  const deeds: Deed[] = [
    { append: { session: `s${session}`, status: 'opened', pid: 1, host: 'h', since: '' } },
  ];
  const queue = [...jobs];
  const lanes: Deed[][] = [];
  for (;;) {
    while (lanes.length < concurrency && queue.length > 0) lanes.push(stepsOf(queue.shift()!));
    if (lanes.length === 0) return deeds;
    const lane = lanes[pick() % lanes.length]!;
    deeds.push(lane.shift()!);
    if (lane.length === 0) lanes.splice(lanes.indexOf(lane), 1);
  }
}

const endOf = (job: number, runDir: string): LedgerEntry => ({
  job,
  status: 'complete',
  run_dir: runDir,
  counts: null,
  outcome: OUTCOME,
  elapsed_ms: 1,
  content_digest: 'd',
  error: null,
});

/** A disk that deeds are done to, until it is killed in one of them. */
class Disk {
  readonly results = mkdtempSync(join(tmpdir(), 'killed-'));
  readonly finished: string[] = [];
  ledger = '';

  /** @param torn bytes of the deed after the last that came through, when that is a line */
  do(deeds: readonly Deed[], killedAfter: number, torn: number): void {
    for (const [index, deed] of deeds.slice(0, killedAfter + 1).entries()) {
      const whole = index < killedAfter;
      if ('append' in deed) {
        const begin =
          deed.append.status === 'opened' && this.ledger !== '' && !this.ledger.endsWith('\n') ? '\n' : '';
        const line = `${begin}${this.named(deed.append)}\n`;
        this.ledger += whole ? line : line.slice(0, Math.min(torn, line.length - 1));
      } else if (whole && 'claim' in deed)
        makeRun(this.results, 'demo', deed.claim, { withoutManifest: true });
      else if (whole && 'finish' in deed) {
        makeRun(this.results, 'demo', deed.finish);
        this.finished.push(deed.finish);
      }
    }
  }

  private named(entry: LedgerEntry): string {
    return JSON.stringify(entry, (key, value: unknown) =>
      key === 'run_dir' ? join(this.results, 'demo', value as string) : value,
    );
  }
}

describe('a sweep that is killed anywhere, any number of times', () => {
  it('runs every job to its end exactly once in all', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.record({ after: fc.nat(24), torn: fc.nat(400) }), { maxLength: 4 }),
        fc.infiniteStream(fc.nat(10)),
        async (count, concurrency, kills, picks) => {
          const disk = new Disk();
          const jobs = plannedJobs(count);
          const left = async (): Promise<number[]> => {
            const { results, lost } = await settledJobs(jobs, parseLedger(disk.ledger), readOutcome);
            expect(lost).toEqual([]);
            return jobs.map(({ job }) => job).filter((job) => !isDone(results.get(job)));
          };
          const pick = (): number => picks.next().value!;
          for (const [session, { after, torn }] of kills.entries()) {
            disk.do(deedsOf(await left(), concurrency, pick, session), after, torn);
          }
          const last = deedsOf(await left(), concurrency, pick, kills.length);
          disk.do(last, last.length, 0);
          expect(await left()).toEqual([]);
          const finished = disk.finished.map((runId) => Number(runId.split('-')[2]));
          expect(finished.sort((a, b) => a - b)).toEqual(jobs.map(({ job }) => job));
          rmSync(disk.results, { recursive: true });
        },
      ),
      { numRuns: 150 },
    );
  }, 60_000);
});

describe('settledJobs', () => {
  it('waits for nobody: a run that a process of the killed sweep still writes is busy', async () => {
    const path = makeRun(mkdtempSync(join(tmpdir(), 'settled-')), 'demo', 'run-1', { withoutManifest: true });
    const entries = [{ job: 1, status: 'started', run_dir: path } as const];
    const lock = (pid: number): void =>
      writeFileSync(join(path, 'run.lock'), JSON.stringify({ pid, host: hostname(), since: '' }));
    lock(process.ppid);
    await expect(settledJobs(plannedJobs(1), entries, readOutcome)).rejects.toMatchObject({
      kind: 'busy',
      message: `${path}, of job 1, is held: process ${process.ppid} on ${hostname()} is capturing it`,
    });
    // one that is gone: no process has this id
    lock(2 ** 22 + 1);
    expect(await settledJobs(plannedJobs(1), entries, readOutcome)).toEqual({ results: new Map(), lost: [] });
  });

  const ended = (results: string, count: number): [PlannedJob[], LedgerEntry[], string[]] => {
    const jobs = plannedJobs(count);
    const runs = jobs.map(({ job }) => makeRun(results, 'demo', `run-${job}`));
    return [jobs, runs.map((run, index) => endOf(index + 1, run)), runs];
  };

  it('takes the figures of the ledger where the run is there', async () => {
    const [jobs, entries] = ended(mkdtempSync(join(tmpdir(), 'settled-')), 3);
    const refuse = () => Promise.reject(new Error('the records are not read again'));
    const { results, lost } = await settledJobs(jobs, entries, refuse);
    expect([...results.values()].sort((a, b) => a.job - b.job)).toEqual(entries);
    expect(lost).toEqual([]);
  });

  it('does not take the word of the ledger for a run that was removed, damaged or replaced', async () => {
    const [jobs, entries, runs] = ended(mkdtempSync(join(tmpdir(), 'settled-')), 7);
    const manifest = (job: number): string => join(runs[job - 1]!, 'manifest.json');
    rmSync(runs[0]!, { recursive: true });
    rmSync(join(runs[1]!, 'run.json'));
    rmSync(manifest(3));
    writeFileSync(manifest(4), readFileSync(manifest(4), 'utf8').slice(0, -20));
    writeFileSync(
      manifest(5),
      readFileSync(manifest(5), 'utf8').replace('"status": "complete"', '"status": "aborted"'),
    );
    jobs[5] = { ...jobs[5]!, config_hash: 'f'.repeat(64) };
    const { results, lost } = await settledJobs(jobs, entries, readOutcome);
    expect([...results.keys()]).toEqual([7]);
    expect(lost).toEqual(
      [
        'is gone',
        'is gone',
        'is no longer whole',
        'is no longer whole',
        'is no longer whole',
        'has another configuration',
      ].map((what, index) => ({ job: index + 1, runDir: runs[index], what })),
    );
  });

  it('takes the word of the ledger for a job that failed', async () => {
    const failed = { ...endOf(1, 'gone'), status: 'failed' as const };
    const entries = [{ job: 1, status: 'started', run_dir: 'gone' } as const, failed as LedgerEntry];
    const { results } = await settledJobs(plannedJobs(2), entries, readOutcome);
    expect(results).toEqual(new Map([[1, failed]]));
  });
});

describe('finishedRun', () => {
  const results = mkdtempSync(join(tmpdir(), 'finished-'));
  const [job] = plannedJobs(1) as [PlannedJob];

  it('takes a complete run of the same configuration', async () => {
    const path = makeRun(results, 'demo', 'run-1');
    expect(await finishedRun(job, path, readOutcome)).toMatchObject({
      job: 1,
      status: 'complete',
      run_dir: path,
      outcome: OUTCOME,
      content_digest: 'a'.repeat(64),
    });
  });

  it('takes no run of another configuration, none unfinished, damaged or gone', async () => {
    const path = makeRun(results, 'demo', 'run-2');
    expect(await finishedRun({ ...job, config_hash: 'f'.repeat(64) }, path, readOutcome)).toBeNull();
    expect(
      await finishedRun(job, makeRun(results, 'demo', 'run-3', { withoutManifest: true }), readOutcome),
    ).toBeNull();
    expect(await finishedRun(job, join(results, 'demo/run-9'), readOutcome)).toBeNull();
    writeFileSync(join(path, 'manifest.json'), '{"status": "complete"}');
    expect(await finishedRun(job, path, readOutcome)).toBeNull();
    writeFileSync(join(path, 'manifest.json'), '{');
    expect(await finishedRun(job, path, readOutcome)).toBeNull();
  });
});
