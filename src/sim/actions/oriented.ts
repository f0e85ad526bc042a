import type { ActionModelFactory } from './action-model.js';

/** 0 forward along the heading, 1 turn left (+90°), 2 turn right (-90°); turning does not move. */
export const oriented: ActionModelFactory = (stepSize) => ({
  count: 3,
  turns: true,
  apply(action, agent) {
    if (action === 0) agent.forward(stepSize);
    else agent.turnTo((agent.headingDeg + (action === 1 ? 90 : 270)) % 360);
  },
});
