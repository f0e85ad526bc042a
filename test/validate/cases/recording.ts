import { EXTRA_COLUMN_NAMES, type Recording } from '../../../src/core/streams.js';
import type { Mutation } from '../../fixtures/run-builder.js';
import { recordAs } from '../../fixtures/recorded-model.js';
import type { RunModel } from '../../fixtures/run-model.js';
import { EPISODES, STEPS, version, type Case } from './case.js';

/** A run that is recorded so, and then changed. */
export const recorded = (
  recording: Partial<Recording>,
  change: (model: RunModel) => void = () => {},
): Mutation & Required<Pick<Mutation, 'model'>> => ({
  model(model) {
    recordAs(model, recording);
    change(model);
  },
});

/** Of a column that is not in every model. */
const set = (row: object, values: Record<string, unknown>): void => void Object.assign(row, values);

const EXTRA = { columns: EXTRA_COLUMN_NAMES };
const NO_STEPS = { full: false };

/** Every second step: of three episodes 1, 3, 5 and 6; 1, 3, 5 and 6; 1, 3 and 5. */
const SECOND = { step_interval: 2 };

/** Every recording whose runs have no findings. */
export const RECORDINGS: [string, Partial<Recording>][] = [
  ['no steps', NO_STEPS],
  ['every second step', SECOND],
  ['every fifth step', { step_interval: 5 }],
  ['the first and the last step', { step_interval: 1000 }],
  ['no rewards', { omitted: ['reward'] }],
  ['no actions and no observations', { omitted: ['action', 'observation_summary'] }],
  ['every extra column', EXTRA],
  ['extra columns of every third step', { ...EXTRA, step_interval: 3, omitted: ['reward'] }],
];

const of = (
  code: Case['code'],
  what: string,
  file: string | null,
  line: number | undefined,
  change: Case['change'],
): Case => ({ code, what, file, ...(line === undefined ? {} : { line }), change });

/** Findings that are made while recording, too. */
export const recordingCases: Case[] = [
  of('steps-unexpected', 'in one episode', STEPS, 1, {
    model(model) {
      const steps = model.steps.slice(6, 12);
      recordAs(model, NO_STEPS);
      model.steps = steps;
    },
  }),
  of(
    'flag-missing',
    'in a record without steps',
    EPISODES,
    1,
    recorded(NO_STEPS, ({ episodes }) => (episodes[0]!.truncated = false)),
  ),
  of(
    'goal-flag',
    'in a record without steps',
    EPISODES,
    2,
    recorded(NO_STEPS, ({ episodes }) => (episodes[1]!.terminated = false)),
  ),
  of(
    'distance',
    'in a record without steps',
    EPISODES,
    2,
    recorded(NO_STEPS, ({ episodes }) => (episodes[1]!.final_distance_to_goal = 0.5)),
  ),
  of(
    'position',
    'in a record without steps',
    EPISODES,
    1,
    recorded(NO_STEPS, ({ episodes }) => {
      episodes[0]!.final_position = { x: 4, y: 8 };
      episodes[0]!.final_distance_to_goal = 4;
    }),
  ),
  of(
    'max-steps',
    'in a record without steps',
    EPISODES,
    3,
    recorded(NO_STEPS, ({ episodes }) => (episodes[2]!.total_steps = 7)),
  ),

  of(
    'step-order',
    'one of every second is not there',
    STEPS,
    2,
    recorded(SECOND, ({ steps }) => void steps.splice(1, 1)),
  ),
  of(
    'step-order',
    'one is there that should not be',
    STEPS,
    6,
    recorded(SECOND, ({ steps }) => void steps.splice(5, 0, { ...steps[4]!, step: 2 })),
  ),
  of(
    'flag-missing',
    'the last of every fifth',
    EPISODES,
    1,
    recorded({ step_interval: 5 }, ({ steps, episodes }) => {
      steps[1]!.truncated = false;
      episodes[0]!.truncated = false;
    }),
  ),
  of(
    'flag-early',
    'of every second',
    STEPS,
    2,
    recorded(SECOND, ({ steps }) => (steps[1]!.truncated = true)),
  ),
  of(
    'total-steps',
    'of every second',
    EPISODES,
    3,
    recorded(SECOND, ({ episodes }) => (episodes[2]!.total_steps = 6)),
  ),
  of(
    'final-position',
    'of every second',
    EPISODES,
    1,
    recorded(SECOND, ({ episodes }) => (episodes[0]!.final_position.x -= 1)),
  ),
  of(
    'total-reward',
    'without observations',
    EPISODES,
    1,
    recorded({ omitted: ['observation_summary'] }, ({ episodes }) => (episodes[0]!.total_reward += 1)),
  ),

  of(
    'column-null',
    'an action that is left out',
    STEPS,
    7,
    recorded({ omitted: ['action'] }, ({ steps }) => {
      for (const step of steps.slice(6, 12)) step.action = 1;
    }),
  ),
  of(
    'column-null',
    'an observation that is left out',
    STEPS,
    7,
    recorded({ omitted: ['observation_summary'] }, ({ steps }) => {
      for (const step of steps.slice(6, 12)) step.observation_summary = [1, 2];
    }),
  ),
  of(
    'orientation',
    'a whole turn',
    STEPS,
    5,
    recorded(EXTRA, ({ steps }) => set(steps[4]!, { orientation: 360 })),
  ),
  of(
    'velocity',
    'another than the way',
    STEPS,
    9,
    recorded(EXTRA, ({ steps }) => set(steps[8]!, { velocity: { x: 2, y: 0 } })),
  ),
  of(
    'velocity',
    'between the two last of every third',
    STEPS,
    // 1, 4 and 6 of the first two, 1, 4 and 5 of the last
    9,
    recorded({ ...EXTRA, step_interval: 3 }, ({ steps }) => set(steps[8]!, { velocity: { x: -1, y: 0 } })),
  ),
];

/** Findings that only files show. */
export const recordedFileCases: Case[] = [
  of('schema-version', '1.0.0 with extra columns', 'run.json', undefined, {
    model(model) {
      recordAs(model, EXTRA);
      version('1.0.0').model!(model);
    },
  }),
  of('schema-version', '1.1.0 without', 'run.json', undefined, version('1.1.0')),
  of('line-type', 'null in a column that is not left out', STEPS, 3, {
    lines: ({ steps }) => (steps[2] = steps[2]!.replace(/"reward":[^,]+/, '"reward":null')),
  }),
  of('line-unknown-key', 'columns that run.json does not list', STEPS, undefined, {
    lines: ({ steps }) => (steps[4] = steps[4]!.replace('{', '{"velocity":{"x":1,"y":0},')),
  }),
  of('line-key', 'a column that run.json lists', STEPS, 3, {
    ...recorded(EXTRA),
    lines: ({ steps }) => (steps[2] = steps[2]!.replace(/,"agent_id":0/, '')),
  }),
];
