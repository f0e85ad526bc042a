import { finiteObservations } from './finite-observations.js';
import { inBounds } from './in-bounds.js';
import { maxStuckSteps } from './max-stuck-steps.js';
import { minDisplacement } from './min-displacement.js';
import { minSteps } from './min-steps.js';
import { thresholds } from './thresholds.js';

/** One line a rule, by its key under `qc`, in the order in which an episode's reasons are told. */
export const RULES = {
  min_steps: minSteps,
  min_displacement: minDisplacement,
  finite_observations: finiteObservations,
  in_bounds: inBounds,
  max_stuck_steps: maxStuckSteps,
  thresholds,
} as const;
