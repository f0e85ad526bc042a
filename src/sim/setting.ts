import { CaptureError } from '../core/errors.js';
import type { EnvConfig } from './config.js';
import type { GridSize } from './fields/field.js';

/** The environment's geometry with every default resolved; cells of a `width` x `height` grid. */
export interface Setting {
  readonly width: number;
  readonly height: number;
  readonly sourceX: number;
  readonly sourceY: number;
  /** Distance to the source at which an episode terminates, in cells; above 0. */
  readonly goalRadius: number;
  readonly maxSteps: number;
  /** Where episodes start; null to draw it. */
  readonly start: readonly [x: number, y: number] | null;
}

/** Of plume_nav_sim, whose default grid is 128x128. */
const DEFAULT_SOURCE = 64;
/** What a goal radius of 0 means: float32 epsilon, so that only the source's own cell counts. */
const SMALLEST_RADIUS = 2 ** -23;

export function resolveSetting(env: EnvConfig, [width, height]: GridSize): Setting {
  const [sourceX, sourceY] = env.source_location ?? [
    Math.min(DEFAULT_SOURCE, width - 1),
    Math.min(DEFAULT_SOURCE, height - 1),
  ];
  const inside = (key: string, x: number, y: number): void => {
    if (x >= 0 && x < width && y >= 0 && y < height) return;
    throw new CaptureError('config', `${key} [${x}, ${y}] is outside the ${width}x${height} grid`, {
      hint: `x goes from 0 to ${width - 1}, y from 0 to ${height - 1}`,
    });
  };
  inside('env.source_location', sourceX, sourceY);
  if (env.start_location !== null) inside('env.start_location', ...env.start_location);
  return {
    width,
    height,
    sourceX,
    sourceY,
    goalRadius: env.goal_radius === 0 ? SMALLEST_RADIUS : env.goal_radius,
    maxSteps: env.max_steps,
    start: env.start_location,
  };
}
