import type { Environment } from './environment.js';
import type { Policy } from './policies/policy.js';

/** A policy in an environment, from a seed to the end: terminated at the source, truncated when steps run out. */
export class Episode {
  readonly environment: Environment;
  seed = 0;
  /** Steps taken; the last one's `action`, `terminated` and `truncated`. */
  steps = 0;
  action = 0;
  terminated = false;
  truncated = false;
  /** Sum of rewards, left to right. */
  totalReward = 0;
  private readonly policy: Policy;
  private readonly maxSteps: number;
  /** The environment starts lazily: a movie's first frame may have to be loaded. */
  private started = false;

  constructor(environment: Environment, policy: Policy, maxSteps: number) {
    this.environment = environment;
    this.policy = policy;
    this.maxSteps = maxSteps;
  }

  get over(): boolean {
    return this.terminated || this.truncated;
  }

  /** @param index of the episode in its run, 0 on */
  begin(seed: number, index: number): void {
    this.policy.reset(seed, index);
    this.seed = seed;
    this.steps = 0;
    this.totalReward = 0;
    this.terminated = false;
    this.truncated = false;
    this.started = false;
  }

  /** Null when `advance` may be called, otherwise what to wait for before asking again. */
  pending(): Promise<void> | null {
    if (!this.started) {
      const loading = this.environment.pending(0);
      if (loading !== null) return loading;
      this.environment.reset(this.seed);
      this.started = true;
    }
    return this.environment.pending(this.steps + 1);
  }

  /** Takes one step; call it only after `pending` gave null. */
  advance(): void {
    const { environment } = this;
    this.action = this.policy.choose(environment.observation);
    this.steps++;
    environment.step(this.action, this.steps);
    this.totalReward += environment.reward;
    this.terminated = environment.reached;
    // Actions that run out as the source is reached cut nothing off: a replay equals what it replays.
    const outOfActions = this.steps >= this.policy.maxSteps && !this.terminated;
    this.truncated = this.steps >= this.maxSteps || outOfActions;
  }
}
