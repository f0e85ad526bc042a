import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { BINARY } from '../e2e/binary.js';
import { capturedRun, contents, newFolder } from '../fixtures/captured-run.js';

const RUN_ID = 'run-20260101-000000';
/** Permissions do not hold for root, so there the command runs as nobody. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
const asUser = (...args: string[]) =>
  execa(process.execPath, [BINARY, ...args], { reject: false, cwd: tmpdir(), ...nobody });
const { exitCode: started } = await asUser('--help');

describe.skipIf(started !== 0)('permissions (skipped when nobody may read this folder)', () => {
  let runDir: string;
  beforeAll(async () => {
    const shared = mkdtempSync(join(tmpdir(), 'plume-shared-'));
    chmodSync(shared, 0o755);
    cpSync(await capturedRun(newFolder()), join(shared, 'demo', RUN_ID), { recursive: true });
    runDir = join(shared, 'demo', RUN_ID);
  });

  /** A folder that the user owns or may write to. */
  function dataset(): string {
    const path = mkdtempSync(join(tmpdir(), 'plume-shared-'));
    chmodSync(path, 0o777);
    return path;
  }
  const ingest = (outDir: string, ...args: string[]) =>
    asUser('ingest', '--run-dir', runDir, '--out-dir', outDir, ...args);

  it('a read-only source is enough, and its read-only files become ordinary ones', async () => {
    for (const name of readdirSync(runDir)) chmodSync(join(runDir, name), 0o444);
    chmodSync(runDir, 0o555);
    const outDir = dataset();
    expect(await ingest(outDir)).toMatchObject({ exitCode: 0 });
    const place = join(outDir, 'demo', RUN_ID);
    for (const name of readdirSync(place))
      expect([name, statSync(join(place, name)).mode & 0o200]).toEqual([name, 0o200]);
  });

  it.each([
    ['an out_dir', (outDir: string) => outDir],
    ['the parent of an out_dir', (outDir: string) => join(outDir, 'deeper')],
  ])('%s that is read-only: one clear line, exit 5', async (_what, target) => {
    const outDir = dataset();
    chmodSync(outDir, 0o555);
    const { exitCode, stderr } = await ingest(target(outDir));
    expect({ exitCode, stderr }).toEqual({
      exitCode: 5,
      stderr: expect.stringMatching(/^plume-nav-capture: cannot make .*: permission denied \(.*\)$/),
    });
  });

  it('an experiment that is read-only: nothing half-written', async () => {
    const outDir = dataset();
    mkdirSync(join(outDir, 'demo'));
    chmodSync(join(outDir, 'demo'), 0o555);
    const { exitCode, stderr } = await ingest(outDir);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 5,
      stderr: expect.stringMatching(/^plume-nav-capture: cannot put .* in place: permission denied \(.*\)$/),
    });
    expect(readdirSync(outDir)).toEqual(['demo']);
    expect(readdirSync(join(outDir, 'demo'))).toEqual([]);
  });

  it('a read-only folder of the run is left when whole, and made writable for a repair', async () => {
    const outDir = dataset();
    await ingest(outDir);
    const whole = contents(outDir);
    const place = join(outDir, 'demo', RUN_ID);
    for (const name of readdirSync(place)) chmodSync(join(place, name), 0o444);
    chmodSync(place, 0o555);
    expect(await ingest(outDir)).toMatchObject({ exitCode: 0, stdout: `already ingested: ${place}` });
    expect(statSync(place).mode & 0o777).toBe(0o555);
    chmodSync(place, 0o755);
    rmSync(join(place, 'steps.parquet'));
    chmodSync(place, 0o555);
    expect(await ingest(outDir)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('repaired') });
    expect(contents(outDir)).toEqual(whole);
    expect(existsSync(join(place, 'steps.parquet'))).toBe(true);
  });
});
