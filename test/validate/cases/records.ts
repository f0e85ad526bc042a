import type { RunModel } from '../../fixtures/run-model.js';
import { episode, EPISODES, run, step, STEPS, type Case } from './case.js';

/** An episode of seven steps where six are allowed. */
function seventhStep({ steps, episodes }: RunModel): void {
  const sixth = steps[5]!;
  const seventh = { ...sixth, step: 7, ts: sixth.ts + 0.01 };
  sixth.truncated = false;
  steps.splice(6, 0, seventh);
  episodes[0]!.total_steps = 7;
  episodes[0]!.total_reward += sixth.reward;
}

const of = (
  code: Case['code'],
  what: string,
  file: string | null,
  line: number | undefined,
  change: Case['change'],
): Case => ({
  code,
  what,
  file,
  ...(line === undefined ? {} : { line }),
  change,
});

export const recordCases: Case[] = [
  of(
    'run-id',
    'in a step',
    STEPS,
    5,
    step(5, (row) => (row.run_id = 'run-20200101-000000')),
  ),
  of(
    'run-id',
    'in an episode',
    EPISODES,
    2,
    episode(2, (row) => (row.run_id = 'other')),
  ),
  of(
    'schema-version',
    'in a step',
    STEPS,
    17,
    step(17, (row) => (row.schema_version = '1.1.0')),
  ),

  of('episode-id', 'of another form', STEPS, 13, {
    model({ steps, episodes }) {
      for (const row of [...steps.slice(12), episodes[2]!]) row.episode_id = 'episode 3';
    },
  }),
  of(
    'episode-id',
    'of another form in a record',
    EPISODES,
    2,
    episode(2, (row) => (row.episode_id = 'ep-2')),
  ),
  of('episode-order', 'a number left out', STEPS, 13, {
    status: 'aborted',
    model({ steps, episodes, run: metadata }) {
      for (const row of [...steps.slice(12), episodes[2]!]) row.episode_id = 'ep-000004';
      for (const row of steps.slice(12)) row.seed = 103;
      metadata.episode_seeds.push(103);
    },
  }),
  of('episode-without-steps', 'in the middle', EPISODES, 2, {
    model: ({ steps }) => void steps.splice(6, 6),
  }),
  of('episode-without-steps', 'at the end', EPISODES, 3, { model: ({ steps }) => void steps.splice(12) }),
  of('episode-without-record', 'in the middle', STEPS, 7, {
    status: 'aborted',
    model: ({ episodes }) => void episodes.splice(1, 1),
  }),
  of('episode-without-record', 'at the end of a complete run', STEPS, 13, {
    status: 'complete',
    model: ({ episodes }) => void episodes.pop(),
  }),
  of(
    'episodes-missing',
    'in a complete run',
    null,
    undefined,
    run(({ episode_seeds: seeds }) => void seeds.push(103)),
  ),
  of(
    'run-id',
    'so long that it is cut',
    STEPS,
    5,
    step(5, (row) => (row.run_id = 'x'.repeat(5000))),
  ),

  of('step-order', 'a number twice', STEPS, 4, {
    model({ steps }) {
      for (const row of steps.slice(3, 6)) row.step -= 1;
    },
  }),
  of('step-order', 'starts at 2', STEPS, 7, {
    model({ steps, episodes }) {
      steps.splice(6, 1);
      episodes[1]!.total_steps -= 1;
      episodes[1]!.total_reward = steps.slice(6, 11).reduce((sum, { reward }) => sum + reward, 0);
    },
  }),
  of(
    'flag-early',
    'truncated',
    STEPS,
    8,
    step(8, (row) => (row.truncated = true)),
  ),
  of('flag-missing', 'neither', EPISODES, 1, {
    model({ steps, episodes }) {
      steps[5]!.truncated = false;
      episodes[0]!.truncated = false;
    },
  }),

  of(
    'total-steps',
    'one more',
    EPISODES,
    1,
    episode(1, (row) => (row.total_steps += 1)),
  ),
  of(
    'total-reward',
    'the last bit',
    EPISODES,
    1,
    episode(1, (row) => (row.total_reward *= 1 + 2 ** -52)),
  ),
  of(
    'final-position',
    'y',
    EPISODES,
    3,
    episode(3, (row) => (row.final_position.y += 1)),
  ),
  of(
    'final-distance',
    'another',
    EPISODES,
    2,
    episode(2, (row) => (row.final_distance_to_goal = 0.5)),
  ),
  of(
    'episode-flags',
    'terminated',
    EPISODES,
    1,
    episode(1, (row) => (row.terminated = true)),
  ),
  of('max-steps', 'one more than allowed', EPISODES, 1, { model: seventhStep }),

  of(
    'seed',
    'of another episode',
    STEPS,
    7,
    step(7, (row) => (row.seed = 100)),
  ),
  of('position', 'beyond the grid', STEPS, 1, {
    model({ steps }) {
      steps[0]!.agent_position.x = -1;
      steps[0]!.distance_to_goal = Math.hypot(5, 4);
    },
  }),
  of(
    'distance',
    'too large',
    STEPS,
    9,
    step(9, (row) => (row.distance_to_goal += 1e-6)),
  ),
  of('goal-flag', 'at the goal, not terminated', STEPS, 12, {
    model({ steps, episodes }) {
      steps[11]!.terminated = false;
      episodes[1]!.terminated = false;
    },
  }),
  of(
    'time-order',
    'back',
    STEPS,
    9,
    step(9, (row) => (row.ts -= 1)),
  ),
];
