import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ingest } from '../../src/ingest/index.js';
import { validateRun } from '../../src/validate/index.js';
import { capturedRun, contents, newFolder, stamps } from '../fixtures/captured-run.js';

const RUN_ID = 'run-20260101-000000';
let runDir: string;
beforeAll(async () => {
  runDir = await capturedRun(newFolder());
});

const into = (outDir: string, from = runDir) => ingest({ runDir: from, outDir, dryRun: false }, validateRun);
const place = (outDir: string): string => join(outDir, 'demo', RUN_ID);

/** Replaces the files of an ingested run by read-only links into a cache, as DVC does. */
function linkIntoCache(outDir: string, link: (target: string, path: string) => void): string {
  const cache = newFolder();
  for (const name of readdirSync(place(outDir))) {
    renameSync(join(place(outDir), name), join(cache, name));
    chmodSync(join(cache, name), 0o444);
    link(join(cache, name), join(place(outDir), name));
  }
  return cache;
}

describe.each([
  ['symlink', symlinkSync],
  ['hardlink', linkSync],
] as const)('files that DVC linked into its cache: %s', (_type, link) => {
  it('count by content: nothing is changed', async () => {
    const outDir = newFolder();
    await into(outDir);
    const cache = linkIntoCache(outDir, link);
    const before = [stamps(outDir), stamps(cache)];
    expect(await into(outDir)).toMatchObject({ outcome: 'unchanged' });
    expect([stamps(outDir), stamps(cache)]).toEqual(before);
  });

  it('are replaced, never written through', async () => {
    const outDir = newFolder();
    await into(outDir);
    const whole = contents(outDir);
    const cache = linkIntoCache(outDir, link);
    chmodSync(join(cache, 'steps.jsonl.gz'), 0o644);
    writeFileSync(join(cache, 'steps.jsonl.gz'), 'damaged through the link');
    chmodSync(join(cache, 'steps.jsonl.gz'), 0o444);
    expect(await into(outDir)).toMatchObject({ outcome: 'repaired' });
    expect(contents(outDir)).toEqual(whole);
    expect(readFileSync(join(cache, 'steps.jsonl.gz'), 'utf8')).toBe('damaged through the link');
    expect(lstatSync(join(place(outDir), 'steps.jsonl.gz'))).toMatchObject({ nlink: 1 });
    expect(lstatSync(join(place(outDir), 'steps.jsonl.gz')).isFile()).toBe(true);
  });
});

describe('links', () => {
  it('whose cache is gone are replaced by files', async () => {
    const outDir = newFolder();
    await into(outDir);
    const whole = contents(outDir);
    const cache = linkIntoCache(outDir, symlinkSync);
    rmSync(cache, { recursive: true });
    expect(await into(outDir)).toMatchObject({ outcome: 'repaired' });
    expect(contents(outDir)).toEqual(whole);
  });

  it('a source whose files are links is copied as files', async () => {
    const dataset = newFolder();
    await into(dataset);
    const cache = linkIntoCache(dataset, symlinkSync);
    const outDir = newFolder();
    expect(await into(outDir, place(dataset))).toMatchObject({ outcome: 'ingested' });
    for (const name of readdirSync(place(outDir))) {
      const stats = lstatSync(join(place(outDir), name));
      expect([name, stats.isFile(), stats.mode & 0o200]).toEqual([name, true, 0o200]);
    }
    expect(existsSync(cache)).toBe(true);
  });

  it('an out_dir that is a link is followed', async () => {
    const disk = newFolder();
    const outDir = join(newFolder(), 'captures');
    symlinkSync(disk, outDir);
    await into(outDir);
    expect(existsSync(join(place(disk), 'DATASET_INDEX.json'))).toBe(true);
    expect(lstatSync(outDir).isSymbolicLink()).toBe(true);
  });

  it.each([true, false])(
    'a run folder that is a link gives way to a folder; its target stays (exists: %j)',
    async (exists) => {
      const target = join(newFolder(), 'target');
      if (exists) {
        mkdirSync(target);
        writeFileSync(join(target, 'precious'), '1');
      }
      const outDir = newFolder();
      mkdirSync(join(outDir, 'demo'));
      symlinkSync(target, place(outDir));
      expect(await into(outDir)).toMatchObject({ outcome: 'ingested' });
      expect(lstatSync(place(outDir)).isDirectory()).toBe(true);
      expect(existsSync(join(target, 'precious'))).toBe(exists);
      expect(readdirSync(outDir)).toEqual(['demo']);
    },
  );

  it('even one to the run itself', async () => {
    const outDir = newFolder();
    mkdirSync(join(outDir, 'demo'));
    symlinkSync(runDir, place(outDir));
    const before = contents(runDir);
    expect(await into(outDir)).toMatchObject({ outcome: 'ingested' });
    expect(contents(runDir)).toEqual(before);
  });
});

describe('staging folders', () => {
  const staging = (outDir: string, pid: number, host: string): string => {
    const path = join(outDir, `.staging-${pid}-0123abcd-${host}`);
    mkdirSync(join(path, RUN_ID), { recursive: true });
    writeFileSync(join(path, RUN_ID, 'steps.jsonl.gz'), 'half');
    return path;
  };

  it('of killed ingests go, also with nothing to ingest; those of running ones stay', async () => {
    const outDir = newFolder();
    await into(outDir);
    const dead = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => dead.on('exit', resolve));
    const alive = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    try {
      const left = staging(outDir, dead.pid!, hostname());
      const sameProcessId = staging(outDir, process.pid, hostname());
      const running = staging(outDir, alive.pid!, hostname());
      const elsewhere = staging(outDir, 1, 'another-host');
      const result = await into(outDir);
      expect([left, sameProcessId, running, elsewhere].map((path) => existsSync(path))).toEqual([
        false,
        false,
        true,
        true,
      ]);
      expect(result).toMatchObject({
        outcome: 'unchanged',
        plan: { notes: [expect.stringContaining('another machine')] },
      });
    } finally {
      alive.kill();
    }
  });
});
