import { z } from 'zod';
import { float } from '../../core/config-types.js';
import { Generator } from '../rng/generator.js';
import { definePolicy, FORWARD, LEFT, odourKeys, type Policy, RIGHT } from './policy.js';

const probability = (value: number) => float({ min: 0, max: 1 }).default(value);

/** @param eps default rate of exploration  @param tumble default of `uniform_random_on_non_increase` */
const parametersWith = (eps: number, tumble: boolean) =>
  z.strictObject({
    ...odourKeys,
    eps: probability(eps).describe('Probability to explore where the concentration does not increase.'),
    eps_after_turn: probability(0).describe('Probability to explore after a turn instead of going forward.'),
    eps_greedy_forward_bias: probability(0).describe('Probability that an exploring step goes forward.'),
    uniform_random_on_non_increase: z
      .boolean()
      .default(tumble)
      .describe(
        'Where the concentration does not increase, draw among all actions instead of the two turns.',
      ),
  });

type Parameters = z.output<ReturnType<typeof parametersWith>>;

/** Forward while the concentration rises, otherwise a random turn, and forward again to probe after it. */
class TemporalDerivative implements Policy {
  readonly maxSteps = Infinity;
  private readonly rng = new Generator(0);
  private readonly parameters: Parameters;
  private readonly sensor: number;
  /** NaN before the first observation. */
  private concentration = NaN;
  private action = FORWARD;

  constructor(parameters: Parameters) {
    this.parameters = parameters;
    this.sensor = parameters.sensor_index ?? 0;
  }

  reset(seed: number): void {
    this.rng.seed(seed);
    this.concentration = NaN;
    this.action = FORWARD;
  }

  choose(observation: Float32Array): number {
    const concentration = observation[this.sensor]!;
    const change = concentration - this.concentration;
    this.concentration = concentration;
    if (Number.isNaN(change)) this.action = FORWARD;
    else if (this.action !== FORWARD) this.action = this.probe();
    else this.action = change >= this.parameters.threshold ? FORWARD : this.search();
    return this.action;
  }

  /** After a turn. */
  private probe(): number {
    const { explore, eps, eps_after_turn } = this.parameters;
    if (!explore || this.rng.random() >= eps_after_turn) return FORWARD;
    return this.rng.random() < Math.max(0.8, 1 - eps) ? FORWARD : this.turn();
  }

  /** Where going forward did not pay. */
  private search(): number {
    const { explore, eps, eps_greedy_forward_bias, uniform_random_on_non_increase } = this.parameters;
    const action = uniform_random_on_non_increase ? this.rng.integers(0, 3) : this.turn();
    if (!explore || this.rng.random() >= eps) return action;
    return this.rng.random() < eps_greedy_forward_bias ? FORWARD : this.rng.integers(0, 3);
  }

  private turn(): number {
    return this.rng.random() < 0.5 ? LEFT : RIGHT;
  }
}

export const temporalDerivative = definePolicy({
  parameters: parametersWith(0.05, false),
  followsOdour: true,
  create: (parameters) => new TemporalDerivative(parameters),
});

/** The same without exploration, but tumbling: plume_nav_sim's `greedy_td`. */
export const greedyTemporalDerivative = definePolicy({
  parameters: parametersWith(0, true),
  followsOdour: true,
  create: (parameters) => new TemporalDerivative(parameters),
});
