import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ingest } from '../../src/ingest/index.js';
import { validateRun } from '../../src/validate/index.js';
import { capturedRun, contents, newFolder } from '../fixtures/captured-run.js';

const UPSTREAM = new URL('../golden/upstream-runs/upstream-demo/run-20261120-232758', import.meta.url)
  .pathname;
const RUN_ID = 'run-20260101-000000';
let original: string;
beforeAll(async () => {
  original = await capturedRun(newFolder());
});

function copyOfRun(): string {
  const copy = join(newFolder(), 'demo', RUN_ID);
  cpSync(original, copy, { recursive: true });
  return copy;
}

function editRun(runDir: string, change: Record<string, unknown>): void {
  const path = join(runDir, 'run.json');
  writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, 'utf8')) as object), ...change }));
}

const into = (runDir: string, outDir: string) => ingest({ runDir, outDir, dryRun: false }, validateRun);

describe('runs that are refused', () => {
  it.each<[string, (run: string) => void, string, string]>([
    [
      'an experiment that escapes',
      (run) => editRun(run, { experiment: '../x' }),
      'input',
      "experiment '../x' is not a valid name",
    ],
    [
      'a run id that escapes',
      (run) => editRun(run, { run_id: '../../x' }),
      'input',
      "run_id '../../x' is not a valid name",
    ],
    ['a hidden name', (run) => editRun(run, { experiment: '.git' }), 'input', "'.git'"],
    ['an absolute name', (run) => editRun(run, { run_id: '/etc' }), 'input', "'/etc'"],
    [
      'no manifest',
      (run) => rmSync(join(run, 'manifest.json')),
      'input',
      'not finished: it has no manifest.json',
    ],
    ['no run.json', (run) => rmSync(join(run, 'run.json')), 'input', 'not a run directory'],
    [
      'a run that is a file',
      (run) => (rmSync(run, { recursive: true }), writeFileSync(run, '')),
      'input',
      'is a file',
    ],
    ['a run that is not there', (run) => rmSync(run, { recursive: true }), 'input', 'does not exist'],
    [
      'a live run',
      (run) =>
        writeFileSync(
          join(run, 'run.lock'),
          JSON.stringify({ pid: process.pid, host: hostname(), since: '' }),
        ),
      'busy',
      `is held: process ${process.pid}`,
    ],
    [
      'a run locked elsewhere',
      (run) => writeFileSync(join(run, 'run.lock'), '{"pid":1,"host":"far","since":""}'),
      'busy',
      'on far',
    ],
  ])('%s', async (_what, change, kind, message) => {
    const run = copyOfRun();
    change(run);
    const outDir = join(newFolder(), 'out');
    await expect(into(run, outDir)).rejects.toMatchObject({
      kind,
      message: expect.stringContaining(message),
    });
    expect(existsSync(outDir)).toBe(false);
  });

  it('a run with errors, with its findings', async () => {
    const run = copyOfRun();
    truncateSync(join(run, 'steps.jsonl.gz'), 60);
    const outDir = join(newFolder(), 'out');
    const result = await into(run, outDir);
    expect(result).toMatchObject({ outcome: 'invalid', report: { ok: false } });
    expect(existsSync(outDir)).toBe(false);
  });

  it('a run that changes while it is copied; nothing stays behind', async () => {
    const run = copyOfRun();
    const outDir = newFolder();
    const validate = async (path: string) => {
      const report = await validateRun(path);
      writeFileSync(join(run, 'overrides.yaml'), '- changed=1\n');
      return report;
    };
    await expect(ingest({ runDir: run, outDir, dryRun: false }, validate)).rejects.toMatchObject({
      kind: 'busy',
      message: expect.stringContaining('overrides.yaml changed while it was ingested'),
    });
    expect(contents(outDir)).toEqual({});
  });

  it('but not one whose writer was killed after it had finished', async () => {
    const run = copyOfRun();
    const child = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => child.on('exit', resolve));
    writeFileSync(join(run, 'run.lock'), JSON.stringify({ pid: child.pid, host: hostname(), since: '' }));
    const outDir = newFolder();
    expect((await into(run, outDir)).outcome).toBe('ingested');
    expect(existsSync(join(outDir, 'demo', RUN_ID, 'run.lock'))).toBe(false);
  });
});

