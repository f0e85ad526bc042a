import { z } from 'zod';
import { definePolicy, FORWARD, LEFT, odourKeys, type Policy, RIGHT } from './policy.js';

const parameters = z.strictObject({
  ...odourKeys,
  explore: odourKeys.explore.describe('Changes nothing: this policy never acts at random.'),
  cast_right_first: z
    .boolean()
    .default(true)
    .describe('Whether the first turn of an episode goes right, when turns alternate.'),
  alternate_cast: z.boolean().default(true).describe('Whether turns alternate sides; off, all go right.'),
});

/** Forward while the concentration rises, otherwise a turn, and forward again to probe after it. No draws. */
class DeterministicTemporalDerivative implements Policy {
  readonly maxSteps = Infinity;
  private readonly parameters: z.output<typeof parameters>;
  private readonly sensor: number;
  /** NaN before the first observation. */
  private concentration = NaN;
  private action = FORWARD;
  private rightNext = true;

  constructor(config: z.output<typeof parameters>) {
    this.parameters = config;
    this.sensor = config.sensor_index ?? 0;
  }

  reset(): void {
    this.concentration = NaN;
    this.action = FORWARD;
    this.rightNext = this.parameters.cast_right_first;
  }

  choose(observation: Float32Array): number {
    const concentration = observation[this.sensor]!;
    const change = concentration - this.concentration;
    this.concentration = concentration;
    const forward = Number.isNaN(change) || this.action !== FORWARD || change >= this.parameters.threshold;
    this.action = forward ? FORWARD : this.turn();
    return this.action;
  }

  private turn(): number {
    if (!this.parameters.alternate_cast) return RIGHT;
    const side = this.rightNext ? RIGHT : LEFT;
    this.rightNext = !this.rightNext;
    return side;
  }
}

export const temporalDerivativeDeterministic = definePolicy({
  parameters,
  followsOdour: true,
  create: (config) => new DeterministicTemporalDerivative(config),
});
