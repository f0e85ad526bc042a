import { describe, expect, it } from 'vitest';
import type { Batch } from '../../src/core/batch.js';
import { ContentDigest } from '../../src/core/digest.js';
import { EPISODES, STEPS, STREAMS } from '../../src/core/streams.js';
import { batchOf } from '../fixtures/batches.js';
import { independentDigest } from '../fixtures/independent-digest.js';
import { byEpisode, runModel, type RunModel, type Step } from '../fixtures/run-model.js';

type Episodes = Parameters<typeof independentDigest>[0];
const second = (model: RunModel): string => independentDigest(byEpisode(model) as unknown as Episodes);

/** The digest with steps handed over `cut` rows at a time. */
function digestOf(model: RunModel, cut: number): string {
  const digest = new ContentDigest(STREAMS);
  for (const { steps, record } of byEpisode(model)) {
    for (let at = 0; at < steps.length; at += cut) {
      const rows = steps.slice(at, at + cut);
      digest.addSteps(batchOf(STEPS, rows), 0, rows.length);
    }
    const batch: Batch | null = record === null ? null : batchOf(EPISODES, [record]);
    digest.endEpisode(batch, 0);
  }
  return digest.finish();
}

/** One episode longer than two blocks, with values that need all bits. */
function longModel(): RunModel {
  const model = runModel(1);
  const [first] = model.steps;
  model.steps = Array.from({ length: 9000 }, (_, i): Step => ({
    ...first!,
    step: i + 1,
    action: -(i ** 3),
    reward: i % 5 === 0 ? -0 : Math.sin(i) * 10 ** ((i % 40) - 20),
    seed: Number.MAX_SAFE_INTEGER - i,
    observation_summary: [Math.fround(Math.cos(i)), -i],
    schema_version: i < 6000 ? '1.0.0' : 'é"1.1.0',
  }));
  return model;
}

describe('the content digest agrees with a second implementation', () => {
  it.each([1, 2, 3, 7, 100])('steps %d at a time', (cut) => {
    const model = runModel(4);
    expect(digestOf(model, cut)).toBe(second(model));
  });

  it.each([1000, 4095, 4096, 4097, 9000])('an episode of several blocks, %d at a time', (cut) => {
    const model = longModel();
    expect(digestOf(model, cut)).toBe(second(model));
  });

  it('without the record of the last episode', () => {
    const model = runModel(3);
    model.episodes.pop();
    expect(digestOf(model, 4)).toBe(second(model));
  });
});

it('is the same of lists that are too long to be copied', () => {
  const model = longModel();
  for (const [i, row] of model.steps.entries()) {
    row.observation_summary = Array.from({ length: 64 }, (_, k) =>
      (i + k) % 7 === 0 ? -0 : Math.cos(i * k),
    );
  }
  expect(digestOf(model, 1000)).toBe(second(model));
});

describe('the content digest', () => {
  const base = digestOf(runModel(), 100);

  it.each<[string, (model: RunModel) => void]>([
    ['ts', ({ steps }) => (steps[3]!.ts += 1)],
    ['run_id', ({ steps, episodes }) => [...steps, ...episodes].forEach((row) => (row.run_id = 'other'))],
    ['durations', ({ episodes }) => episodes.forEach((row) => (row.duration_ms = null))],
  ])('leaves out %s', (_, change) => {
    const model = runModel();
    change(model);
    expect(digestOf(model, 100)).toBe(base);
  });

  it.each<[string, (model: RunModel) => void]>([
    ['an action', ({ steps }) => (steps[3]!.action ^= 1)],
    ['the last bit of an observation', ({ steps }) => (steps[9]!.observation_summary[1]! += 2 ** -52)],
    ['a flag', ({ steps }) => (steps[0]!.terminated = true)],
    ['a total', ({ episodes }) => (episodes[2]!.total_reward += 2 ** -40)],
    ['a seed', ({ steps }) => (steps[16]!.seed += 2 ** 33)],
  ])('covers %s', (_, change) => {
    const model = runModel();
    change(model);
    expect(digestOf(model, 100)).not.toBe(base);
  });
});
