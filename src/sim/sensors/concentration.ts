import type { SensorFactory } from './sensor.js';

/** The concentration in the agent's cell, shape (1,), in [0, 1]. */
export const concentration: SensorFactory = () => ({
  width: 1,
  odour: true,
  sense(agent, field, _rng, out) {
    out[0] = field.data[agent.y * field.width + agent.x]!;
  },
});
