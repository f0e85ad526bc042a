import type { Reward } from './reward.js';

/** 1 within the goal radius, otherwise 0. */
export const sparse: Reward = (distance, goalRadius) => (distance <= goalRadius ? 1 : 0);
