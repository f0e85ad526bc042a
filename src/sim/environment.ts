import type { ActionModel } from './actions/action-model.js';
import { Agent } from './agent.js';
import type { Field } from './fields/field.js';
import type { Reward } from './rewards/reward.js';
import { Generator } from './rng/generator.js';
import type { Sensor } from './sensors/sensor.js';
import type { Setting } from './setting.js';

/** What an environment is made of. */
export interface Parts {
  setting: Setting;
  field: Field;
  actions: ActionModel;
  sensor: Sensor;
  reward: Reward;
}

/**
 * One agent in one plume. A step moves the agent, advances the field, then observes; one generator serves it all,
 * in this order: start, tumbles, observation noise.
 */
export class Environment {
  readonly agent: Agent;
  /** Last observation, `sensor.width` float32 values. */
  readonly observation: Float32Array;
  /** Euclidean distance to the source in cells. */
  distance = NaN;
  reward = 0;
  private readonly rng = new Generator(0);
  private readonly parts: Parts;

  constructor(parts: Parts) {
    this.parts = parts;
    this.agent = new Agent(parts.setting.width, parts.setting.height);
    this.observation = new Float32Array(parts.sensor.width);
  }

  /** Whether the agent is within the goal radius. */
  get reached(): boolean {
    return this.distance <= this.parts.setting.goalRadius;
  }

  /** Starts an episode. */
  reset(seed: number): void {
    const { setting, field } = this.parts;
    this.rng.seed(seed);
    const [x, y] = setting.start ?? [
      this.rng.integers(0, setting.width),
      this.rng.integers(0, setting.height),
    ];
    this.agent.place(x, y);
    field.reset();
    this.observe();
  }

  /** Takes step `step` (1 on) of the episode. */
  step(action: number, step: number): void {
    const { actions, field, reward, setting } = this.parts;
    actions.apply(action, this.agent, this.rng);
    field.advance(step);
    this.observe();
    this.reward = reward(this.distance, setting.goalRadius);
  }

  /** Null when `step` (0 for `reset`) can be taken at once, otherwise what to wait for before asking again. */
  pending(step: number): Promise<void> | null {
    return this.parts.field.pending(step);
  }

  private observe(): void {
    const { agent, parts } = this;
    const dx = agent.x - parts.setting.sourceX;
    const dy = agent.y - parts.setting.sourceY;
    this.distance = Math.sqrt(dx * dx + dy * dy);
    parts.sensor.sense(agent, parts.field, this.rng, this.observation);
  }
}
