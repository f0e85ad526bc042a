import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { validateRun } from '../../src/validate/index.js';
import { capture, plume, scratchDirectory, type Outcome } from '../e2e/binary.js';
import { capturedRun, contents, newFolder } from '../fixtures/captured-run.js';
import { copyOf, digestOf, linesOf, recovered } from '../recover/support.js';
import { needed } from './needed-tool.js';

const TRY = 'd=$(mktemp -d) && mount -t tmpfs -o size=256k tmpfs "$d" && umount "$d" && rmdir "$d"';
const tmpfs = needed('sh', ['-c', TRY]);

const RUN = join('results', 'full', 'run-20260101-000000');
const OPTIONS = [
  ...['seed=7', 'env.grid_size=[64,64]', 'env.max_steps=200', 'env.goal_radius=0', 'workers=1', 'clock=sim'],
  ...['experiment=full', 'run_id=run-20260101-000000'],
];
/** So many episodes make half a megabyte at least. */
const BACKENDS: [name: string, overrides: string[]][] = [
  ['jsonl', ['episodes=250']],
  ['parquet', ['episodes=400', 'record=parquet']],
  ['sqlite', ['episodes=60', 'record=sqlite']],
  ['hdf5', ['episodes=60', 'record=hdf5']],
];

/** One line that names what could not be written, why, and the way out. */
function expectFull({ exitCode, stderr }: Outcome, path: string): void {
  const lines = stderr.split('\n').filter((line) => line.startsWith('plume-nav-capture: '));
  expect(lines).toEqual([expect.stringMatching(/: .*no space left on (?:the )?device.* \(.+\)$/i)]);
  expect(lines[0]).toContain(path);
  expect(stderr).not.toMatch(/^ +at /m);
  expect(exitCode).toBe(5);
}

async function errorsIn(run: string): Promise<string[]> {
  const { findings } = await validateRun(run);
  return findings.filter(({ severity }) => severity === 'error').map(({ code }) => code);
}

describe.skipIf(!tmpfs.works)(`a disk of 256 KiB (${tmpfs.reason})`, () => {
  let disk: string;
  beforeEach(() => {
    disk = scratchDirectory();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk]);
  });
  afterEach(() => void execFileSync('umount', [disk]));
  const makeRoom = (): unknown => execFileSync('mount', ['-o', 'remount,size=16m', disk]);

  it.each(BACKENDS)(
    'a capture of %s keeps what it had, and goes on when there is room',
    async (name, overrides) => {
      // the digest is that of the records, whatever holds them
      const whole = await capturedRun(newFolder(), [...OPTIONS, overrides[0]!]);
      const run = join(disk, RUN);
      expectFull(await plume([...OPTIONS, ...overrides], { cwd: disk }), RUN);
      expect(await errorsIn(run)).toEqual(['unfinished']);
      if (name === 'jsonl') {
        const copy = copyOf(run);
        await recovered(copy);
        const kept = linesOf(join(copy, 'steps.jsonl.gz'));
        expect(kept.length).toBeGreaterThan(0);
        expect(kept).toEqual(linesOf(join(whole, 'steps.jsonl.gz')).slice(0, kept.length));
      }
      expectFull(await plume(['resume', RUN], { cwd: disk }), RUN);
      expect(await errorsIn(run)).toEqual(['unfinished']);
      makeRoom();
      expect(await plume(['resume', RUN], { cwd: disk })).toMatchObject({ exitCode: 0 });
      expect(digestOf(run)).toBe(digestOf(whole));
      expect(await errorsIn(run)).toEqual([]);
      expect(readdirSync(run).filter((file) => /^\.|^run\.(?:lock|sqlite-)|\.tmp$/.test(file))).toEqual([]);
    },
    60_000,
  );

  it('a recovery that has no room for the new files leaves the old ones as they are', async () => {
    const { content_digest: digest } = await capture([...OPTIONS, 'episodes=60'], { cwd: disk });
    const run = join(disk, RUN);
    rmSync(join(run, 'manifest.json'));
    const before = contents(run);
    expectFull(await plume(['recover', RUN], { cwd: disk }), RUN);
    expect(contents(run)).toEqual(before);
    makeRoom();
    expect(await plume(['recover', RUN], { cwd: disk })).toMatchObject({ exitCode: 0 });
    expect(digestOf(run)).toBe(digest);
    expect(await errorsIn(run)).toEqual([]);
  }, 60_000);

  it('an ingest leaves nothing in a dataset that has no room for the run', async () => {
    const cwd = scratchDirectory();
    await capture([...OPTIONS, 'episodes=250'], { cwd });
    const before = contents(join(cwd, RUN));
    const args = ['ingest', '--run-dir', RUN, '--out-dir', join(disk, 'data')];
    expectFull(await plume(args, { cwd }), join(disk, 'data'));
    expect(readdirSync(join(disk, 'data'))).toEqual([]);
    makeRoom();
    expect(await plume(args, { cwd })).toMatchObject({ exitCode: 0 });
    expect(readdirSync(join(disk, 'data'))).toEqual(['full']);
    expect(await errorsIn(join(disk, 'data', 'full', 'run-20260101-000000'))).toEqual([]);
    expect(contents(join(cwd, RUN))).toEqual(before);
  }, 60_000);

  it('a prune makes room where there is none at all', async () => {
    for (const second of [0, 1]) {
      const id = `run_id=run-20260101-00000${second}`;
      await capture([...OPTIONS, 'episodes=2', id], { cwd: disk });
    }
    const kept = join(disk, 'results', 'full', 'run-20260101-000001');
    const before = contents(kept);
    for (const bytes of [4096, 1]) {
      const fill = (): void => writeFileSync(join(disk, 'filler'), Buffer.alloc(bytes), { flag: 'a' });
      expect(() => {
        for (;;) fill();
      }).toThrow('ENOSPC');
    }
    const args = ['prune', 'results', '--keep-last', '1', '--yes'];
    expect(await plume(args, { cwd: disk })).toMatchObject({ exitCode: 0, stderr: '' });
    expect(readdirSync(join(disk, 'results')).sort()).toEqual(['config_history.jsonl', 'full']);
    expect(readdirSync(join(disk, 'results', 'full'))).toEqual(['run-20260101-000001']);
    expect(contents(kept)).toEqual(before);
  }, 60_000);
});
