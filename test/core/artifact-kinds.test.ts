import { expect, it } from 'vitest';
import {
  addSizes,
  ARTIFACT_KINDS,
  artifactKind,
  noSizes,
  totalBytes,
} from '../../src/core/artifact-kinds.js';
import {
  jsonlPartName,
  parquetPartName,
  unfinishedHdf5Name,
  unfinishedParquetName,
} from '../../src/core/layout.js';

it.each([
  [jsonlPartName('steps', 0), 'steps'],
  [jsonlPartName('steps', 12), 'steps'],
  ['steps.jsonl.part1.gz', 'steps'],
  [jsonlPartName('episodes', 0), 'episodes'],
  [jsonlPartName('episodes', 3), 'episodes'],
  [parquetPartName('steps', 0), 'parquet'],
  [parquetPartName('episodes', 2), 'parquet'],
  [unfinishedParquetName(parquetPartName('steps', 1)), 'parquet'],
  ['run.h5', 'hdf5'],
  [unfinishedHdf5Name(4711), 'hdf5'],
  ['run.sqlite', 'sqlite'],
  ['run.sqlite-wal', 'sqlite'],
  ['rejected_samples/ep-000007.jsonl.gz', 'rejected'],
  ['rejected_samples/steps.jsonl.gz', 'rejected'],
  ['demo/run-20260101-000000/rejected_samples/deeper/a', 'rejected'],
  ['demo/run-20260101-000000/steps.jsonl.gz', 'steps'],
  ['rejected_samples', 'other'],
  ['my_rejected_samples/steps.jsonl.gz', 'steps'],
  ['run.json', 'other'],
  ['manifest.json', 'other'],
  ['notes.txt', 'other'],
  ['steps.jsonl.gz.bak', 'other'],
  ['steps.csv', 'other'],
])('%s is of kind %s', (path, kind) => {
  expect(artifactKind(path)).toBe(kind);
});

it('adds sizes up', () => {
  const sizes = noSizes();
  const more = noSizes();
  for (const [i, kind] of ARTIFACT_KINDS.entries()) more[kind] = { files: 1, bytes: 10 ** i };
  addSizes(sizes, more);
  addSizes(sizes, more);
  expect(sizes.steps).toEqual({ files: 2, bytes: 2 });
  expect(totalBytes(sizes)).toBe(2_222_222);
  expect(totalBytes(more)).toBe(1_111_111);
});
