import { envSchema, movieSchema, policySchema } from '../dist/sim/config.js';
import { Simulation } from '../dist/sim/simulation.js';

/** The simulation of the capture that is measured. */
export function openSimulation(maxSteps) {
  return new Simulation({
    env: envSchema.parse({ grid_size: [64n, 64n], max_steps: BigInt(maxSteps), goal_radius: 0n }),
    movie: movieSchema.parse({}),
    policy: policySchema.parse({ name: 'random' }),
    frames: null,
    actions: null,
  });
}
