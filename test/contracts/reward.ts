import { expect, it } from 'vitest';
import type { Reward } from '../../src/sim/rewards/reward.js';

/** What every reward keeps to. */
export function rewardContract(reward: Reward): void {
  it('is finite, and largest at the source', () => {
    const distances = [0, 0.5, 1, 4.999, 5, 5.001, 10, 1e6];
    for (const distance of distances) {
      const value = reward(distance, 5);
      expect(Number.isFinite(value)).toBe(true);
      expect(value).toBeLessThanOrEqual(reward(0, 5));
    }
  });

  it('is 1 up to the goal radius, the radius included, and less beyond', () => {
    expect(reward(5, 5)).toBe(1);
    expect(reward(5.000001, 5)).toBeLessThan(1);
  });
}
