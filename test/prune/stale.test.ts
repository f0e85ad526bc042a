import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { setMark } from '../../src/catalog/marks.js';
import { doPrune, preparePrune } from '../../src/prune/index.js';
import type { PolicySettings } from '../../src/prune/policy-schema.js';
import { contents, newFolder } from '../fixtures/captured-run.js';
import { clock, DAY, makeRun, NOW, policy } from './runs.js';

let results: string;
beforeEach(() => {
  results = newFolder();
});
const prepared = (settings: PolicySettings) => preparePrune(results, policy(settings), clock);

describe('an unfinished run', () => {
  let run: string;
  const touch = (daysAgo: number): void => {
    const then = new Date(NOW - daysAgo * DAY);
    for (const name of readdirSync(run)) utimesSync(join(run, name), then, then);
    utimesSync(run, then, then);
  };
  beforeEach(() => {
    run = makeRun(results, 'demo', 'run-20260101-000000', { withoutManifest: true });
  });

  it.each<[number, PolicySettings, boolean]>([
    [8, { stale_after: '7d' }, true],
    [6, { stale_after: '7d' }, false],
    [800, { keep_last: 1 }, false],
    [800, { max_size: '0B', force_size: true }, false],
  ])('of %i days ago with %j', async (days, settings, goes) => {
    touch(days);
    await doPrune(await prepared(settings));
    expect(existsSync(run)).toBe(!goes);
  });

  it('is in no dataset, so it stays under --require-ingested', async () => {
    touch(800);
    const { plan } = await prepared({ stale_after: '7d', require_ingested: true });
    expect(plan.decisions).toMatchObject([
      { action: 'keep', reasons: ['not ingested, as it is not finished'] },
    ]);
  });

  it('goes to the archive where its tag says so, and is compared there', async () => {
    touch(800);
    const archive = join(newFolder(), 'archive');
    await setMark(results, { experiment: 'demo', runId: 'run-20260101-000000' }, 'tag=old', { at: '' });
    const before = contents(run);
    const removals = await doPrune(
      await prepared({ keep_last: 1, stale_after: '7d', archive, archive_tag: 'old' }),
    );
    expect(removals).toMatchObject([{ outcome: 'archived' }]);
    expect(existsSync(run)).toBe(false);
    expect(contents(join(archive, 'demo/run-20260101-000000'))).toEqual(before);
  });

  it.each([
    ['nothing', ''],
    ['another machine', '{"pid":1,"host":"node17"}'],
  ])('is none that has a manifest, though its lock names %s', async (_what, lock) => {
    makeRun(results, 'demo', 'run-20260101-000000');
    writeFileSync(join(run, 'run.lock'), lock);
    touch(800);
    const { plan } = await prepared({ stale_after: '7d' });
    expect(plan.decisions).toMatchObject([
      { action: 'keep', reasons: [expect.stringMatching(/^may be live: .*; .*remove .*run\.lock$/)] },
    ]);
  });

  it('that is pinned stays', async () => {
    touch(800);
    await setMark(results, { experiment: 'demo', runId: 'run-20260101-000000' }, 'pinned', { at: '' });
    expect(await doPrune(await prepared({ stale_after: '7d' }))).toEqual([]);
  });

  it('that was written to since the plan stays', async () => {
    touch(800);
    const prune = await prepared({ stale_after: '7d' });
    touch(1);
    expect(await doPrune(prune)).toMatchObject([{ outcome: 'kept' }]);
    expect(existsSync(run)).toBe(true);
  });

  it('does not touch finished ones', async () => {
    touch(800);
    makeRun(results, 'demo', 'run-20250101-000000');
    makeRun(results, 'demo', 'run-20250102-000000');
    await doPrune(await prepared({ stale_after: '7d' }));
    expect(readdirSync(join(results, 'demo'))).toEqual(['run-20250101-000000', 'run-20250102-000000']);
  });
});

describe('samples of rejected episodes', () => {
  const sampled = (runId: string, endedAt: string): string => {
    const path = join(makeRun(results, 'demo', runId, { endedAt }), 'rejected_samples');
    mkdirSync(path);
    writeFileSync(join(path, 'ep-000001.jsonl'), '');
    return path;
  };

  it('go when they are older than their limit; the runs stay, and so do pinned ones', async () => {
    const [old, young, pinned] = [
      sampled('run-20260101-000000', '2026-01-01T00:00:00Z'),
      sampled('run-20260629-000000', '2026-06-29T00:00:00Z'),
      sampled('run-20260102-000000', '2026-01-02T00:00:00Z'),
    ];
    await setMark(results, { experiment: 'demo', runId: 'run-20260102-000000' }, 'pinned', { at: '' });
    expect(await doPrune(await prepared({ rejected_max_age: '30d' }))).toEqual([
      { path: 'demo/run-20260101-000000/rejected_samples', outcome: 'removed', reason: null },
    ]);
    expect([old, young, pinned].map((path) => existsSync(path))).toEqual([false, true, true]);
    expect(existsSync(join(old, '..', 'manifest.json'))).toBe(true);
  });
});
