import { z } from 'zod';
import { numbers, type Batch } from '../../core/batch.js';
import { defineRule, type EpisodeRule, type RuleSetting } from './rule.js';

/** The first position of the episode that is no cell of the grid. */
class InBounds implements EpisodeRule {
  private readonly setting: RuleSetting;
  private found: string | null = null;

  constructor(setting: RuleSetting) {
    this.setting = setting;
  }

  steps(batch: Batch, from: number, to: number): void {
    if (this.found !== null) return;
    const { gridWidth, gridHeight } = this.setting;
    const x = numbers(batch, 'agent_x')!;
    const y = numbers(batch, 'agent_y')!;
    for (let row = from; row < to; row++) {
      if (x[row]! >= 0 && x[row]! < gridWidth && y[row]! >= 0 && y[row]! < gridHeight) continue;
      const step = numbers(batch, 'step')![row]!;
      this.found = `step ${step} is at (${x[row]}, ${y[row]}), outside the ${gridWidth}x${gridHeight} grid`;
      return;
    }
  }

  end(): string | null {
    const { found } = this;
    this.found = null;
    return found;
  }
}

/** Out of bounds. */
export const inBounds = defineRule({
  option: z
    .boolean()
    .default(false)
    .describe('Whether an episode is rejected in which the agent leaves the grid.'),
  create: (isOn, setting) => (isOn ? new InBounds(setting) : null),
});
