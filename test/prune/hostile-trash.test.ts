import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { doPrune, preparePrune } from '../../src/prune/index.js';
import type { PolicySettings } from '../../src/prune/policy-schema.js';
import { readTrash, undelete } from '../../src/prune/trash.js';
import { contents, newFolder } from '../fixtures/captured-run.js';
import { clock, makeRun, policy } from './runs.js';

let results: string;
beforeEach(() => {
  results = newFolder();
  makeRun(results, 'demo', 'run-20260101-000000');
  makeRun(results, 'demo', 'run-20260102-000000', { endedAt: '2026-01-02T00:00:00Z' });
});
const prune = async (settings: PolicySettings) =>
  doPrune(await preparePrune(results, policy(settings), clock));

/** Puts the older run into the trash; gives its folder there. */
async function bury(keepTrash = '7d'): Promise<string> {
  expect(await prune({ keep_last: 1, keep_trash: keepTrash })).toMatchObject([{ outcome: 'trashed' }]);
  return join(results, '.trash', readdirSync(join(results, '.trash'))[0]!);
}
function alter(folder: string, more: Record<string, unknown>): void {
  const path = join(folder, 'tombstone.json');
  writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, 'utf8')) as object), ...more }));
}

describe('a tombstone that lies', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  it.each<[string, (folder: string) => void]>([
    ['about its experiment', (folder) => alter(folder, { experiment: '../..' })],
    ['about its run', (folder) => alter(folder, { run_id: '..' })],
    ['that it is of another run', (folder) => alter(folder, { run_id: 'run-20260102-000000' })],
    [
      'with a mark that leads elsewhere',
      (folder) => alter(folder, { marks: { 'pinned/../../../../x': { at: '' } } }),
    ],
    [
      'with a tag that leads elsewhere',
      (folder) => alter(folder, { marks: { 'tag=/../../../x': { at: '' } } }),
    ],
    ['with a mark that is none', (folder) => alter(folder, { marks: { pinned: 5 } })],
    ['about the time', (folder) => alter(folder, { keep_until: 'never' })],
    ['about who made it', (folder) => alter(folder, { by: null })],
    ['by depth', (folder) => writeFileSync(join(folder, 'tombstone.json'), deep)],
    ['by size', (folder) => writeFileSync(join(folder, 'tombstone.json'), ' '.repeat(10_000_001))],
    [
      'as a pipe',
      (folder) => {
        rmSync(join(folder, 'tombstone.json'));
        execFileSync('mkfifo', [join(folder, 'tombstone.json')]);
      },
    ],
    [
      'behind a link',
      (folder) => {
        const other = join(newFolder(), 'entry');
        renameSync(folder, other);
        symlinkSync(other, folder);
      },
    ],
  ])('%s is left alone, and its run is nobody’s to bring back', async (_what, change) => {
    const folder = await bury();
    change(folder);
    const { entries, strange } = await readTrash(results);
    expect(entries).toEqual([]);
    expect(strange).toHaveLength(1);
    expect(await prune({ max_size: '0B' })).toEqual([]);
    expect(existsSync(join(folder, 'run'))).toBe(true);
  });
});

describe('the place of the trash', () => {
  it.each<[string, (elsewhere: string) => void]>([
    ['a file', () => writeFileSync(join(results, '.trash'), '')],
    ['a link to another trash', (elsewhere) => symlinkSync(elsewhere, join(results, '.trash'))],
  ])('taken by %s: one clear error, nothing is removed there or here', async (_what, take) => {
    const elsewhere = join(newFolder(), 'trash');
    await bury();
    renameSync(join(results, '.trash'), elsewhere);
    take(elsewhere);
    const before = contents(elsewhere);
    await expect(prune({ max_size: '0B' })).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining('.trash is not a folder'),
      hint: 'move it away',
    });
    expect(contents(elsewhere)).toEqual(before);
  });
});

it('a run is not brought back through a link', async () => {
  await bury();
  const [entry] = (await readTrash(results)).entries;
  const elsewhere = newFolder();
  rmSync(join(results, 'demo'), { recursive: true });
  symlinkSync(elsewhere, join(results, 'demo'));
  await expect(undelete(results, entry!)).rejects.toMatchObject({ kind: 'input', hint: expect.any(String) });
  expect(readdirSync(elsewhere)).toEqual([]);
});

it.each(['7000y', '9000y', '1000000y'])('what is kept for %s can be brought back', async (span) => {
  await bury(span);
  const { entries, strange } = await readTrash(results);
  expect(strange).toEqual([]);
  await undelete(results, entries[0]!);
  expect(existsSync(join(results, 'demo', 'run-20260101-000000', 'manifest.json'))).toBe(true);
});

it('what a prune was making when it was killed is cleared away', async () => {
  const left = join(results, '.trash', `.burying-999999999-0123abcd-${(await import('node:os')).hostname()}`);
  mkdirSync(left, { recursive: true });
  await prune({ keep_last: 5 });
  expect(existsSync(join(results, '.trash'))).toBe(false);
});
