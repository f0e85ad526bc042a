import { z } from 'zod';
import { lists, numbers, type Batch } from '../../core/batch.js';
import { defineRule, type EpisodeRule } from './rule.js';

/** The first observation of the episode that is not finite. */
class FiniteObservations implements EpisodeRule {
  private found: string | null = null;

  steps(batch: Batch, from: number, to: number): void {
    const column = lists(batch, 'observation_summary');
    if (column === null || this.found !== null) return;
    const { width, values } = column;
    // infinities and NaN minus themselves are NaN, everything else is 0
    let zero = 0;
    for (let i = from * width; i < to * width; i++) zero += values[i]! - values[i]!;
    if (zero === 0) return;
    const at = values.subarray(0, to * width).findIndex((value, i) => i >= from * width && !isFinite(value));
    const step = numbers(batch, 'step')![Math.floor(at / width)]!;
    this.found = `the observation of step ${step} is ${values[at]}`;
  }

  end(): string | null {
    const { found } = this;
    this.found = null;
    return found;
  }
}

/** NaN or infinity in an observation. */
export const finiteObservations = defineRule({
  option: z
    .boolean()
    .default(false)
    .describe('Whether an episode is rejected in which a value of an observation is NaN or infinite.'),
  create: (isOn) => (isOn ? new FiniteObservations() : null),
});
