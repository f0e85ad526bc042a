import { createRegistry } from '../../core/registry.js';
import { antennae } from './antennae.js';
import { concentration } from './concentration.js';
import type { SensorFactory } from './sensor.js';
import { windVector } from './wind-vector.js';

export const sensors = createRegistry<SensorFactory>('env.observation_type', {
  concentration,
  antennae,
  wind_vector: windVector,
});
