import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { validateRun } from '../../src/validate/index.js';
import { capturedRun, newFolder } from '../fixtures/captured-run.js';

const RUN_ID = 'run-20260101-000000';
const gone = (): number => spawnSync(process.execPath, ['-e', '0']).pid;

/** What a capture leaves that is killed before run.json is there. @param pid of the process that claimed it */
function unbegun(output: string, pid: number): string {
  const directory = join(output, 'demo', RUN_ID);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'run.lock'), JSON.stringify({ pid, host: hostname() }));
  writeFileSync(join(directory, 'config.yaml'), 'seed: 99\n');
  writeFileSync(join(directory, '.run.json.0123abcd.tmp'), '{');
  return directory;
}

it('a run that was killed before it began gives its name to the next that asks for it', async () => {
  const output = newFolder();
  const directory = unbegun(output, gone());
  expect(await capturedRun(output)).toBe(directory);
  const { ok, findings } = await validateRun(directory);
  expect([ok, findings.map(({ code }) => code)]).toEqual([true, ['file-leftover']]);
  expect(readFileSync(join(directory, 'config.yaml'), 'utf8')).not.toContain('seed: 99');
});

it.each<[string, (directory: string) => void, number]>([
  ['whose process is running', () => {}, process.ppid],
  ['that has begun', (directory) => writeFileSync(join(directory, 'run.json'), '{}'), gone()],
  [
    'with a file of somebody else in it',
    (directory) => writeFileSync(join(directory, 'notes.txt'), ''),
    gone(),
  ],
])('one %s keeps it', async (_what, change, pid) => {
  const output = newFolder();
  const directory = unbegun(output, pid);
  change(directory);
  const before = readdirSync(directory);
  await expect(capturedRun(output)).rejects.toMatchObject({
    kind: 'config',
    message: expect.stringContaining('is taken'),
  });
  expect(readdirSync(directory)).toEqual(before);
});

it('a folder that is empty keeps its name: its capture may be about to begin', async () => {
  const output = newFolder();
  mkdirSync(join(output, 'demo', RUN_ID), { recursive: true });
  await expect(capturedRun(output)).rejects.toMatchObject({ kind: 'config' });
});
