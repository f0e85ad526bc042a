import { flags, numbers } from '../../core/batch.js';
import {
  recordsSteps,
  type Check,
  type EpisodeEnd,
  type RowCheck,
  type RowContext,
  type StepRows,
} from '../check.js';

/** Distances agree when they differ by no more; grids are far too small for rounding to reach this. */
const TOLERANCE = 1e-9;
/** What a goal radius of 0 means: float32 epsilon. */
const SMALLEST_RADIUS = 2 ** -23;

interface Columns {
  x: string;
  y: string;
  distance: string;
}
const OF_A_STEP: Columns = { x: 'agent_x', y: 'agent_y', distance: 'distance_to_goal' };
const OF_AN_EPISODE: Columns = { x: 'final_x', y: 'final_y', distance: 'final_distance_to_goal' };

/** Positions lie in the grid, distances are those from the source, terminated means within the goal radius. */
class Geometry implements RowCheck {
  private readonly width: number;
  private readonly height: number;
  private readonly sourceX: number;
  private readonly sourceY: number;
  private readonly radius: number;
  private readonly context: RowContext;

  constructor(context: RowContext) {
    this.context = context;
    const { grid_size, source_location, goal_radius } = context.run.env_config;
    [this.width, this.height] = grid_size;
    [this.sourceX, this.sourceY] = source_location;
    this.radius = goal_radius > 0 ? goal_radius : SMALLEST_RADIUS;
  }

  steps(rows: StepRows): void {
    this.check(rows, OF_A_STEP);
  }

  /** The record of an episode whose steps are not recorded; otherwise it says what its last step says. */
  episode({ batch, row, source, episode }: EpisodeEnd): void {
    if (batch === null || recordsSteps(this.context, episode)) return;
    this.check({ batch, from: row, to: row + 1, source, episode }, OF_AN_EPISODE);
  }

  private check(rows: StepRows, columns: Columns): void {
    this.checkPositions(rows, columns);
    this.checkDistances(rows, columns);
    this.checkFlags(rows, columns);
  }

  private checkPositions({ batch, from, to, source, episode }: StepRows, columns: Columns): void {
    const x = numbers(batch, columns.x);
    const y = numbers(batch, columns.y);
    if (x === null || y === null) return;
    const { width, height } = this;
    for (let i = from; i < to; i++) {
      if (x[i]! >= 0 && x[i]! < width && y[i]! >= 0 && y[i]! < height) continue;
      const message = `${episode.id}: position (${x[i]}, ${y[i]}) lies outside the ${width}x${height} grid`;
      this.context.report('position', source, i, message);
    }
  }

  private checkDistances({ batch, from, to, source, episode }: StepRows, columns: Columns): void {
    const x = numbers(batch, columns.x);
    const y = numbers(batch, columns.y);
    const distance = numbers(batch, columns.distance);
    if (x === null || y === null || distance === null) return;
    const { sourceX, sourceY } = this;
    for (let i = from; i < to; i++) {
      const dx = x[i]! - sourceX;
      const dy = y[i]! - sourceY;
      const expected = Math.sqrt(dx * dx + dy * dy);
      // Written so that NaN is a difference too.
      if (Math.abs(distance[i]! - expected) <= TOLERANCE) continue;
      const place = `(${x[i]}, ${y[i]}) from the source (${sourceX}, ${sourceY})`;
      const message = `${episode.id}: ${columns.distance} is ${distance[i]}, but ${place} is ${expected}`;
      this.context.report('distance', source, i, message);
    }
  }

  private checkFlags({ batch, from, to, source, episode }: StepRows, columns: Columns): void {
    const distance = numbers(batch, columns.distance);
    const terminated = flags(batch, 'terminated');
    if (distance === null || terminated === null) return;
    const { radius } = this;
    for (let i = from; i < to; i++) {
      if (distance[i]! <= radius === (terminated[i] === 1)) continue;
      const message = `${episode.id}: terminated is ${terminated[i] === 1}, but the distance is ${distance[i]} and the goal radius ${radius}`;
      this.context.report('goal-flag', source, i, message);
    }
  }
}

export const geometry: Check = { name: 'geometry', create: (context) => new Geometry(context) };
