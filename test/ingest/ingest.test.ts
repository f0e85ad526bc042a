import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { manifestSchema } from '../../src/core/records.js';
import { parseDatasetIndex } from '../../src/core/dataset-index.js';
import { ingest, type IngestResult } from '../../src/ingest/index.js';
import { validateRun } from '../../src/validate/index.js';
import { capturedRun, contents, newFolder, stamps } from '../fixtures/captured-run.js';

const UPSTREAM = new URL('../golden/upstream-runs/upstream-demo/run-20261120-232758', import.meta.url)
  .pathname;
const RUN_ID = 'run-20260101-000000';

const into = (runDir: string, outDir: string, dryRun = false): Promise<IngestResult> =>
  ingest({ runDir, outDir, dryRun }, validateRun);
const outcome = async (runDir: string, outDir: string): Promise<string> =>
  (await into(runDir, outDir)).outcome;
const json = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

let runDir: string;
beforeAll(async () => {
  runDir = await capturedRun(newFolder());
});

describe('a captured run', () => {
  it('becomes a folder of the dataset that validates, with Parquet, manifest and index', async () => {
    const outDir = join(newFolder(), 'data', 'captures');
    // its own time changes: a lock came and went
    const { '.': _, ...before } = stamps(runDir);
    expect(await outcome(runDir, outDir)).toBe('ingested');
    const { '.': __, ...after } = stamps(runDir);
    expect(after).toEqual(before);
    const place = join(outDir, 'demo', RUN_ID);
    expect(readdirSync(outDir)).toEqual(['demo']);
    expect(readdirSync(place).sort()).toEqual([
      'DATASET_INDEX.json',
      'config.yaml',
      'episodes.jsonl.gz',
      'episodes.parquet',
      'manifest.json',
      'overrides.yaml',
      'run.json',
      'steps.jsonl.gz',
      'steps.parquet',
    ]);
    expect(await validateRun(place)).toMatchObject({ ok: true, errors: 0, notes: 0 });
  });

  it('has an index that states every other file', async () => {
    const outDir = newFolder();
    await into(runDir, outDir);
    const place = join(outDir, 'demo', RUN_ID);
    const index = parseDatasetIndex(readFileSync(join(place, 'DATASET_INDEX.json'), 'utf8'))!;
    const { 'DATASET_INDEX.json': _, ...others } = contents(place);
    expect(Object.fromEntries(index.files.map(({ path, sha256 }) => [path, sha256]))).toEqual(others);
    const source = manifestSchema.parse(json(join(runDir, 'manifest.json')));
    expect(index).toMatchObject({
      dataset: `demo/${RUN_ID}`,
      content_digest: source.content_digest,
      config_hash: source.config_hash,
      counts: source.counts,
      source_manifest_digest: source.manifest_digest,
      made: ['episodes.parquet', 'manifest.json', 'steps.parquet'],
    });
  });

  it('keeps its manifest but for what the Parquet files add', async () => {
    const outDir = newFolder();
    await into(runDir, outDir);
    const {
      files: then,
      totals: _,
      manifest_digest: __,
      ...before
    } = json(join(runDir, 'manifest.json')) as Record<string, unknown>;
    const manifest = json(join(outDir, 'demo', RUN_ID, 'manifest.json')) as Record<string, unknown>;
    const { files, totals, manifest_digest: digest, ...after } = manifest;
    expect(after).toEqual(before);
    expect((files as { path: string }[]).slice(0, (then as []).length)).toEqual(then);
    expect((files as { path: string }[]).slice(-2).map(({ path }) => path)).toEqual([
      'steps.parquet',
      'episodes.parquet',
    ]);
    expect(totals).toMatchObject({ files: (files as []).length });
    expect(Object.keys(manifest).at(-1)).toBe('manifest_digest');
    expect(digest).not.toBe(
      (json(join(runDir, 'manifest.json')) as Record<string, unknown>)['manifest_digest'],
    );
  });

  it('with Parquet is copied whole, byte for byte', async () => {
    const withParquet = await capturedRun(newFolder(), ['parquet=true']);
    const outDir = newFolder();
    await into(withParquet, outDir);
    const { 'DATASET_INDEX.json': _, ...copied } = contents(join(outDir, 'demo', RUN_ID));
    expect(copied).toEqual(contents(withParquet));
  });

  it('in parts keeps its parts', async () => {
    const parted = await capturedRun(newFolder(), ['episodes=200', 'rotate_size=2000']);
    const outDir = newFolder();
    await into(parted, outDir);
    const place = join(outDir, 'demo', RUN_ID);
    expect(existsSync(join(place, 'steps.part0001.jsonl.gz'))).toBe(true);
    expect(await validateRun(place)).toMatchObject({ ok: true });
  });

  it('leaves out what is not of the run, and says so', async () => {
    const copy = join(newFolder(), 'demo', RUN_ID);
    cpSync(runDir, copy, { recursive: true });
    writeFileSync(join(copy, 'notes.txt'), 'mine');
    mkdirSync(join(copy, 'figures'));
    writeFileSync(join(copy, '.run.json.1234.tmp'), '');
    const outDir = newFolder();
    const result = await into(copy, outDir);
    expect(result).toMatchObject({ outcome: 'ingested' });
    const left = 'plan' in result ? result.plan.files.filter(({ action }) => action === 'leave-out') : [];
    expect(left.map(({ path }) => path)).toEqual(['.run.json.1234.tmp', 'figures', 'notes.txt']);
    expect(readdirSync(join(outDir, 'demo', RUN_ID))).toHaveLength(9);
  });
});

