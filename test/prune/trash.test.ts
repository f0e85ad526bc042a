import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { doPrune, preparePrune, type Removal } from '../../src/prune/index.js';
import type { PolicySettings } from '../../src/prune/policy-schema.js';
import { readTrash, undelete } from '../../src/prune/trash.js';
import { contents, newFolder } from '../fixtures/captured-run.js';
import { DAY, makeRun, NOW, policy } from './runs.js';

async function prune(results: string, settings: PolicySettings, nowMs = NOW): Promise<Removal[]> {
  const clock = { now: () => nowMs, monotonic: () => 0 };
  return doPrune(await preparePrune(results, policy(settings), clock));
}

let results: string;
beforeEach(() => {
  results = newFolder();
  for (const day of ['01', '02', '03']) {
    makeRun(results, 'demo', `run-202601${day}-000000`, { endedAt: `2026-01-${day}T01:00:00Z` });
  }
});

const names = (): string[] => readdirSync(join(results, 'demo')).filter((name) => !name.startsWith('.'));
const entries = async () => (await readTrash(results)).entries;

describe('the trash', () => {
  it('keeps what is removed until its time is over, and no longer', async () => {
    const removals = await prune(results, { keep_last: 1, keep_trash: '7d' });
    expect(removals.map(({ outcome }) => outcome)).toEqual(['trashed', 'trashed']);
    expect(names()).toEqual(['run-20260103-000000']);
    expect(
      (await entries()).map(({ runId, deletedMs, keepUntilMs }) => [runId, deletedMs, keepUntilMs]),
    ).toEqual([
      ['run-20260101-000000', NOW, NOW + 7 * DAY],
      ['run-20260102-000000', NOW, NOW + 7 * DAY],
    ]);
    // a later prune without a trash of its own leaves it alone
    expect(await prune(results, { keep_last: 1 }, NOW + 7 * DAY - 1)).toEqual([]);
    expect(await entries()).toHaveLength(2);
    const emptied = await prune(results, { keep_last: 1 }, NOW + 7 * DAY);
    expect(emptied.map(({ outcome }) => outcome)).toEqual(['removed', 'removed']);
    expect(readdirSync(results)).toEqual(['demo']);
  });

  it('gives a run back byte for byte, with its marks', async () => {
    const run = join(results, 'demo', 'run-20260101-000000');
    const before = contents(run);
    mkdirSync(join(results, 'demo', '.marks'));
    const mark = join(results, 'demo', '.marks', 'run-20260101-000000@rejected');
    writeFileSync(mark, '{"at":"2026-02-01T00:00:00Z","reason":"why"}\n');
    await prune(results, { keep_last: 1, keep_trash: '7d' });
    expect(existsSync(mark)).toBe(false);
    const [entry] = await entries();
    await undelete(results, entry!);
    expect(contents(run)).toEqual(before);
    expect(JSON.parse(readFileSync(mark, 'utf8'))).toEqual({ at: '2026-02-01T00:00:00Z', reason: 'why' });
    expect(await entries()).toHaveLength(1);
  });

  it('leaves the lock of another machine on a run, which may be live after all', async () => {
    const lock = join(makeRun(results, 'demo', 'run-1', { withoutManifest: true }), 'run.lock');
    writeFileSync(lock, '{"pid":1,"host":"node17","doing":"capturing"}');
    await prune(results, { stale_after: '7d', keep_trash: '7d' }, Date.now() + 30 * DAY);
    expect(existsSync(lock)).toBe(false);
    await undelete(results, (await entries())[0]!);
    expect(readFileSync(lock, 'utf8')).toContain('node17');
  });

  it('takes runs with the longest names there are', async () => {
    const [experiment, runId] = ['e'.repeat(128), 'r'.repeat(128)];
    makeRun(results, experiment, runId, { endedAt: '2026-01-01T00:00:00Z' });
    makeRun(results, experiment, 'run-20260301-000000', { endedAt: '2026-03-01T00:00:00Z' });
    expect(await prune(results, { keep_last: 1, keep_trash: '7d' })).toContainEqual(
      expect.objectContaining({ path: `${experiment}/${runId}`, outcome: 'trashed' }),
    );
    const entry = (await entries()).find((each) => each.runId === runId)!;
    await undelete(results, entry);
    expect(existsSync(join(results, experiment, runId, 'run.json'))).toBe(true);
  });

  it('does not put a run over another one', async () => {
    await prune(results, { keep_last: 1, keep_trash: '7d' });
    makeRun(results, 'demo', 'run-20260101-000000');
    const [entry] = await entries();
    await expect(undelete(results, entry!)).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining('is there already'),
    });
    expect(await entries()).toHaveLength(2);
  });

  it('holds several runs of one name', async () => {
    await prune(results, { keep_last: 1, keep_trash: '7d' });
    makeRun(results, 'demo', 'run-20260101-000000');
    await prune(results, { keep_last: 1, keep_trash: '7d' }, NOW + DAY);
    expect((await entries()).filter(({ runId }) => runId === 'run-20260101-000000')).toHaveLength(2);
  });

  it('is cleared of what a prune that was killed before the rename left', async () => {
    await prune(results, { keep_last: 1, keep_trash: '7d' });
    const [entry] = await entries();
    const folder = join(results, '.trash', entry!.id);
    renameSync(join(folder, 'run'), join(results, 'demo', entry!.runId));
    const tombstone = join(folder, 'tombstone.json');
    const said = JSON.parse(readFileSync(tombstone, 'utf8')) as { by: { pid: number; started: null } };
    // while whoever made it lives, it may be about to be used
    await prune(results, { keep_last: 2 });
    expect(existsSync(folder)).toBe(true);
    said.by.pid = spawnSync(process.execPath, ['-e', '']).pid;
    writeFileSync(tombstone, JSON.stringify(said));
    await prune(results, { keep_last: 2 });
    expect(existsSync(folder)).toBe(false);
    expect(names()).toContain(entry!.runId);
  });

  it('leaves alone what is not its own', async () => {
    await prune(results, { keep_last: 1, keep_trash: '7d' });
    const [entry, other] = await entries();
    mkdirSync(join(results, '.trash', 'mine'));
    writeFileSync(join(results, '.trash', entry!.id, 'tombstone.json'), '{"experiment": "../.."}');
    rmSync(join(results, '.trash', other!.id, 'tombstone.json'));
    const { strange } = await readTrash(results);
    expect(strange.map(({ reason }) => reason)).toEqual([
      'it has no valid tombstone.json',
      'it has no valid tombstone.json',
      'not of the trash',
    ]);
    expect(await prune(results, { keep_last: 1 }, NOW + 400 * DAY)).toEqual([]);
    expect(readdirSync(join(results, '.trash'))).toHaveLength(3);
  });

  it('is no place to keep things where space is short', async () => {
    const removals = await prune(results, { max_size: '0B', keep_trash: '7d', force_size: true });
    expect(removals).toEqual([]);
    const file = join(results, 'demo', 'run-20260101-000000', 'manifest.json');
    expect(existsSync(file)).toBe(true);
  });
});
