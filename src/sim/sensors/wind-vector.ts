import { CaptureError } from '../../core/errors.js';
import type { SensorFactory } from './sensor.js';

/** The wind (vx, vy) in the agent's cell plus normal noise on each component, shape (2,), in cells per step. */
export const windVector: SensorFactory = ({ wind, windNoise }) => {
  if (wind === null) {
    throw new CaptureError('config', "env.observation_type 'wind_vector' needs wind", {
      hint: 'set env.wind.enabled=true',
    });
  }
  return {
    width: 2,
    odour: false,
    sense({ x, y }, _field, rng, out) {
      wind.sample(x, y, out);
      if (windNoise === 0) return;
      // Both terms are float32 before they are added, as in plume_nav_sim.
      const noiseX = Math.fround(rng.normal(0, windNoise));
      const noiseY = Math.fround(rng.normal(0, windNoise));
      out[0] = out[0]! + noiseX;
      out[1] = out[1]! + noiseY;
    },
  };
};
