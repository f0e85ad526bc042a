import type { MovieFrames } from '../../core/ports.js';
import type { MovieConfig } from './movie.js';

/** A concentration field over the grid: float32 in [0, 1], row-major `[y][x]`, `height` x `width` cells. */
export interface Field {
  readonly width: number;
  readonly height: number;
  /** The field after the last `reset` or `advance`. */
  readonly data: Float32Array;
  /** Back to what step 0 shows. */
  reset(): void;
  /** On to what step `step` (1 on) shows. */
  advance(step: number): void;
  /** Null when `step` (0 for `reset`) can be shown at once, otherwise what to wait for before asking again. */
  pending(step: number): Promise<void> | null;
}

/** Width and height in cells. */
export type GridSize = readonly [width: number, height: number];

export interface FieldInputs {
  /** The grid as configured; null for the field's own. */
  gridSize: GridSize | null;
  /** Standard deviation of the static plume, in cells. */
  sigma: number;
  movie: MovieConfig;
  frames: MovieFrames | null;
}

export interface FieldVariant {
  /** Size of the grid; throws when the configured one cannot be. */
  gridSize(inputs: FieldInputs): GridSize;
  create(inputs: FieldInputs, gridSize: GridSize, sourceX: number, sourceY: number): Field;
}
