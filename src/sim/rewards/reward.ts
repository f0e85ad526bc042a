/** Reward of a step that ended `distance` cells from the source. */
export type Reward = (distance: number, goalRadius: number) => number;
