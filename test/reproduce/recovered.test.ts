import { beforeAll, describe, expect, it } from 'vitest';
import { capturedRun, newFolder } from '../fixtures/captured-run.js';
import { recovered, resumed } from '../recover/support.js';
import { copyOf, reproduce, reproduction, unfinished, withRecords, type JsonRecord } from './support.js';

// no goal: every episode has 20 steps
const STEADY = ['episodes=12', 'env.goal_radius=0', 'env.grid_size=[60,60]', 'env.source_location=[59,59]'];

/** Leaves records out by index, from one on and before another. */
const without =
  (...ranges: readonly (readonly [from: number, to: number])[]) =>
  (all: JsonRecord[]): JsonRecord[] =>
    all.filter((_, i) => !ranges.some(([from, to]) => i >= from && i < to));

describe('a run that was recovered', () => {
  let runDir: string;
  beforeAll(async () => {
    runDir = await capturedRun(newFolder(), STEADY);
  });

  const CASES: [what: string, steps: [number, number][], episodes: [number, number][]][] = [
    ['without its end', [[167, 240]], [[8, 12]]],
    ['without an end of its records', [], [[7, 12]]],
    ['without a step', [[66, 67]], []],
    ['without the beginning of an episode', [[60, 65]], []],
    ['without the end of an episode', [[75, 80]], []],
    ['without the beginning', [[0, 47]], [[0, 2]]],
    ['without whole episodes', [[60, 120]], [[3, 6]]],
    ['without parts of several', [[35, 96]], [[2, 4]]],
    ['without records alone', [], [[3, 5]]],
    [
      'with many holes',
      [
        [3, 5],
        [9, 11],
        [44, 61],
        [90, 133],
        [200, 201],
      ],
      [
        [2, 3],
        [5, 6],
      ],
    ],
  ];
  it.each(CASES)('%s', async (_, steps, episodes) => {
    const damaged = withRecords(
      withRecords(runDir, 'steps', without(...steps)),
      'episodes',
      without(...episodes),
    );
    const { said } = await recovered(unfinished(damaged));
    expect(said).toMatchObject({ outcome: 'recovered' });
    const { identical, difference, content_digest: digest } = await reproduction(damaged);
    expect({ identical, difference, digest }).toEqual({
      identical: true,
      difference: null,
      digest: said.content_digest,
    });
  });

  it.each([
    [3, 5, 130],
    [44, 61, 40],
    [90, 113, 100],
  ])('steps %i to %i are missing, and another is wrong', async (from, to, wrong) => {
    const damaged = withRecords(runDir, 'steps', (all) => {
      all[wrong]!['agent_position'] = { x: 99, y: 99 };
      return without([from, to])(all);
    });
    await recovered(unfinished(damaged));
    const { difference } = await reproduction(damaged);
    if (wrong >= from && wrong < to) return expect(difference).toBeNull();
    expect(difference).toMatchObject({
      episode: Math.floor(wrong / 20) + 1,
      step: (wrong % 20) + 1,
      field: 'agent_x',
    });
  });

  it('more is missing now than its manifest says', async () => {
    const damaged = withRecords(runDir, 'steps', without([60, 65]));
    await recovered(unfinished(damaged));
    const more = withRecords(damaged, 'steps', without([10, 11]));
    expect(await reproduction(more)).toMatchObject({ difference: { episode: 1, step: 11 } });
    const inThere = withRecords(damaged, 'steps', without([60, 61]));
    expect(await reproduction(inThere)).toMatchObject({ difference: { field: 'content_digest' } });
  });

  it('says how far it goes', async () => {
    const damaged = withRecords(
      withRecords(runDir, 'steps', without([60, 120])),
      'episodes',
      without([3, 6]),
    );
    await recovered(unfinished(damaged));
    const { code, out } = await reproduce(damaged);
    expect(out).toMatch(
      /^reproduced 9 of 12 episodes, 180 steps: identical\nrun {5}recovered: compared as far as it goes\ndigest {2}[0-9a-f]{64}\n$/,
    );
    expect(code).toBe(0);
    expect(await reproduction(damaged, { episode: '8' })).toMatchObject({ identical: true });
    await expect(reproduce(damaged, { episode: '5' })).rejects.toMatchObject({ kind: 'usage' });
  });
});

describe('a run that was resumed', () => {
  it.each(['jsonl', 'sqlite'])('is the one it would have been, %s', async (backend) => {
    const runDir = await capturedRun(newFolder(), [...STEADY, `record=${backend}`]);
    const cut = copyOf(runDir);
    const damaged =
      backend === 'jsonl'
        ? withRecords(withRecords(cut, 'steps', without([167, 240])), 'episodes', without([8, 12]))
        : cut;
    await resumed(unfinished(damaged));
    const { out } = await reproduce(damaged);
    expect(out).toMatch(/^reproduced 12 episodes, 240 steps: identical\ndigest/);
  });
});
