import fc from 'fast-check';
import { actionModels } from '../../src/sim/actions/index.js';
import { rewards } from '../../src/sim/rewards/index.js';
import { sensors } from '../../src/sim/sensors/index.js';
import { MemoryFrames, type PlainConfig } from './support.js';

const size = fc.integer({ min: 1, max: 40 });

/** Configurations of every kind, small enough to run by the hundred. */
export const configs: fc.Arbitrary<PlainConfig> = fc
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

export const seeds = fc.integer({ min: 0, max: 2 ** 53 - 3 });
