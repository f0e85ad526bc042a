import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openRun, readManifest } from '../../src/io/run-directory.js';

const RUN_ID = 'run-20261120-232758';
const UPSTREAM = fileURLToPath(new URL(`../golden/upstream-runs/upstream-demo/${RUN_ID}`, import.meta.url));

/** A copy of plume_nav_sim's run with some of run.json changed. */
function runWith(changes: Record<string, unknown>): string {
  const path = join(mkdtempSync(join(tmpdir(), 'run-')), RUN_ID);
  cpSync(UPSTREAM, path, { recursive: true });
  const run = JSON.parse(readFileSync(join(path, 'run.json'), 'utf8')) as Record<string, unknown>;
  writeFileSync(join(path, 'run.json'), JSON.stringify({ ...run, ...changes }));
  return path;
}

describe('run.json', () => {
  it.each([
    [{ package_version: null }],
    [{ package_version: undefined }],
    [{ system: null }],
    [{ extra: undefined }],
  ])('plume_nav_sim may leave it out: %j', async (changes) => {
    expect((await openRun(runWith(changes))).run.run_id).toBe(RUN_ID);
  });

  it('says which key is wrong', async () => {
    await expect(openRun(runWith({ episode_seeds: 'x' }))).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining('run.json is not a valid run.json: episode_seeds'),
    });
  });
});

describe('manifest.json', () => {
  it.each(['null', '5', '[]', '"x"', '{"a":1,"a":2}', '{'])('%s is no manifest', async (text) => {
    const path = runWith({});
    writeFileSync(join(path, 'manifest.json'), text);
    await expect(readManifest(await openRun(path))).rejects.toMatchObject({ kind: 'input' });
  });

  it('is null when the run has none', async () => {
    expect(await readManifest(await openRun(runWith({})))).toBeNull();
  });
});
