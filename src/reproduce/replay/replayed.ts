import { FULL_RECORDING } from '../../core/streams.js';
import { ChunkBuilder } from '../../record/chunk-builder.js';
import { systemClock } from '../../io/clock.js';
import type { Batch } from '../../core/batch.js';
import { formatEpisodeId } from '../../core/ids.js';
import { envSchema, movieSchema, type EnvConfig } from '../../sim/config.js';
import { actionModels } from '../../sim/actions/index.js';
import { Simulation } from '../../sim/simulation.js';
import { otherRow } from '../difference.js';
import type { Replay } from '../result.js';
import type { RowRange, SimulatedEpisodes, SimulatedRecord } from '../simulated.js';

/** Steps that are simulated at a time. */
const ROWS = 4096;

/** The environment of run.json, and the seeds of its episodes in order. */
export interface ReplaySetting {
  env: Pick<EnvConfig, 'grid_size' | 'source_location' | 'max_steps' | 'goal_radius' | 'plume_sigma'>;
  seeds: readonly number[];
}

/** Episodes in which the recorded actions are taken again, as they come: nothing else says what the policy did. */
export class ReplayedEpisodes implements SimulatedEpisodes {
  private readonly simulation: Simulation;
  private readonly builder: ChunkBuilder;
  private readonly seeds: readonly number[];
  private readonly replay: Replay;
  private readonly actionCount: number;
  private episode: number;
  /** Whether the simulation stands in the episode at hand, and whether that is over. */
  private begun = false;
  private over = false;
  /** Actions that are next. */
  private actions: Float64Array = new Float64Array(0);
  private at = 0;

  /** @param first number of the episode to begin with, 1 on */
  constructor({ env, seeds }: ReplaySetting, replay: Replay, first: number) {
    const { action_type, reward_type, observation_type } = replay;
    const observation = observation_type ?? 'concentration';
    this.simulation = new Simulation({
      env: { ...envSchema.parse({}), ...env, action_type, reward_type, observation_type: observation },
      policy: { name: 'module', module: 'the recorded actions', parameters: null },
      movie: movieSchema.parse({}),
      frames: null,
      actions: null,
      factory: () => ({ reset: () => {}, choose: () => this.actions[this.at++]! }),
    });
    this.seeds = seeds;
    this.replay = replay;
    this.actionCount = actionModels.get(action_type)(1).count;
    this.episode = first;
    this.builder = new ChunkBuilder({
      runId: '',
      recording: FULL_RECORDING,
      observationWidth: this.simulation.observationWidth,
      capacity: ROWS,
      episodeCapacity: 1,
      timeless: true,
      clock: systemClock,
      digests: false,
      encoder: null,
      reuse: true,
    });
  }

  steps({ batch, from, to }: RowRange): Promise<RowRange | null> {
    if (!this.begin() || this.over) return Promise.resolve(null);
    const { builder, simulation } = this;
    this.actions = batch.columns['action'] as Float64Array;
    this.at = from;
    const count = this.playable(batch, from, Math.min(to, from + ROWS));
    this.over = simulation.fill(builder.steps, count) === 'over';
    const { rows } = builder.steps;
    builder.addSteps(0, rows);
    return Promise.resolve({ batch: builder.steps, from: 0, to: rows });
  }

  /** All that `steps` gave: it gives no more than is recorded. */
  pass(): void {
    this.renew();
  }

  nextStep(): Promise<number | null> {
    return Promise.resolve(this.begin() && !this.over ? this.simulation.summary().totalSteps + 1 : null);
  }

  record(): Promise<SimulatedRecord | null> {
    if (!this.begin()) return Promise.resolve(null);
    this.builder.endEpisode(this.simulation.summary(), 0);
    const { episodes: batch } = this.builder.take({ whole: true, cut: false });
    return Promise.resolve({ batch, row: 0, rejection: null, sample: null });
  }

  next(): void {
    this.goTo(this.episode + 1);
  }

  /** On to the beginning of an episode, from wherever it stands. */
  goTo(episode: number): void {
    this.begun = false;
    this.episode = episode;
    this.renew();
  }

  /** @returns whether there is such an episode */
  private begin(): boolean {
    const seed = this.seeds[this.episode - 1];
    if (this.begun || seed === undefined) return this.begun;
    this.simulation.begin(seed, this.episode - 1);
    this.builder.beginEpisode(this.episode);
    this.begun = true;
    this.over = false;
    return true;
  }

  private renew(): void {
    this.builder.take({ whole: false, cut: false });
    this.builder.renew();
  }

  /** How many of the actions the environment has; one at least. */
  private playable({ columns }: Batch, from: number, to: number): number {
    for (let row = from; row < to; row++) {
      const action = this.actions[row]!;
      if (action >= 0 && action < this.actionCount) continue;
      if (row > from) return row - from;
      const step = (columns['step'] as Float64Array)[row]!;
      const place = { episode: this.episode, id: formatEpisodeId(this.episode), step };
      throw otherRow(
        place,
        `action ${action} is recorded, action_type ${this.replay.action_type} has 0 to ${this.actionCount - 1}`,
      );
    }
    return to - from;
  }
}
