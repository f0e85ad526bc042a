import type { StepBatch } from '../core/batch.js';
import { assemble, type SimulationInputs } from './assemble.js';
import type { Episode } from './episode.js';
import type { ExtraColumns } from './extra-columns.js';

export type { SimulationInputs } from './assemble.js';

export interface EpisodeSummary {
  terminated: boolean;
  truncated: boolean;
  totalSteps: number;
  /** Sum of the rewards, left to right. */
  totalReward: number;
  finalX: number;
  finalY: number;
  /** Distance to the source at the end, in cells. */
  finalDistance: number;
}

/**
 * Runs episodes of one configuration into step batches. Contract: `begin`, then `fill` until it says `over`, then
 * `summary`; columns do not depend on how rows are cut into batches.
 */
export class Simulation {
  /** The grid, in cells. */
  readonly gridWidth: number;
  readonly gridHeight: number;
  /** The source's cell. */
  readonly sourceX: number;
  readonly sourceY: number;
  /** Distance to the source at which episodes terminate, in cells; above 0. */
  readonly goalRadius: number;
  /** Values in an observation. */
  readonly observationWidth: number;
  private readonly episode: Episode;
  private readonly extra: ExtraColumns;
  private loading: Promise<void> | null = null;

  /** Throws a CaptureError for a configuration that cannot be simulated. */
  constructor(inputs: SimulationInputs) {
    const { setting, episode, extra } = assemble(inputs);
    this.gridWidth = setting.width;
    this.gridHeight = setting.height;
    this.sourceX = setting.sourceX;
    this.sourceY = setting.sourceY;
    this.goalRadius = setting.goalRadius;
    this.episode = episode;
    this.extra = extra;
    this.observationWidth = episode.environment.observation.length;
  }

  /** Starts an episode. @param episodeIndex 0 on, for scripted actions */
  begin(seed: number, episodeIndex: number): void {
    this.episode.begin(seed, episodeIndex);
  }

  /**
   * Appends steps to the batch, from row `batch.rows` to `capacity`: action, reward, position and so on, but not
   * ts, run_id, episode_id and schema_version. Columns that are null stay so; extra columns are filled when the
   * batch's stream has them.
   *
   * `over`: the episode has ended; `full`: there is no room for the next step; `waiting`: a movie frame has to be
   * loaded, await `pending()` and go on.
   */
  fill(batch: StepBatch, capacity: number): 'full' | 'over' | 'waiting' {
    const { episode } = this;
    const { environment } = episode;
    const { agent, observation } = environment;
    const { columns } = batch;
    const { action, reward, observation_summary: observations } = columns;
    const extra = this.extra.bind(batch);
    let row = batch.rows;
    let state: 'full' | 'over' | 'waiting' = 'over';
    try {
      while (!episode.over) {
        if (row >= capacity) {
          state = 'full';
          break;
        }
        this.loading = episode.pending();
        if (this.loading !== null) {
          state = 'waiting';
          break;
        }
        if (extra !== null) extra.before();
        episode.advance();
        columns.step[row] = episode.steps;
        if (action !== null) action[row] = episode.action;
        if (reward !== null) reward[row] = environment.reward;
        columns.terminated[row] = episode.terminated ? 1 : 0;
        columns.truncated[row] = episode.truncated ? 1 : 0;
        columns.agent_x[row] = agent.x;
        columns.agent_y[row] = agent.y;
        columns.distance_to_goal[row] = environment.distance;
        if (observations !== null) {
          const { width, values } = observations;
          // A batch never holds -0, which adding 0 turns into 0.
          for (let i = 0; i < width; i++) values[row * width + i] = observation[i]! + 0;
        }
        columns.seed[row] = episode.seed;
        if (extra !== null) extra.write(row);
        row++;
      }
    } finally {
      // the steps before one that failed are whole
      batch.rows = row;
    }
    return state;
  }

  /** What `fill` waits for. Rejects when the frame cannot be loaded. */
  pending(): Promise<void> {
    return this.loading ?? Promise.resolve();
  }

  /** The heading after the last step, degrees counter-clockwise from +x. */
  get headingDeg(): number {
    return this.episode.environment.agent.headingDeg;
  }

  summary(): EpisodeSummary {
    const { episode } = this;
    const { agent, distance } = episode.environment;
    return {
      terminated: episode.terminated,
      truncated: episode.truncated,
      totalSteps: episode.steps,
      totalReward: episode.totalReward,
      finalX: agent.x,
      finalY: agent.y,
      finalDistance: distance,
    };
  }
}
