import { existsSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { run, type IngestOptions } from '../../src/cli/commands/ingest.js';
import { readIngestParams } from '../../src/ingest/index.js';
import { capturedRun, newFolder } from '../fixtures/captured-run.js';

const RUN_ID = 'run-20260101-000000';

async function ingest(options: IngestOptions) {
  const said = { stdout: '', stderr: '' };
  const exitCode = await run(options, {
    stdout: (text) => void (said.stdout += text),
    stderr: (text) => void (said.stderr += text),
  });
  return { exitCode, ...said };
}

describe('ingest', () => {
  let runDir: string;
  beforeAll(async () => {
    runDir = await capturedRun(newFolder());
  });

  it('says what it did', async () => {
    const outDir = newFolder();
    const place = join(outDir, 'demo', RUN_ID);
    const done = { exitCode: 0, stderr: '' };
    expect(await ingest({ runDir, outDir })).toEqual({
      ...done,
      stdout: `ingested ${runDir} into ${place}: 9 files\n`,
    });
    expect(await ingest({ runDir, outDir })).toEqual({ ...done, stdout: `already ingested: ${place}\n` });
    truncateSync(join(place, 'steps.parquet'), 3);
    expect(await ingest({ runDir, outDir })).toEqual({
      ...done,
      stdout: `repaired ${place}: steps.parquet is damaged\n`,
    });
  });

  it('takes run and dataset from params.yaml, flags first', async () => {
    const outDir = newFolder();
    const params = join(newFolder(), 'params.yaml');
    writeFileSync(params, `other: 1\ningest_capture:\n  run_dir: nowhere\n  out_dir: ${outDir}\n`);
    expect(await ingest({ params, runDir })).toMatchObject({ exitCode: 0 });
    expect(existsSync(join(outDir, 'demo', RUN_ID))).toBe(true);
  });

  it('--dry-run prints the plan with its reasons', async () => {
    const outDir = join(newFolder(), 'none');
    const { stdout, exitCode } = await ingest({ runDir, outDir, dryRun: true });
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      `would ingest ${runDir} into ${join(outDir, 'demo', RUN_ID)} (not in the dataset yet)`,
    );
    expect(stdout).toMatch(/make-parquet +steps.parquet +the run has no steps as Parquet/);
    expect(existsSync(outDir)).toBe(false);
  });

  it('--json prints one document', async () => {
    const outDir = newFolder();
    const planned = JSON.parse((await ingest({ runDir, outDir, json: true, dryRun: true })).stdout) as object;
    expect(planned).toMatchObject({ outcome: 'planned', action: 'create', files: null });
    const done = JSON.parse((await ingest({ runDir, outDir, json: true })).stdout) as object;
    expect(done).toMatchObject({
      outcome: 'ingested',
      destination: join(outDir, 'demo', RUN_ID),
      content_digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      files: expect.arrayContaining([expect.objectContaining({ path: 'run.json' })]),
    });
  });

  it('a run with errors: the findings, exit 1', async () => {
    const damaged = await capturedRun(newFolder());
    truncateSync(join(damaged, 'steps.jsonl.gz'), 60);
    const outDir = newFolder();
    const { exitCode, stdout, stderr } = await ingest({ runDir: damaged, outDir });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('steps.jsonl.gz: gzip-truncated: ');
    expect(stderr).toMatch(/not ingested: .* has \d+ errors/);
    const document = JSON.parse((await ingest({ runDir: damaged, outDir, json: true })).stdout) as object;
    expect(document).toMatchObject({ outcome: 'invalid', source: damaged });
  });
});

/** Three lines that stand for a thousand values. */
const LAUGHS = ['x', '*a', '*b', '*c']
  .map((value, i) => `${'abcd'[i]}: &${'abcd'[i]} [${Array(10).fill(value).join(', ')}]\n`)
  .join('');

describe('params.yaml', () => {
  it.each([
    ['not there', null, 'params.yaml does not exist'],
    ['not YAML', 'a: [1,\nb: 2', /params\.yaml:\d+:\d+ is not valid YAML: /],
    ['empty', '', 'params.yaml has no mapping ingest_capture'],
    ['without the section', 'other: 1', 'params.yaml has no mapping ingest_capture'],
    ['a section that is a list', 'ingest_capture: [a, b]', 'params.yaml has no mapping ingest_capture'],
    ['a key missing', 'ingest_capture: {run_dir: a}', 'ingest_capture.out_dir is missing, expected a path'],
    ['a number', 'ingest_capture: {run_dir: 5, out_dir: b}', 'ingest_capture.run_dir is 5, expected a path'],
    ['null', 'ingest_capture: {run_dir: , out_dir: b}', 'ingest_capture.run_dir is null, expected a path'],
    [
      'empty text',
      'ingest_capture: {run_dir: "", out_dir: b}',
      'ingest_capture.run_dir is empty, expected a path',
    ],
    [
      'an alias to nothing',
      'ingest_capture: {run_dir: *foo, out_dir: b}',
      'params.yaml: ingest_capture.run_dir is *foo, and nothing before it is named &foo',
    ],
    [
      'a merge key to nothing',
      'ingest_capture: {<<: *foo, out_dir: b}',
      'params.yaml: ingest_capture.<< is *foo, and nothing before it is named &foo',
    ],
    [
      'a merge key that is no mapping',
      'ingest_capture: {<<: 5, out_dir: b}',
      'params.yaml: cannot read ingest_capture: Merge sources must be maps',
    ],
    [
      'aliases without end',
      `${LAUGHS}ingest_capture: {run_dir: a, out_dir: b}`,
      'params.yaml: cannot read ingest_capture: Excessive alias count',
    ],
    [
      'a value that holds itself',
      'ingest_capture: &x {run_dir: *x, out_dir: b}',
      'params.yaml: ingest_capture.run_dir is a mapping, expected a path',
    ],
    ['a list', 'ingest_capture: {run_dir: [a], out_dir: b}', 'ingest_capture.run_dir is a list, expected'],
  ])('%s', async (_what, text, message) => {
    const params = join(newFolder(), 'params.yaml');
    if (text !== null) writeFileSync(params, text);
    await expect(readIngestParams(params, { run_dir: undefined, out_dir: undefined })).rejects.toMatchObject({
      kind: 'config',
      message:
        typeof message === 'string' ? expect.stringContaining(message) : expect.stringMatching(message),
    });
  });

  it('may use merge keys and keys that are no text, as for DVC', async () => {
    const params = join(newFolder(), 'params.yaml');
    writeFileSync(
      params,
      '? [a]\n: 1\nbase: &b {run_dir: x, out_dir: data}\ningest_capture: {<<: *b, run_dir: a}\n',
    );
    const warning = vi.spyOn(process, 'emitWarning');
    expect(await readIngestParams(params, { run_dir: undefined, out_dir: undefined })).toEqual({
      run_dir: 'a',
      out_dir: 'data',
    });
    expect(warning).not.toHaveBeenCalled();
    warning.mockRestore();
  });

  it('is not read when both flags are given', async () => {
    expect(await readIngestParams('nowhere/params.yaml', { run_dir: 'a', out_dir: 'b' })).toEqual({
      run_dir: 'a',
      out_dir: 'b',
    });
  });

  it.each(['b', undefined])(
    'an empty flag is refused, whatever the file says (--out-dir %s)',
    async (outDir) => {
      await expect(readIngestParams('nowhere', { run_dir: '', out_dir: outDir })).rejects.toMatchObject({
        kind: 'usage',
        message: '--run-dir is empty, expected a path',
      });
    },
  );
});
