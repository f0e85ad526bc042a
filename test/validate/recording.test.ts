import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/core/report.js';
import { runSchema } from '../../src/core/records.js';
import { recordingOf } from '../../src/core/recording.js';
import { streamsOf } from '../../src/core/streams.js';
import { createRecordingValidation } from '../../src/validate/index.js';
import { batchOf } from '../fixtures/batches.js';
import { byEpisode, runModel, type RunModel } from '../fixtures/run-model.js';
import { recorded, recordingCases, RECORDINGS } from './cases/recording.js';
import { recordCases } from './cases/records.js';

/** The report on a model's records as a recorder would hand them over, `cut` steps at a time. */
function record(model: RunModel, cut = 4): Report {
  const run = runSchema.parse(model.run);
  const validation = createRecordingValidation(run);
  const streams = streamsOf(recordingOf(run));
  for (const { steps, record: episode } of byEpisode(model)) {
    for (let at = 0; at < steps.length; at += cut) {
      const rows = steps.slice(at, at + cut);
      validation.addSteps(batchOf(streams.steps, rows), 0, rows.length);
    }
    validation.endEpisode(episode === null ? null : batchOf(streams.episodes, [episode]), 0);
  }
  return validation.finish();
}

it.each([1, 2, 5, 100])('a valid run, %d steps at a time, has no findings', (cut) => {
  const report = record(runModel(5), cut);
  expect(report).toMatchObject({ ok: true, source: 'recording', findings: [] });
  expect(report.counts).toEqual({ episodes: 5, steps: 6 + 6 + 5 + 6 + 6 });
});

it.each(RECORDINGS)('nor has one that records %s', (_, recording) => {
  for (const cut of [1, 4, 100]) {
    const model = runModel(5);
    recorded(recording).model(model);
    expect(record(model, cut)).toMatchObject({ ok: true, findings: [] });
  }
});

it('an aborted run ends with an episode that has no record', () => {
  const model = runModel();
  model.episodes.pop();
  expect(record(model).findings).toEqual([]);
});

const WIND = { columns: ['wind'] } as const;
const set = (row: object, values: Record<string, unknown>): void => void Object.assign(row, values);

/** What only a finished run shows. */
const AT_THE_END = ['episodes-missing'];
const cases = [...recordCases, ...recordingCases].filter(
  ({ code, change }) => !AT_THE_END.includes(code) && change.status !== 'complete',
);

describe('while recording, too', () => {
  it.each(cases)('$code: $what', ({ code, change }) => {
    const model = runModel();
    change.model!(model);
    const report = record(model);
    expect(report.findings).toMatchObject([{ code, file: null, line: null }]);
  });

  it.each<[string, (model: RunModel) => void]>([
    ['value-not-finite', ({ steps }) => (steps[4]!.observation_summary[1] = Number.NaN)],
    ['value-not-finite', ({ steps }) => (steps[4]!.ts = Infinity)],
    ['value-range', ({ episodes }) => (episodes[1]!.duration_ms = -1)],
    [
      'value-range',
      recorded({ columns: ['agent_id'] }, ({ steps }) => set(steps[4]!, { agent_id: -1 })).model,
    ],
    [
      'value-not-finite',
      recorded(WIND, ({ steps }) => set(steps[4]!, { wind: { x: Infinity, y: 0 } })).model,
    ],
    ['column-null', ({ steps }) => steps.slice(0, 4).forEach((step) => set(step, { reward: null }))],
  ])('%s', (code, change) => {
    const model = runModel();
    change(model);
    expect(record(model).findings.map((found) => found.code)).toContain(code);
  });
});
