import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { setMark } from '../../src/catalog/marks.js';
import { doPrune, preparePrune } from '../../src/prune/index.js';
import { parsePlanFile, planFile, restrictTo, type PlanFile } from '../../src/prune/plan-file.js';
import { policySchema, type PolicySettings } from '../../src/prune/policy-schema.js';
import { readPolicy } from '../../src/prune/policy.js';
import { newFolder } from '../fixtures/captured-run.js';
import { clock, makeRun } from './runs.js';

function makeResults(): string {
  const results = newFolder();
  for (const day of ['01', '02', '03']) {
    makeRun(results, 'demo', `run-202601${day}-000000`, { endedAt: `2026-01-${day}T01:00:00Z` });
  }
  return results;
}

async function planned(results: string, more: PolicySettings = {}): Promise<PlanFile> {
  const settings = policySchema.parse({ keep_last: 1, ...more });
  const file = planFile(await preparePrune(results, readPolicy(settings), clock), settings);
  // as it comes back from disk
  return parsePlanFile(JSON.stringify(file), 'plan.json');
}

async function applied(results: string, file: PlanFile): Promise<string[]> {
  const fresh = await preparePrune(results, readPolicy(file.policy), clock);
  const { prune, kept } = restrictTo(fresh, file);
  return [...kept, ...(await doPrune(prune))].map(
    ({ path, outcome, reason }) => `${outcome} ${path.slice(5, 17)}: ${reason}`,
  );
}

describe('a plan', () => {
  it('that nothing has changed since is done', async () => {
    const results = makeResults();
    expect(await applied(results, await planned(results))).toEqual([
      'removed run-20260102: null',
      'removed run-20260101: null',
    ]);
  });

  it('removes nothing that it does not list', async () => {
    const results = makeResults();
    const file = await planned(results);
    makeRun(results, 'demo', 'run-20260104-000000', { endedAt: '2026-01-04T01:00:00Z' });
    expect(await applied(results, file)).toEqual([
      'removed run-20260102: null',
      'removed run-20260101: null',
    ]);
  });

  it('keeps what was captured anew or pinned since, and does not miss what is gone', async () => {
    const results = makeResults();
    const file = await planned(results);
    makeRun(results, 'demo', 'run-20260102-000000', { endedAt: '2026-01-02T02:00:00Z' });
    await setMark(results, { experiment: 'demo', runId: 'run-20260101-000000' }, 'pinned', { at: '' });
    file.runs.push({ ...file.runs[0]!, path: 'demo/run-20250101-000000' });
    expect(await applied(results, file)).toEqual([
      'kept run-20260102: its manifest changed since the plan was made',
      'kept run-20260101: today it stays: pinned',
      'gone run-20250101: null',
    ]);
  });

  it('keeps logs and samples that are others than it lists', async () => {
    const results = makeResults();
    const runtime_logs = newFolder();
    const write = (name: string, text: string): void => {
      writeFileSync(join(runtime_logs, name), text);
      utimesSync(join(runtime_logs, name), 0, 0);
    };
    for (const name of ['a.log', 'b.log']) write(name, 'x');
    const samples = join(results, 'demo/run-20260103-000000/rejected_samples');
    mkdirSync(samples);
    const file = await planned(results, { runtime_logs, logs_max_age: '1d', rejected_max_age: '1d' });
    expect(file.samples).toHaveLength(1);
    write('a.log', 'another');
    makeRun(results, 'demo', 'run-20260103-000000', { endedAt: '2026-01-03T02:00:00Z' });
    const fresh = await preparePrune(results, readPolicy(file.policy), clock);
    const { prune, kept } = restrictTo(fresh, file);
    const reason = 'changed since the plan was made, or kept today';
    expect(kept).toEqual([
      { path: 'a.log', outcome: 'kept', reason },
      { path: 'demo/run-20260103-000000/rejected_samples', outcome: 'kept', reason },
    ]);
    await doPrune(prune);
    expect(readdirSync(runtime_logs)).toEqual(['a.log']);
    expect(existsSync(samples)).toBe(true);
  });

  it('keeps what would today be archived first', async () => {
    const results = makeResults();
    const file = await planned(results, { archive: join(newFolder(), 'archive'), archive_tag: ['paper'] });
    await setMark(results, { experiment: 'demo', runId: 'run-20260101-000000' }, 'tag=paper', { at: '' });
    expect(await applied(results, file)).toEqual([
      'kept run-20260101: today it would be archived first',
      'removed run-20260102: null',
    ]);
  });

  it('means the folders of where it was made', async () => {
    const results = makeResults();
    const { policy } = await planned(results, { archive: 'kept', require_ingested: true, dataset: 'data' });
    expect(policy).toMatchObject({
      archive: join(process.cwd(), 'kept'),
      dataset: join(process.cwd(), 'data'),
    });
  });
});

describe('a text that is no plan', () => {
  const valid = (): Record<string, unknown> => ({
    plan_version: '1.0.0',
    created_at: '2026-01-01T00:00:00Z',
    results: '/r',
    policy: { keep_last: 1 },
    runs: [],
    trash: [],
    logs: [],
    samples: [],
  });

  it.each<[string, string, string]>([
    ['empty', '', 'is not valid JSON'],
    ['null', 'null', 'is no plan of prune'],
    ['a list', '[]', 'is no plan of prune'],
    ['nested deeply', `${'['.repeat(200_000)}${']'.repeat(200_000)}`, 'is no plan of prune'],
    ['of a later version', JSON.stringify({ ...valid(), plan_version: '2.0.0' }), 'plan_version'],
    ['with a key too many', JSON.stringify({ ...valid(), extra: 1 }), 'is no plan of prune'],
    ['with __proto__', JSON.stringify(valid()).replace('{', '{"__proto__":{"x":1},'), 'is no plan of prune'],
    ['with an unknown rule', JSON.stringify({ ...valid(), policy: { keep_lsat: 1 } }), 'policy'],
    ['with a run that is none', JSON.stringify({ ...valid(), runs: [{ path: 5 }] }), 'runs.0.path'],
  ])('%s is refused, with the way out', (_what, text, message) => {
    expect(() => parsePlanFile(text, 'plan.json')).toThrow(
      expect.objectContaining({
        kind: 'input',
        message: expect.stringContaining(message),
        hint: expect.stringContaining('--plan FILE'),
      }),
    );
  });

  it('but the one it is made from reads', () => {
    expect(parsePlanFile(JSON.stringify(valid()), 'plan.json')).toMatchObject({ results: '/r' });
  });
});
