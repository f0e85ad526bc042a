import { z } from 'zod';
import { int } from '../../core/config-types.js';
import { Generator } from '../rng/generator.js';
import { definePolicy, FORWARD, LEFT, odourKeys, type Policy, RIGHT } from './policy.js';

const parameters = z.strictObject({
  ...odourKeys,
  cast_mode: z
    .enum(['random_turn', 'alternating_turn', 'zigzag'])
    .default('random_turn')
    .describe(
      'How sides of casting turns are chosen: at random, or alternating from the left (the other two).',
    ),
  persistence: int({ min: 0 })
    .default(1)
    .describe('Forward steps that follow a casting turn, whatever is smelt.'),
});

/** Surges forward while the concentration rises, otherwise casts: a turn, then `persistence` steps forward. */
class SurgeAndCast implements Policy {
  readonly maxSteps = Infinity;
  private readonly rng = new Generator(0);
  private readonly parameters: z.output<typeof parameters>;
  private readonly sensor: number;
  /** NaN before the first observation. */
  private concentration = NaN;
  private forwardLeft = 0;
  private leftNext = true;

  constructor(config: z.output<typeof parameters>) {
    this.parameters = config;
    this.sensor = config.sensor_index ?? 0;
  }

  reset(seed: number): void {
    this.rng.seed(seed);
    this.concentration = NaN;
    this.forwardLeft = 0;
    this.leftNext = true;
  }

  choose(observation: Float32Array): number {
    const concentration = observation[this.sensor]!;
    const change = concentration - this.concentration;
    this.concentration = concentration;
    if (Number.isNaN(change)) return FORWARD;
    if (this.forwardLeft > 0) {
      this.forwardLeft--;
      return FORWARD;
    }
    if (change >= this.parameters.threshold) return FORWARD;
    this.forwardLeft = this.parameters.persistence;
    return this.cast();
  }

  private cast(): number {
    if (this.parameters.cast_mode === 'random_turn') {
      return this.parameters.explore ? this.rng.integers(LEFT, RIGHT + 1) : LEFT;
    }
    const side = this.leftNext ? LEFT : RIGHT;
    this.leftNext = !this.leftNext;
    return side;
  }
}

export const surgeAndCast = definePolicy({
  parameters,
  followsOdour: true,
  create: (config) => new SurgeAndCast(config),
});
