import type { ActionModelFactory } from './action-model.js';

/** Moves along the axes: 0 up (+y), 1 right (+x), 2 down, 3 left. The heading stays. */
export const discrete: ActionModelFactory = (stepSize) => ({
  count: 4,
  turns: false,
  apply(action, agent) {
    if (action === 0) agent.move(0, stepSize);
    else if (action === 1) agent.move(stepSize, 0);
    else if (action === 2) agent.move(0, -stepSize);
    else agent.move(-stepSize, 0);
  },
});
