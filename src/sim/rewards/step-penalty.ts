import type { Reward } from './reward.js';

/** 1 within the goal radius, otherwise -0.01. */
export const stepPenalty: Reward = (distance, goalRadius) => (distance <= goalRadius ? 1 : -0.01);
