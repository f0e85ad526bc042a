import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ActionModelFactory } from '../../src/sim/actions/action-model.js';
import { Agent } from '../../src/sim/agent.js';
import { Generator } from '../../src/sim/rng/generator.js';

/** What every action model keeps to. */
export function actionModelContract(create: ActionModelFactory): void {
  const size = fc.integer({ min: 1, max: 40 });

  it('keeps the agent on a cell of the grid, whatever it does', () => {
    fc.assert(
      fc.property(
        size,
        size,
        fc.integer({ min: 1, max: 50 }),
        fc.maxSafeNat(),
        (width, height, step, seed) => {
          const model = create(step);
          const agent = new Agent(width, height);
          const rng = new Generator(seed);
          const chooser = new Generator(seed, [1]);
          agent.place(rng.integers(0, width), rng.integers(0, height));
          for (let i = 0; i < 60; i++) {
            const { x, y } = agent;
            model.apply(chooser.integers(0, model.count), agent, rng);
            expect(Number.isInteger(agent.x) && agent.x >= 0 && agent.x < width).toBe(true);
            expect(Number.isInteger(agent.y) && agent.y >= 0 && agent.y < height).toBe(true);
            expect(agent.headingDeg >= 0 && agent.headingDeg < 360).toBe(true);
            expect(Math.max(Math.abs(agent.x - x), Math.abs(agent.y - y))).toBeLessThanOrEqual(step);
          }
        },
      ),
    );
  });

  it('has actions that do something', () => {
    const model = create(1);
    expect(model.count).toBeGreaterThan(1);
    for (let action = 0; action < model.count; action++) {
      const agent = new Agent(9, 9);
      agent.place(4, 4);
      model.apply(action, agent, new Generator(0));
      expect([agent.x, agent.y, agent.headingDeg]).not.toEqual([4, 4, 0]);
    }
  });
}
