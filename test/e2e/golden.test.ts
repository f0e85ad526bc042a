import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { capture, scratchDirectory } from './binary.js';

/** [action, x, y, orientation_deg, observation, reward, terminated, truncated, distance_to_goal] */
type GoldenStep = [number, number, number, number, number[], number, boolean, boolean, number];
interface GoldenCase {
  config: Record<string, unknown>;
  seed: number;
  goal: [number, number];
  total_reward: number;
  steps: GoldenStep[];
}
interface StepRecord {
  action: number;
  agent_position: { x: number; y: number };
  observation_summary: number[];
  reward: number;
  terminated: boolean;
  truncated: boolean;
  distance_to_goal: number;
  seed: number;
}

const golden = JSON.parse(readFileSync(new URL('../golden/trajectories.json', import.meta.url), 'utf8')) as {
  cases: GoldenCase[];
};

const KEYS: Readonly<Record<string, string>> = {
  goal_location: 'source_location',
  wind_vector: 'wind.vector',
  wind_direction_deg: 'wind.direction_deg',
  wind_speed: 'wind.speed',
  wind_noise_std: 'wind.noise_std',
};

/** plume_nav_sim's keywords as our overrides. */
function overrides(config: Record<string, unknown>): string[] {
  const values = { start_location: null, ...config };
  const windy = Object.keys(config).some((key) => key.startsWith('wind_'));
  return [
    `env.wind.enabled=${windy || config['observation_type'] === 'wind_vector'}`,
    ...Object.entries(values).map(([key, value]) => `env.${KEYS[key] ?? key}=${JSON.stringify(value)}`),
  ];
}

const records = (path: string): unknown[] =>
  gunzipSync(readFileSync(path))
    .toString()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown);

describe('trajectories of plume_nav_sim, played from the command line', () => {
  it.each(golden.cases.map((each, i) => [i, each] as const))('case %i', async (_i, each) => {
    const cwd = scratchDirectory();
    writeFileSync(join(cwd, 'actions.json'), JSON.stringify(each.steps.map(([action]) => action)));
    const run = await capture(
      [
        'policy=scripted',
        'policy.actions_file=actions.json',
        'episodes=1',
        `seed=${each.seed}`,
        ...overrides(each.config),
      ],
      { cwd },
    );
    const steps = records(join(cwd, run.run_dir, 'steps.jsonl.gz')) as StepRecord[];
    expect(steps).toHaveLength(each.steps.length);
    for (const [
      i,
      [action, x, y, , observation, reward, terminated, truncated, distance],
    ] of each.steps.entries()) {
      const step = steps[i]!;
      expect({ i, ...step }).toMatchObject({
        i,
        action,
        agent_position: { x, y },
        reward,
        terminated,
        seed: each.seed,
      });
      // a script that runs out ends the episode, which counts as truncated
      if (i < each.steps.length - 1 || truncated) expect(step.truncated).toBe(truncated);
      expect(Math.abs(step.distance_to_goal - distance)).toBeLessThanOrEqual(1e-12);
      for (const [k, value] of observation.entries()) {
        const error = Math.abs(step.observation_summary[k]! - value);
        expect(error <= 1e-7 || error <= 1e-6 * Math.abs(value)).toBe(true);
      }
    }
    const [episode] = records(join(cwd, run.run_dir, 'episodes.jsonl.gz')) as [{ total_reward: number }];
    expect(episode.total_reward).toBe(each.total_reward);
  });
});
