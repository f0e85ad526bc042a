import { describe, expect, it } from 'vitest';
import type { DatasetIndex } from '../../src/core/dataset-index.js';
import { planIngest, type DestinationFacts, type SourceFacts } from '../../src/ingest/plan.js';

const hash = (letter: string): string => letter.repeat(64);
const SOURCE: SourceFacts = {
  path: 'results/demo/run-1',
  experiment: 'demo',
  runId: 'run-1',
  manifest: 'ours',
  manifestDigest: hash('d'),
  contentDigest: hash('c'),
  files: [
    { path: 'manifest.json', bytes: 1, sha256: hash('1') },
    { path: 'run.json', bytes: 1, sha256: hash('2') },
    { path: 'steps.jsonl.gz', bytes: 1, sha256: hash('3') },
  ],
  leftOut: [],
  withoutParquet: ['steps', 'episodes'],
};
const INDEX: DatasetIndex = {
  index_version: '1.0.0',
  dataset: 'demo/run-1',
  run_id: 'run-1',
  experiment: 'demo',
  schema_version: '1.0.0',
  config_hash: null,
  content_digest: hash('c'),
  counts: { episodes: 1, steps: 1 },
  source_manifest_digest: hash('d'),
  made: ['manifest.json', 'steps.parquet'],
  files: [
    { path: 'manifest.json', bytes: 1, sha256: hash('9') },
    { path: 'run.json', bytes: 1, sha256: hash('2') },
    { path: 'steps.jsonl.gz', bytes: 1, sha256: hash('3') },
    { path: 'steps.parquet', bytes: 1, sha256: hash('4') },
  ],
};
const WHOLE = new Map<string, string | null>(INDEX.files.map(({ path, sha256 }) => [path, sha256]));
const there = (change: Partial<DestinationFacts> = {}): DestinationFacts => ({
  path: 'data/demo/run-1',
  kind: 'folder',
  index: INDEX,
  files: WHOLE,
  ...change,
});
const nothing = { index: null, files: new Map<string, string | null>() };
const without = (name: string) => new Map([...WHOLE].filter(([path]) => path !== name));

describe('what to do with a run, by what is at its place', () => {
  it.each<[string, Partial<SourceFacts>, DestinationFacts, string, string]>([
    ['nothing', {}, there({ kind: 'absent', ...nothing }), 'create', 'not in the dataset yet'],
    ['an empty folder', {}, there({ kind: 'empty', ...nothing }), 'create', 'empty'],
    ['a link', {}, there({ kind: 'link', ...nothing }), 'create', 'link'],
    ['a file', {}, there({ kind: 'other', ...nothing }), 'refuse', 'not a directory'],
    ['the same', {}, there(), 'nothing', 'already ingested'],
    [
      'the same, a file gone',
      {},
      there({ files: without('steps.parquet') }),
      'repair',
      'steps.parquet is missing',
    ],
    [
      'the same, a file unreadable',
      {},
      there({ files: new Map([...WHOLE, ['run.json', null]]) }),
      'repair',
      'run.json is damaged',
    ],
    ['the same without index', {}, there({ index: null }), 'repair', 'DATASET_INDEX.json is missing'],
    ['dangling links', {}, there(nothing), 'repair', 'lead nowhere'],
    [
      'no index, another run.json',
      {},
      there({ index: null, files: new Map([['run.json', hash('8')]]) }),
      'refuse',
      'does not hold this run',
    ],
    [
      'no index, no run.json',
      {},
      there({ index: null, files: without('run.json') }),
      'refuse',
      'does not hold this run',
    ],
    [
      'other records',
      { contentDigest: hash('e'), manifestDigest: hash('f') },
      there(),
      'refuse',
      'another run of the same name',
    ],
    [
      'the same records from another recording',
      { manifestDigest: hash('f') },
      there(),
      'nothing',
      'already ingested',
    ],
    [
      'the same records, but damaged',
      { manifestDigest: hash('f') },
      there({ files: without('steps.parquet') }),
      'refuse',
      'not the very one',
    ],
    [
      'an unknown part file',
      {},
      there({ files: new Map([...WHOLE, ['steps.part0001.jsonl.gz', hash('5')]]) }),
      'refuse',
      'not of this run',
    ],
  ])('%s', (_what, change, destination, action, reason) => {
    const plan = planIngest({ ...SOURCE, ...change }, destination);
    expect(plan).toMatchObject({ action, reason: expect.stringContaining(reason) });
    expect(plan.hint !== null).toBe(action === 'refuse');
    expect(plan.files.length > 0).toBe(action === 'create' || action === 'repair');
  });

  it('a run without manifest is the same by its files alone', () => {
    const source: SourceFacts = {
      ...SOURCE,
      manifest: 'none',
      manifestDigest: null,
      contentDigest: null,
      files: SOURCE.files.slice(1),
    };
    const index = { ...INDEX, source_manifest_digest: null };
    expect(planIngest(source, there({ index })).action).toBe('nothing');
    const changed = { ...source, files: [source.files[0]!, { ...source.files[1]!, sha256: hash('7') }] };
    expect(planIngest(changed, there({ index })).action).toBe('refuse');
  });
});

describe('the plan of a folder', () => {
  const filesOf = (change: Partial<SourceFacts>) =>
    planIngest({ ...SOURCE, ...change }, there({ kind: 'absent', ...nothing })).files.map(
      ({ action, path }) => `${action} ${path}`,
    );

  it('makes what is missing, and says why for every file', () => {
    const plan = planIngest(
      { ...SOURCE, leftOut: [{ path: 'notes.txt', reason: 'mine' }] },
      there({ kind: 'absent', ...nothing }),
    );
    expect(plan.files).toEqual([
      { path: 'run.json', action: 'copy', reason: 'the metadata of the run' },
      { path: 'steps.jsonl.gz', action: 'copy', reason: 'in the inventory of the run' },
      { path: 'steps.parquet', action: 'make-parquet', reason: 'the run has no steps as Parquet' },
      { path: 'episodes.parquet', action: 'make-parquet', reason: 'the run has no episodes as Parquet' },
      { path: 'manifest.json', action: 'make-manifest', reason: 'its inventory gains the Parquet files' },
      { path: 'DATASET_INDEX.json', action: 'index', reason: 'every file of the folder with its SHA-256' },
      { path: 'notes.txt', action: 'leave-out', reason: 'mine' },
    ]);
  });

  it('copies the manifest of a run that has its Parquet', () => {
    expect(filesOf({ withoutParquet: [] })).toEqual([
      'copy manifest.json',
      'copy run.json',
      'copy steps.jsonl.gz',
      'index DATASET_INDEX.json',
    ]);
  });

  it('keeps a manifest of plume_nav_sim that gains nothing, and completes one that does', () => {
    expect(filesOf({ manifest: 'foreign', withoutParquet: [] })).toContain('copy manifest.json');
    expect(filesOf({ manifest: 'foreign' })).toContain('make-manifest manifest.json');
  });
});
