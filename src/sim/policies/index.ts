import type { z } from 'zod';
import { createRegistry } from '../../core/registry.js';
import { module } from './module.js';
import type { PolicyVariant } from './policy.js';
import { random } from './random.js';
import { scripted } from './scripted.js';
import { surgeAndCast } from './surge-and-cast.js';
import { temporalDerivativeDeterministic } from './temporal-derivative-deterministic.js';
import { greedyTemporalDerivative, temporalDerivative } from './temporal-derivative.js';

const variants = {
  random,
  temporal_derivative: temporalDerivative,
  temporal_derivative_deterministic: temporalDerivativeDeterministic,
  surge_and_cast: surgeAndCast,
  scripted,
  module,
  // Names plume_nav_sim also uses.
  stochastic_td: temporalDerivative,
  deterministic_td: temporalDerivativeDeterministic,
  greedy_td: greedyTemporalDerivative,
};

type Variants = typeof variants;

export const policies = createRegistry<PolicyVariant>('policy', variants);

/** The `policy` of a config: a name and that policy's own parameters. */
export type PolicyConfig = {
  [N in keyof Variants]: { name: N } & z.output<Variants[N]['parameters']>;
}[keyof Variants];
