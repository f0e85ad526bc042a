import { z } from 'zod';
import { Generator } from '../rng/generator.js';
import { definePolicy, type Policy, type PolicyInputs } from './policy.js';

/** Every action with the same probability, at every step. */
class RandomPolicy implements Policy {
  readonly maxSteps = Infinity;
  private readonly rng = new Generator(0);
  private readonly actionCount: number;

  constructor({ actionCount }: PolicyInputs) {
    this.actionCount = actionCount;
  }

  reset(seed: number): void {
    this.rng.seed(seed);
  }

  choose(): number {
    return this.rng.integers(0, this.actionCount);
  }
}

export const random = definePolicy({
  parameters: z.strictObject({}),
  followsOdour: false,
  create: (_parameters, inputs) => new RandomPolicy(inputs),
});
