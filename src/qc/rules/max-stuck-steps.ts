import { numbers, type Batch } from '../../core/batch.js';
import { int } from '../../core/config-types.js';
import { defineRule, type EpisodeRule } from './rule.js';

/** The longest stretch of steps behind which the agent stands where it stood before them. */
class Stuck implements EpisodeRule {
  private readonly most: number;
  private lastX = NaN;
  private lastY = NaN;
  private stretch = 0;
  private longest = 0;
  /** Number of the first step of the longest stretch. */
  private since = 0;

  constructor(most: number) {
    this.most = most;
  }

  steps(batch: Batch, from: number, to: number): void {
    const x = numbers(batch, 'agent_x')!;
    const y = numbers(batch, 'agent_y')!;
    const step = numbers(batch, 'step')!;
    let { lastX, lastY, stretch } = this;
    for (let row = from; row < to; row++) {
      if (x[row] === lastX && y[row] === lastY) {
        stretch++;
        if (stretch > this.longest) {
          this.longest = stretch;
          this.since = step[row]! - stretch + 1;
        }
      } else {
        stretch = 0;
        lastX = x[row]!;
        lastY = y[row]!;
      }
    }
    this.lastX = lastX;
    this.lastY = lastY;
    this.stretch = stretch;
  }

  end(): string | null {
    const { longest, since, most } = this;
    this.lastX = NaN;
    this.stretch = 0;
    this.longest = 0;
    return longest > most
      ? `did not move in ${longest} steps from step ${since} on, more than ${most}`
      : null;
  }
}

/** Agent stuck. */
export const maxStuckSteps = defineRule({
  option: int({ min: 0 })
    .nullable()
    .default(null)
    .describe(
      'An episode is rejected in which the agent stays in its cell for more steps than this, one after another (turning on the spot is staying); null for no such rule.',
    ),
  create: (most) => (most === null ? null : new Stuck(most)),
});
