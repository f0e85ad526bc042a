import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/core/report.js';
import { runSchema } from '../../src/core/records.js';
import { EPISODES, STEPS } from '../../src/core/streams.js';
import { createRecordingValidation } from '../../src/validate/index.js';
import { batchOf } from '../fixtures/batches.js';
import { byEpisode, runModel, type RunModel } from '../fixtures/run-model.js';
import { recordCases } from './cases/records.js';

/** The report on a model's records as a recorder would hand them over, `cut` steps at a time. */
function record(model: RunModel, cut = 4): Report {
  const validation = createRecordingValidation(runSchema.parse(model.run));
  for (const { steps, record: episode } of byEpisode(model)) {
    for (let at = 0; at < steps.length; at += cut) {
      const rows = steps.slice(at, at + cut);
      validation.addSteps(batchOf(STEPS, rows), 0, rows.length);
    }
    validation.endEpisode(episode === null ? null : batchOf(EPISODES, [episode]), 0);
  }
  return validation.finish();
}

it.each([1, 2, 5, 100])('a valid run, %d steps at a time, has no findings', (cut) => {
  const report = record(runModel(5), cut);
  expect(report).toMatchObject({ ok: true, source: 'recording', findings: [] });
  expect(report.counts).toEqual({ episodes: 5, steps: 6 + 6 + 5 + 6 + 6 });
});

it('an aborted run ends with an episode that has no record', () => {
  const model = runModel();
  model.episodes.pop();
  expect(record(model).findings).toEqual([]);
});

/** What only a finished run shows. */
const AT_THE_END = ['episodes-missing'];
const cases = recordCases.filter(
  ({ code, change }) => !AT_THE_END.includes(code) && change.status !== 'recovered',
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
  ])('%s', (code, change) => {
    const model = runModel();
    change(model);
    expect(record(model).findings.map((found) => found.code)).toContain(code);
  });
});
