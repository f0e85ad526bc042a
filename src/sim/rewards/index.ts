import { createRegistry } from '../../core/registry.js';
import type { Reward } from './reward.js';
import { sparse } from './sparse.js';
import { stepPenalty } from './step-penalty.js';

export const rewards = createRegistry<Reward>('env.reward_type', { sparse, step_penalty: stepPenalty });
