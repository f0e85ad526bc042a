import type { ActionModelFactory } from './action-model.js';

/** 0 run along the heading, 1 tumble: a new heading, uniform in [0°, 360°), then a run along it. */
export const runTumble: ActionModelFactory = (stepSize) => ({
  count: 2,
  turns: false,
  apply(action, agent, rng) {
    if (action === 1) agent.turnTo(rng.uniform(0, 360));
    agent.forward(stepSize);
  },
});
