import { createRegistry } from '../../core/registry.js';
import type { ActionModelFactory } from './action-model.js';
import { discrete } from './discrete.js';
import { oriented } from './oriented.js';
import { runTumble } from './run-tumble.js';

export const actionModels = createRegistry<ActionModelFactory>('env.action_type', {
  discrete,
  oriented,
  run_tumble: runTumble,
});
