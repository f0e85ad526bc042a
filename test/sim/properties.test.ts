import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actionModels } from '../../src/sim/actions/index.js';
import { rewards } from '../../src/sim/rewards/index.js';
import { sensors } from '../../src/sim/sensors/index.js';
import { MemoryFrames, run, simulationOf, type PlainConfig } from './support.js';

const size = fc.integer({ min: 1, max: 40 });

/** Configurations of every kind, small enough to run by the hundred. */
const configs: fc.Arbitrary<PlainConfig> = fc
  .record({
    size: fc.tuple(size, size),
    movie: fc.boolean(),
    wrap: fc.boolean(),
    action_type: fc.constantFrom(...actionModels.names),
    observation_type: fc.constantFrom(...sensors.names),
    reward_type: fc.constantFrom(...rewards.names),
    max_steps: fc.integer({ min: 1, max: 60 }),
    step_size: fc.integer({ min: 1, max: 4 }),
    goal_radius: fc.constantFrom(0, 1, 5),
    noise_std: fc.constantFrom(0, 0.5),
    follow: fc.constantFrom('temporal_derivative', 'surge_and_cast', 'greedy_td', 'deterministic_td'),
  })
  .map(({ size: [width, height], movie, wrap, noise_std, follow, ...env }) => {
    const odour = env.action_type === 'oriented' && env.observation_type !== 'wind_vector';
    return {
      env: {
        ...env,
        grid_size: [width, height],
        plume: movie ? 'movie' : 'static',
        wind: { enabled: true, noise_std },
      },
      movie: { path: 'movie.zarr', step_policy: wrap ? 'wrap' : 'clamp' },
      policy: odour ? { name: follow, sensor_index: 0 } : { name: 'random' },
      frames: movie ? new MemoryFrames([5, height, width], (f, y, x) => ((f + y + x) % 7) / 7, 2) : null,
    };
  });

const seeds = fc.integer({ min: 0, max: 2 ** 53 - 3 });

describe('for every configuration', () => {
  it('rows obey the contract', async () => {
    await fc.assert(
      fc.asyncProperty(configs, seeds, async (config, seed) => {
        const simulation = simulationOf(config);
        const rows = await run(simulation, seed);
        const { gridWidth, gridHeight, sourceX, sourceY, goalRadius } = simulation;
        const last = rows.step.length - 1;
        rows.step.forEach((step, i) => {
          expect(step).toBe(i + 1);
          const [x, y, distance] = [rows.agent_x[i]!, rows.agent_y[i]!, rows.distance_to_goal[i]!];
          expect(x >= 0 && x < gridWidth && y >= 0 && y < gridHeight).toBe(true);
          expect(distance).toBeCloseTo(Math.hypot(x - sourceX, y - sourceY), 9);
          expect(rows.terminated[i]).toBe(distance <= goalRadius ? 1 : 0);
          expect(rows.truncated[i]).toBe(step >= Number(config.env!['max_steps']) ? 1 : 0);
          expect(rows.terminated[i] === 1 || rows.truncated[i] === 1).toBe(i === last);
        });
        for (const value of Object.values(rows).flat()) {
          expect(Number.isFinite(value) && !Object.is(value, -0)).toBe(true);
        }
        expect(simulation.summary()).toEqual({
          terminated: rows.terminated[last] === 1,
          truncated: rows.truncated[last] === 1,
          totalSteps: rows.step.length,
          totalReward: rows.reward.reduce((sum, reward) => sum + reward, 0),
          finalX: rows.agent_x[last],
          finalY: rows.agent_y[last],
          finalDistance: rows.distance_to_goal[last],
        });
      }),
    );
  });

  it('the cut into batches changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(configs, seeds, async (config, seed) => {
        const whole = await run(simulationOf(config), seed);
        for (const capacity of [1, 7]) {
          expect(await run(simulationOf(config), seed, 0, capacity)).toEqual(whole);
        }
      }),
    );
  });

  it('an episode depends on its seed, not on those before it', async () => {
    await fc.assert(
      fc.asyncProperty(configs, seeds, async (config, seed) => {
        const used = simulationOf(config);
        await run(used, seed + 1, 0);
        expect(await run(used, seed, 1)).toEqual(await run(simulationOf(config), seed, 0));
      }),
    );
  });
});

it('different seeds make different episodes', async () => {
  const simulation = simulationOf({});
  expect(await run(simulation, 1)).not.toEqual(await run(simulation, 2));
});