describe('a run of plume_nav_sim', () => {
  it('gets Parquet and a manifest of its own times, and validates', async () => {
    const outDir = newFolder();
    expect(await outcome(UPSTREAM, outDir)).toBe('ingested');
    const place = join(outDir, 'upstream-demo', 'run-20261120-232758');
    expect(await validateRun(place)).toMatchObject({ ok: true, errors: 0 });
    expect(manifestSchema.parse(json(join(place, 'manifest.json')))).toMatchObject({
      status: 'complete',
      schema_version: '0.1',
      started_at: '2026-11-20T23:27:58Z',
      created_at: expect.stringMatching(/^2026-11-20T23:27:58/),
      counts: { episodes: 3, steps: 61 },
    });
    expect(await outcome(UPSTREAM, outDir)).toBe('unchanged');
  });

  it('with a manifest of its own keeps it, its list of files completed', async () => {
    const finished = join(newFolder(), 'upstream-demo', 'run-20261120-232758');
    cpSync(UPSTREAM, finished, { recursive: true });
    const manifest = { git_sha: null, files: ['run.json', 'steps.jsonl.gz', 'episodes.jsonl.gz'] };
    writeFileSync(join(finished, 'manifest.json'), JSON.stringify(manifest));
    const outDir = newFolder();
    expect(await outcome(finished, outDir)).toBe('ingested');
    const place = join(outDir, 'upstream-demo', 'run-20261120-232758');
    expect(json(join(place, 'manifest.json'))).toEqual({
      git_sha: null,
      files: [...manifest.files, 'steps.parquet', 'episodes.parquet'],
    });
    expect(await validateRun(place)).toMatchObject({ ok: true });
    expect(await outcome(finished, outDir)).toBe('unchanged');
  });

  it('may list its files with what else it knows of them', async () => {
    const finished = join(newFolder(), 'upstream-demo', 'run-20261120-232758');
    cpSync(UPSTREAM, finished, { recursive: true });
    const manifest = { run_id: 'run-20261120-232758', files: [{ path: 'run.json', bytes: 1 }] };
    writeFileSync(join(finished, 'manifest.json'), JSON.stringify(manifest));
    const outDir = newFolder();
    expect(await outcome(finished, outDir)).toBe('ingested');
    expect(json(join(outDir, 'upstream-demo', 'run-20261120-232758', 'manifest.json'))).toEqual({
      ...manifest,
      files: [...manifest.files, 'steps.parquet', 'episodes.parquet'],
    });
  });

  it.each([1e3, 1e9])(
    'whose ts are seconds times %d gets a manifest with the time it began',
    async (factor) => {
      const other = join(newFolder(), 'upstream-demo', 'run-20261120-232758');
      cpSync(UPSTREAM, other, { recursive: true });
      const steps = join(other, 'steps.jsonl.gz');
      const scaled = gunzipSync(readFileSync(steps))
        .toString()
        .replace(/("ts": ?)([\d.]+)/g, (_all, key: string, ts: string) => `${key}${Number(ts) * factor}`);
      writeFileSync(steps, gzipSync(scaled));
      const outDir = newFolder();
      expect(await outcome(other, outDir)).toBe('ingested');
      const manifest = json(join(outDir, 'upstream-demo', 'run-20261120-232758', 'manifest.json'));
      expect(manifest).toMatchObject({
        ended_at: '2026-11-20T23:27:58Z',
        created_at: '2026-11-20T23:27:58Z',
      });
    },
  );

  it('gives the same bytes wherever it lies', async () => {
    const moved = join(newFolder(), 'elsewhere', 'run-20261120-232758');
    cpSync(UPSTREAM, moved, { recursive: true });
    const [a, b] = [newFolder(), newFolder()];
    await into(UPSTREAM, a);
    await into(moved, b);
    expect(contents(b)).toEqual(contents(a));
  });

  it('that exported Parquet itself gets it made anew, in our columns', async () => {
    const exported = join(newFolder(), 'upstream-demo', 'run-20261120-232758');
    cpSync(UPSTREAM, exported, { recursive: true });
    writeFileSync(join(exported, 'steps.parquet'), 'PAR1 of another shape');
    const outDir = newFolder();
    expect(await outcome(exported, outDir)).toBe('ingested');
    expect(await validateRun(join(outDir, 'upstream-demo', 'run-20261120-232758'))).toMatchObject({
      ok: true,
    });
  });
});

