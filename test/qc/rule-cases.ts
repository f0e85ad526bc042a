import {
  createEpisodeBatch,
  createStepBatch,
  type EpisodeBatch,
  type StepBatch,
} from '../../src/core/batch.js';
import type { RULES } from '../../src/qc/rules/index.js';

/** What a rule sees of an episode; what is left out does not matter to it. */
export interface EpisodeShape {
  positions: readonly (readonly [x: number, y: number])[];
  /** Of each step. */
  observations?: readonly number[];
  totalSteps?: number;
  totalReward?: number;
  finalDistance?: number;
}

export interface RuleCase {
  what: string;
  /** As the configuration has it, integers as bigint. */
  value: unknown;
  episode: EpisodeShape;
  /** Null for an episode that is good. */
  reason: string | null;
}

/** Steps of an episode, from number 1 on. */
export function stepsOf({ positions, observations = [] }: EpisodeShape): StepBatch {
  const batch = createStepBatch(positions.length, 1);
  const { columns } = batch;
  batch.rows = positions.length;
  positions.forEach(([x, y], row) => {
    columns.step[row] = row + 1;
    columns.agent_x[row] = x;
    columns.agent_y[row] = y;
    columns.observation_summary!.values[row] = observations[row] ?? 0;
  });
  return batch;
}

export function recordOf({ positions, totalSteps, totalReward, finalDistance }: EpisodeShape): EpisodeBatch {
  const batch = createEpisodeBatch(1);
  const { columns } = batch;
  batch.rows = 1;
  columns.total_steps[0] = totalSteps ?? positions.length;
  columns.total_reward[0] = totalReward ?? 0;
  columns.final_distance_to_goal[0] = finalDistance ?? 0;
  [columns.final_x[0], columns.final_y[0]] = positions.at(-1)!;
  return batch;
}

type Positions = EpisodeShape['positions'];
const stay = (count: number): Positions => Array.from({ length: count }, () => [3, 3] as const);
const walk = (count: number): Positions => Array.from({ length: count }, (_, i) => [i, 0] as const);

/** Every rule at its edges, on a grid of 10x8 cells: those that it takes and those that it refuses. */
export const RULE_CASES: Readonly<Record<keyof typeof RULES, readonly RuleCase[]>> = {
  min_steps: [
    { what: 'as many', value: 5n, episode: { positions: walk(5) }, reason: null },
    { what: 'one fewer', value: 5n, episode: { positions: walk(4) }, reason: '4 steps, fewer than 5' },
    {
      what: 'what the record says, whatever is seen of it',
      value: 5n,
      episode: { positions: walk(1), totalSteps: 9 },
      reason: null,
    },
  ],
  min_displacement: [
    {
      what: 'exactly so far',
      value: 5n,
      episode: {
        positions: [
          [0, 0],
          [3, 4],
        ],
      },
      reason: null,
    },
    {
      what: 'a little less',
      value: 5.5,
      episode: {
        positions: [
          [0, 0],
          [3, 4],
        ],
      },
      reason: 'moved 5 cells away from its start at most, less than 5.5',
    },
    {
      what: 'there and back',
      value: 2n,
      episode: {
        positions: [
          [0, 0],
          [2, 0],
          [0, 0],
        ],
      },
      reason: null,
    },
    {
      what: 'one step, which is where it starts',
      value: 1n,
      episode: { positions: [[7, 7]] },
      reason: 'moved 0 cells away from its start at most, less than 1',
    },
  ],
  finite_observations: [
    {
      what: 'large and small',
      value: true,
      episode: { positions: stay(2), observations: [1e308, -1e308] },
      reason: null,
    },
    {
      what: 'NaN in the middle',
      value: true,
      episode: { positions: stay(4), observations: [0, 1, NaN, Infinity] },
      reason: 'the observation of step 3 is NaN',
    },
    {
      what: 'an infinity at the end',
      value: true,
      episode: { positions: stay(2), observations: [0, -Infinity] },
      reason: 'the observation of step 2 is -Infinity',
    },
  ],
  in_bounds: [
    {
      what: 'the corners',
      value: true,
      episode: {
        positions: [
          [0, 0],
          [9, 7],
        ],
      },
      reason: null,
    },
    {
      what: 'one cell to the right',
      value: true,
      episode: {
        positions: [
          [9, 7],
          [10, 7],
          [11, 7],
        ],
      },
      reason: 'step 2 is at (10, 7), outside the 10x8 grid',
    },
    {
      what: 'one cell below',
      value: true,
      episode: { positions: [[0, -1]] },
      reason: 'step 1 is at (0, -1), outside the 10x8 grid',
    },
  ],
  max_stuck_steps: [
    { what: 'as many', value: 3n, episode: { positions: [...stay(4), ...walk(2)] }, reason: null },
    {
      what: 'one more',
      value: 3n,
      episode: { positions: [...walk(2), ...stay(5)] },
      reason: 'did not move in 4 steps from step 4 on, more than 3',
    },
    {
      what: 'the longest of several, the first of those',
      value: 0n,
      episode: { positions: [...stay(2), ...walk(1), ...stay(3), ...walk(1), ...stay(3)] },
      reason: 'did not move in 2 steps from step 5 on, more than 0',
    },
    { what: 'always moving', value: 0n, episode: { positions: walk(9) }, reason: null },
  ],
  thresholds: [
    {
      what: 'both ends',
      value: [{ column: 'total_reward', min: -1, max: 1n }],
      episode: { positions: walk(1), totalReward: 1 },
      reason: null,
    },
    {
      what: 'too much',
      value: [{ column: 'total_reward', max: 1n }],
      episode: { positions: walk(1), totalReward: 1.5 },
      reason: 'total_reward is 1.5, more than 1',
    },
    {
      what: 'too little, of several columns',
      value: [
        { column: 'total_steps', min: 3n },
        { column: 'final_distance_to_goal', min: 2n, max: null },
        { column: 'final_x', max: 9n },
      ],
      episode: { positions: walk(2), finalDistance: 1.25 },
      reason: 'total_steps is 2, less than 3; final_distance_to_goal is 1.25, less than 2',
    },
  ],
};
