import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { noSizes, type KindSizes } from '../../src/core/artifact-kinds.js';
import { ResultsWalk } from '../../src/io/measure-results.js';
import { needed } from '../faults/needed-tool.js';

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'measure-'));

/** A folder with files of so many bytes. */
function tree(files: Record<string, number>): string {
  const folder = newFolder();
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), Buffer.alloc(bytes));
  }
  return folder;
}

const expected = (sizes: Partial<KindSizes>): KindSizes => ({ ...noSizes(), ...sizes });
const measure = (folder: string, leaveOut?: ReadonlySet<string>) =>
  new ResultsWalk(folder, leaveOut).advance(Infinity)!;

const RUN = 'demo/run-20260101-000000';

it('measures files by kind, in all folders', () => {
  const results = tree({
    [`${RUN}/steps.jsonl.gz`]: 1000,
    [`${RUN}/steps.part0001.jsonl.gz`]: 500,
    [`${RUN}/episodes.jsonl.gz`]: 30,
    [`${RUN}/run.json`]: 7,
    [`${RUN}/rejected_samples/ep-000001.jsonl.gz`]: 200,
    'other/run-20260101-000001/steps.parquet': 400,
    'other/run-20260101-000001/run.h5': 20,
    'other/run-20260101-000001/run.sqlite': 10,
    'notes.txt': 1,
  });
  expect(measure(results)).toEqual({
    sizes: expected({
      steps: { files: 2, bytes: 1500 },
      episodes: { files: 1, bytes: 30 },
      parquet: { files: 1, bytes: 400 },
      hdf5: { files: 1, bytes: 20 },
      sqlite: { files: 1, bytes: 10 },
      rejected: { files: 1, bytes: 200 },
      other: { files: 2, bytes: 8 },
    }),
    unread: 0,
    firstUnread: null,
  });
});

it('leaves out locks, what links lead to, and the folders it is told', () => {
  const elsewhere = tree({ 'steps.jsonl.gz': 5000 });
  const results = tree({ [`${RUN}/steps.jsonl.gz`]: 1, [`${RUN}/run.lock`]: 300, 'mine/run-1/run.json': 60 });
  symlinkSync(elsewhere, join(results, 'linked'));
  symlinkSync(join(elsewhere, 'steps.jsonl.gz'), join(results, RUN, 'episodes.jsonl.gz'));
  symlinkSync(join(results, 'nowhere'), join(results, 'dangling'));
  const steps = { files: 1, bytes: 1 };
  expect(measure(results, new Set([join(results, 'mine/run-1')])).sizes).toEqual(expected({ steps }));
  expect(measure(results).sizes).toEqual(expected({ steps, other: { files: 1, bytes: 60 } }));
});

it('follows a link when it is the folder of the results itself', () => {
  const link = join(newFolder(), 'results');
  symlinkSync(tree({ [`${RUN}/steps.jsonl.gz`]: 9 }), link);
  expect(measure(link).sizes.steps).toEqual({ files: 1, bytes: 9 });
});

it('measures nothing where there is nothing, or no more', () => {
  const nothing = { sizes: noSizes(), unread: 0, firstUnread: null };
  expect(measure(join(newFolder(), 'none'))).toEqual(nothing);
  const results = tree({ [`${RUN}/steps.jsonl.gz`]: 9 });
  const walk = new ResultsWalk(results);
  expect(walk.advance(0)).toBe(null);
  rmSync(results, { recursive: true });
  expect(walk.advance(Infinity)).toEqual(nothing);
});

it('says which folder it could not read, and measures the others', () => {
  const results = tree({ [`${RUN}/steps.jsonl.gz`]: 9 });
  // not even root can read a path that is too long: two halves of one are put together
  const half = join(...Array.from({ length: 15 }, () => 'd'.repeat(200)));
  for (const name of ['a', 'b']) mkdirSync(join(results, name, half), { recursive: true });
  renameSync(join(results, 'b'), join(results, 'a', half, 'b'));
  const { sizes, unread, firstUnread } = measure(results);
  expect(sizes).toEqual(expected({ steps: { files: 1, bytes: 9 } }));
  expect(unread).toBe(1);
  expect(firstUnread).toMatch(/^cannot read .*d{200}: the name is too long$/);
  execFileSync('rm', ['-rf', results]);
});

const TRY = 'd=$(mktemp -d) && mount -t tmpfs -o size=256k tmpfs "$d" && umount "$d" && rmdir "$d"';
const tmpfs = needed('sh', ['-c', TRY]);

it.skipIf(!tmpfs.works)(`leaves other file systems out (${tmpfs.reason})`, () => {
  const results = tree({ [`${RUN}/steps.jsonl.gz`]: 9, 'mounted/steps.jsonl.gz': 1 });
  const mounted = join(results, 'mounted');
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', mounted]);
  try {
    writeFileSync(join(mounted, 'steps.jsonl.gz'), 'on another disk');
    expect(measure(results).sizes).toEqual(expected({ steps: { files: 1, bytes: 9 } }));
    // as a folder of results of its own it counts
    expect(measure(mounted).sizes.steps.bytes).toBe(15);
  } finally {
    execFileSync('umount', [mounted]);
  }
});

it('walks in the background until it is through', async () => {
  const files = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`demo/run-${i}/run.json`, 2]));
  const results = tree(files);
  const walk = new ResultsWalk(results);
  await new Promise<void>((onDone) => {
    walk.start(onDone);
  });
  expect(walk.measured!.sizes).toEqual(expected({ other: { files: 300, bytes: 600 } }));
});

it('does not when it is stopped', async () => {
  const walk = new ResultsWalk(tree({ [`${RUN}/steps.jsonl.gz`]: 9 }));
  let done = false;
  walk.start(() => {
    done = true;
  });
  walk.stop();
  await new Promise((go) => setTimeout(go, 50));
  expect([done, walk.measured]).toEqual([false, null]);
});