describe('again', () => {
  it('the same run changes nothing, not even a time', async () => {
    const outDir = newFolder();
    await into(runDir, outDir);
    const before = stamps(outDir);
    expect(await outcome(runDir, outDir)).toBe('unchanged');
    expect(stamps(outDir)).toEqual(before);
  });

  it('into another folder gives the same bytes', async () => {
    const [a, b] = [newFolder(), newFolder()];
    await into(runDir, a);
    await into(runDir, b);
    expect(contents(b)).toEqual(contents(a));
  });

  it('another run changes no byte of the first', async () => {
    const outDir = newFolder();
    await into(runDir, outDir);
    const before = stamps(join(outDir, 'demo', RUN_ID));
    const second = await capturedRun(newFolder(), ['seed=9'], 'run-20260101-000001');
    expect(await outcome(second, outDir)).toBe('ingested');
    expect(stamps(join(outDir, 'demo', RUN_ID))).toEqual(before);
    expect(readdirSync(join(outDir, 'demo'))).toEqual([RUN_ID, 'run-20260101-000001']);
  });

  it('another recording of the same records is left as it was ingested', async () => {
    const outDir = newFolder();
    await into(runDir, outDir);
    const before = stamps(outDir);
    const again = await into(await capturedRun(newFolder(), ['parquet=true']), outDir);
    expect(again).toMatchObject({
      outcome: 'unchanged',
      plan: { notes: [expect.stringContaining('same records')] },
    });
    expect(stamps(outDir)).toEqual(before);
  });

  it('other records under the same name are refused', async () => {
    const outDir = newFolder();
    await into(runDir, outDir);
    const before = stamps(outDir);
    const other = await capturedRun(newFolder(), ['seed=77']);
    await expect(into(other, outDir)).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining('holds another run of the same name'),
    });
    expect(stamps(outDir)).toEqual(before);
  });

  it('five at once: one does it, the others find it done', async () => {
    const outDir = newFolder();
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => outcome(runDir, outDir)));
    expect(outcomes.filter((each) => each === 'ingested')).toHaveLength(1);
    expect(outcomes.filter((each) => each === 'unchanged')).toHaveLength(4);
    expect(readdirSync(outDir)).toEqual(['demo']);
  });

  it('a dry run plans and changes nothing', async () => {
    const outDir = join(newFolder(), 'none');
    expect(await into(runDir, outDir, true)).toMatchObject({
      outcome: 'planned',
      plan: { action: 'create' },
    });
    expect(existsSync(outDir)).toBe(false);
  });
});

describe('a damaged folder is repaired from its run', () => {
  const place = (outDir: string): string => join(outDir, 'demo', RUN_ID);
  it.each<[string, (folder: string) => void]>([
    ['a truncated file', (folder) => truncateSync(join(folder, 'steps.jsonl.gz'), 30)],
    ['a missing file', (folder) => rmSync(join(folder, 'episodes.jsonl.gz'))],
    ['a missing Parquet file', (folder) => rmSync(join(folder, 'steps.parquet'))],
    ['a changed manifest', (folder) => writeFileSync(join(folder, 'manifest.json'), '{}')],
    ['no index', (folder) => rmSync(join(folder, 'DATASET_INDEX.json'))],
    ['a torn index', (folder) => truncateSync(join(folder, 'DATASET_INDEX.json'), 100)],
    [
      'only run.json',
      (folder) => readdirSync(folder).forEach((name) => name !== 'run.json' && rmSync(join(folder, name))),
    ],
  ])('%s', async (_what, damage) => {
    const outDir = newFolder();
    await into(runDir, outDir);
    const whole = contents(outDir);
    damage(place(outDir));
    expect(await outcome(runDir, outDir)).toBe('repaired');
    expect(contents(outDir)).toEqual(whole);
    expect(await outcome(runDir, outDir)).toBe('unchanged');
  });

  it('touching only what differs, and nobody else’s file', async () => {
    const outDir = newFolder();
    await into(runDir, outDir);
    writeFileSync(join(place(outDir), 'README.md'), 'mine');
    const before = stamps(place(outDir));
    rmSync(join(place(outDir), 'steps.parquet'));
    const result = await into(runDir, outDir);
    expect(result).toMatchObject({
      outcome: 'repaired',
      plan: { notes: [expect.stringContaining('README.md')] },
    });
    const after = stamps(place(outDir));
    for (const name of ['run.json', 'steps.jsonl.gz', 'manifest.json', 'README.md'])
      expect(after[name]).toBe(before[name]);
  });

  it('an empty folder is filled', async () => {
    const outDir = newFolder();
    mkdirSync(place(outDir), { recursive: true });
    expect(await outcome(runDir, outDir)).toBe('ingested');
  });

  it('but not from another recording', async () => {
    const outDir = newFolder();
    await into(runDir, outDir);
    rmSync(join(place(outDir), 'run.json'));
    const again = await capturedRun(newFolder(), ['parquet=true']);
    await expect(into(again, outDir)).rejects.toMatchObject({
      message: expect.stringContaining('run.json is missing'),
    });
  });
});
