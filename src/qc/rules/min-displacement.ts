import { numbers, type Batch } from '../../core/batch.js';
import { float } from '../../core/config-types.js';
import { defineRule, type EpisodeRule } from './rule.js';

/** The largest distance from where the agent stood after its first step, in cells. */
class Displacement implements EpisodeRule {
  private readonly least: number;
  private startX: number | null = null;
  private startY = 0;
  /** Squared. */
  private farthest = 0;

  constructor(least: number) {
    this.least = least;
  }

  steps(batch: Batch, from: number, to: number): void {
    const x = numbers(batch, 'agent_x')!;
    const y = numbers(batch, 'agent_y')!;
    if (this.startX === null) {
      this.startX = x[from]!;
      this.startY = y[from]!;
    }
    const { startX, startY } = this;
    let { farthest } = this;
    for (let row = from; row < to; row++) {
      const dx = x[row]! - startX;
      const dy = y[row]! - startY;
      const square = dx * dx + dy * dy;
      if (square > farthest) farthest = square;
    }
    this.farthest = farthest;
  }

  end(): string | null {
    const distance = Math.sqrt(this.farthest);
    this.startX = null;
    this.farthest = 0;
    return distance < this.least
      ? `moved ${distance} cells away from its start at most, less than ${this.least}`
      : null;
  }
}

/** No movement. */
export const minDisplacement = defineRule({
  option: float({ min: 0, exclusive: true })
    .nullable()
    .default(null)
    .describe(
      'An episode is rejected in which the agent never comes so many cells away from its first position; null for no such rule.',
    ),
  create: (least) => (least === null ? null : new Displacement(least)),
});
