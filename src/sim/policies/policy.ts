import { z } from 'zod';
import { float, int } from '../../core/config-types.js';
import type { PolicyFactory } from './module.js';

/** Chooses actions from observations. */
export interface Policy {
  /** Longest episode the policy can act in, in steps: Infinity, but for scripted actions. */
  readonly maxSteps: number;
  /** Back to the start of an episode; a policy's own generator takes the episode's seed. */
  reset(seed: number, episodeIndex: number): void;
  /** The next action, from the whole last observation. */
  choose(observation: Float32Array): number;
}

export interface PolicyInputs {
  /** Actions are 0 to `actionCount` - 1. */
  actionCount: number;
  /** Values in an observation. */
  observationWidth: number;
  /** Scripted actions: a list an episode, or a single list for every episode. */
  actions: readonly (readonly number[])[] | null;
  /** What `policy.module` names. */
  factory: PolicyFactory | null;
}

export interface PolicyVariant<P extends z.ZodObject = z.ZodObject> {
  /** Its keys in the config, without `name`. */
  readonly parameters: P;
  /** Reads one concentration and turns (0 forward, 1 left, 2 right): needs actions and a sensor of that kind. */
  readonly followsOdour: boolean;
  create(parameters: z.output<P>, inputs: PolicyInputs): Policy;
}

export const definePolicy = <P extends z.ZodObject>(variant: PolicyVariant<P>): PolicyVariant<P> => variant;

export const FORWARD = 0;
export const LEFT = 1;
export const RIGHT = 2;

/** Keys every policy that follows odour has. */
export const odourKeys = {
  explore: z.boolean().default(true).describe('Whether the policy may act at random; off, it is greedy.'),
  threshold: float()
    .default(1e-6)
    .describe('Smallest change of concentration in a step that counts as an increase.'),
  sensor_index: int({ min: 0 })
    .nullable()
    .default(null)
    .describe('Which value of the observation is read; required when there is more than one.'),
};
