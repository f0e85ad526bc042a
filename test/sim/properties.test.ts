import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configs, seeds } from './configs.js';
import { run, simulationOf } from './support.js';

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
