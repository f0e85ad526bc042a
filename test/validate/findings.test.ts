import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FINDING_CODES } from '../../src/core/findings.js';
import { validateRun } from '../../src/validate/index.js';
import { buildRun } from '../fixtures/run-builder.js';
import type { Case } from './cases/case.js';
import { gzipCases } from './cases/gzip.js';
import { layoutCases } from './cases/layout.js';
import { lineCases } from './cases/lines.js';
import { manifestCases } from './cases/manifest.js';
import { parquetCases } from './cases/parquet.js';
import { recorded, recordedFileCases, recordingCases, RECORDINGS } from './cases/recording.js';
import { recordCases } from './cases/records.js';
import { rejectionCases, validRejections } from './cases/rejections.js';

const GROUPS: [string, Case[]][] = [
  ['gzip', gzipCases],
  ['lines', lineCases],
  ['layout', layoutCases],
  ['records', recordCases],
  ['recording', [...recordingCases, ...recordedFileCases]],
  ['manifest', manifestCases],
  ['parquet', parquetCases],
  ['rejections', rejectionCases],
];

/** Codes that no change of our own finished run can provoke; the other tests here do. */
const ELSEWHERE = [
  'value-not-finite',
  'value-range',
  'episodes-fewer',
  'manifest-foreign',
  'line-too-many',
  'parquet-foreign',
  'backend-fallback',
  'hdf5-column',
  'hdf5-unreadable',
  'sqlite-column',
  'sqlite-empty',
  'sqlite-unreadable',
  'unfinished-end',
  'deep-difference',
  'deep-skipped',
];

describe.each(GROUPS)('one change, one finding: %s', (_, cases) => {
  it.each(cases)('$code: $what', async ({ code, file, line, change, at }) => {
    const path = await buildRun(change);
    const report = await validateRun(at?.(path) ?? path);
    const { severity } = FINDING_CODES[code];
    expect(report.findings).toMatchObject([{ code, severity, file, line: line ?? null }]);
    expect(report.ok).toBe(severity === 'note');
  });
});

describe('a valid run', () => {
  it.each([
    ['with JSONL only', {}],
    ['with Parquet', { parquet: true }],
    [
      'whose durations are null',
      { model: ({ episodes }) => episodes.forEach((row) => (row.duration_ms = null)) },
    ],
    [
      'aborted within an episode',
      { status: 'aborted', model: ({ steps, episodes }) => void (steps.pop(), episodes.pop()) },
    ],
    [
      'recovered within an episode',
      { status: 'recovered', model: ({ steps, episodes }) => void (steps.pop(), episodes.pop()) },
    ],
    [
      'aborted before its last episode',
      { status: 'aborted', model: ({ steps, episodes }) => void (steps.splice(12), episodes.pop()) },
    ],
    ...validRejections,
  ] satisfies [string, Parameters<typeof buildRun>[0]][])('%s has no findings', async (_, change) => {
    const report = await validateRun(await buildRun(change));
    expect(report.findings).toEqual([]);
    expect(report).toMatchObject({ ok: true, source: 'files', errors: 0, notes: 0 });
  });
});

describe('a valid run that records', () => {
  it.each(RECORDINGS)('%s has no findings', async (_, recording) => {
    for (const change of [recorded(recording), { ...recorded(recording), parquet: true as const }]) {
      expect((await validateRun(await buildRun(change, 5))).findings).toEqual([]);
    }
  });

  it.each(RECORDINGS)('%s and was aborted within an episode has none either', async (_, recording) => {
    const cut: Parameters<typeof buildRun>[0] = {
      status: 'aborted',
      model(model) {
        model.steps.pop();
        model.episodes.pop();
        recorded(recording).model(model);
      },
    };
    expect((await validateRun(await buildRun(cut))).findings).toEqual([]);
  });

  it.each(
    RECORDINGS.filter(
      ([, { step_interval = 1, full = true, omitted }]) => !omitted && (step_interval > 1 || !full),
    ),
  )('%s, of which run.json does not say so, has findings', async (_, recording) => {
    const path = await buildRun(recorded(recording, ({ run }) => delete run['extra']));
    const { findings, ok } = await validateRun(path);
    expect(ok).toBe(false);
    const code = recording.full === false ? 'episode-without-steps' : 'step-order';
    expect(findings.map((found) => found.code)).toContain(code);
  });
});

it('episodes that were captured side by side have times that overlap', async () => {
  const path = await buildRun({
    model({ steps }) {
      for (const step of steps.slice(6)) step.ts -= 10;
    },
  });
  expect((await validateRun(path)).findings).toEqual([]);
});

it('what a newer version records is an error that says so', async () => {
  const recording = { full: true, step_interval: 1, omitted: [], columns: ['smell'] };
  const path = await buildRun({ model: ({ run }) => (run['extra'] = { recording }) });
  await expect(validateRun(path)).rejects.toThrow(/run\.json: extra\.recording\.columns\.0/);
});

it('every code is provoked by a case', () => {
  const provoked = new Set(GROUPS.flatMap(([, cases]) => cases.map(({ code }) => code as string)));
  expect(
    Object.keys(FINDING_CODES)
      .filter((code) => !provoked.has(code))
      .sort(),
  ).toEqual(ELSEWHERE.sort());
});

it('a link to a run is the run', async () => {
  const path = await buildRun();
  const link = join(dirname(path), 'latest');
  symlinkSync(path, link);
  expect((await validateRun(link)).findings).toEqual([]);
});

it('a manifest that cannot be read is a finding', async () => {
  const path = await buildRun({ withoutManifest: true });
  mkdirSync(join(path, 'manifest.json'));
  expect((await validateRun(path)).findings).toMatchObject([
    { code: 'file-unreadable', file: 'manifest.json' },
  ]);
});

it('values of megabytes are short in messages', async () => {
  const long = 'x'.repeat(5000);
  const path = await buildRun({
    model({ steps, episodes }) {
      steps[4]!.run_id = long;
      for (const row of [...steps.slice(12), episodes[2]!]) row.episode_id = long;
    },
  });
  const { findings } = await validateRun(path);
  expect(findings.map(({ code }) => code)).toContain('run-id');
  for (const { message } of findings) expect(message.length).toBeLessThan(600);
});

it('of parts missing up to a number far away one finding names the range', async () => {
  const path = await buildRun();
  writeFileSync(join(path, 'steps.part99999999.jsonl.gz'), '');
  const { findings } = await validateRun(path);
  const missing = findings.filter(({ code }) => code === 'part-missing');
  expect(missing.map(({ message }) => message)).toEqual(['parts 1 to 99999998 are missing']);
});

it('findings that repeat are counted, not kept', async () => {
  const path = await buildRun({ model: ({ steps }) => steps.forEach((row) => (row.seed = 1)) }, 30);
  const { findings, errors } = await validateRun(path);
  expect(errors).toBe(170);
  expect(findings).toHaveLength(21);
  expect(findings.at(-1)).toMatchObject({
    code: 'seed',
    line: null,
    message: 'and 150 more findings of this kind',
  });
});