describe('manifests of plume_nav_sim that are refused', () => {
  it.each([
    ['a text', '"x"', 'manifest.json is not a JSON object'],
    ['a list', '[]', 'manifest.json is not a JSON object'],
    ['torn', '{"fil', 'manifest.json is not valid JSON'],
    ['files that are a mapping', '{"files": {"a": 1}}', 'manifest.json is not a manifest: files: '],
    ['files that are text', '{"files": "abc"}', 'manifest.json is not a manifest: files: '],
    ['a file that is a number', '{"files": ["run.json", 1]}', 'manifest.json is not a manifest: files.1: '],
    ['a file that is a list', '{"files": [[]]}', 'manifest.json is not a manifest: files.0: '],
    ['a run id that is no text', '{"run_id": 5}', 'manifest.json is not a manifest: run_id: '],
    ['another run', '{"run_id": "other"}', 'manifest.json is of another run: its run_id is other'],
  ])('%s', async (_what, manifest, message) => {
    const run = join(newFolder(), 'upstream-demo', 'run-20261120-232758');
    cpSync(UPSTREAM, run, { recursive: true });
    writeFileSync(join(run, 'manifest.json'), manifest);
    const outDir = join(newFolder(), 'out');
    await expect(into(run, outDir)).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining(message),
    });
    expect(existsSync(outDir)).toBe(false);
  });
});

describe('destinations that are refused', () => {
  it.each<[string, (outDir: string, run: string) => void, string, string]>([
    [
      'an experiment that is a link, wherever to',
      (outDir) => (
        mkdirSync(join(outDir, 'elsewhere')),
        symlinkSync(join(outDir, 'elsewhere'), join(outDir, 'demo'))
      ),
      'input',
      'demo is a symbolic link',
    ],
    [
      'an experiment that is a file',
      (outDir) => writeFileSync(join(outDir, 'demo'), ''),
      'input',
      'demo is not a directory',
    ],
    [
      'a file in the place of the run',
      (outDir) => (mkdirSync(join(outDir, 'demo')), writeFileSync(join(outDir, 'demo', RUN_ID), '')),
      'input',
      'is not a directory',
    ],
    [
      'a folder of something else',
      (outDir) => (
        mkdirSync(join(outDir, 'demo', RUN_ID), { recursive: true }),
        writeFileSync(join(outDir, 'demo', RUN_ID, 'mine.txt'), '')
      ),
      'input',
      'does not hold this run',
    ],
    [
      'an out_dir that is a file',
      (outDir) => (rmSync(outDir, { recursive: true }), writeFileSync(outDir, '')),
      'io',
      'not a directory',
    ],
    [
      'an out_dir that is a dangling link',
      (outDir) => (rmSync(outDir, { recursive: true }), symlinkSync('/nowhere/at/all', outDir)),
      'io',
      'out is a symbolic link that leads nowhere',
    ],
  ])('%s', async (_what, prepare, kind, message) => {
    const run = copyOfRun();
    const outDir = join(newFolder(), 'out');
    mkdirSync(outDir);
    prepare(outDir, run);
    await expect(into(run, outDir)).rejects.toMatchObject({
      kind,
      message: expect.stringContaining(message),
    });
  });

  it('the folder of the results itself', async () => {
    const run = copyOfRun();
    const before = contents(run);
    await expect(into(run, dirname(dirname(run)))).rejects.toMatchObject({
      message: expect.stringContaining('overlap'),
    });
    expect(contents(run)).toEqual(before);
  });

  it('a folder inside of the run', async () => {
    const run = copyOfRun();
    await expect(into(run, join(run, 'data'))).rejects.toMatchObject({
      message: expect.stringContaining('overlap'),
    });
  });

  it('a part file nobody knows in the folder of the run', async () => {
    const run = copyOfRun();
    const outDir = newFolder();
    await into(run, outDir);
    writeFileSync(join(outDir, 'demo', RUN_ID, 'steps.part0001.jsonl.gz'), '');
    await expect(into(run, outDir)).rejects.toMatchObject({
      message: expect.stringContaining('steps.part0001.jsonl.gz is not of this run'),
    });
  });
});
