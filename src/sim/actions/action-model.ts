import type { Agent } from '../agent.js';
import type { Generator } from '../rng/generator.js';

/** What the agent can do: actions are the integers 0 to `count` - 1. */
export interface ActionModel {
  readonly count: number;
  /** Whether actions are 0 forward, 1 turn left, 2 turn right. */
  readonly turns: boolean;
  /** Moves or turns the agent; a draw, where one is needed, comes from the environment's generator. */
  apply(action: number, agent: Agent, rng: Generator): void;
}

/** @param stepSize cells a step moves */
export type ActionModelFactory = (stepSize: number) => ActionModel;
