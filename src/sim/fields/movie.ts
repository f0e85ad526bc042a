import { z } from 'zod';
import { float } from '../../core/config-types.js';
import { CaptureError } from '../../core/errors.js';
import type { MovieFrames, MovieMetadata } from '../../core/ports.js';
import type { Field, FieldInputs, FieldVariant } from './field.js';

const pair = (what: string) =>
  z.tuple([float(), float()]).nullable().default(null).describe(`${what}; null for what the dataset states.`);

export const movieSchema = z.strictObject({
  path: z.string().min(1).nullable().default(null).describe('Zarr directory of the plume movie.'),
  step_policy: z
    .enum(['wrap', 'clamp'])
    .default('wrap')
    .describe('What follows the last frame: the first again (wrap) or the last for good (clamp).'),
  fps: float({ min: 0, exclusive: true })
    .nullable()
    .default(null)
    .describe('Frames per second of the movie, one frame a step; null for what the dataset states.'),
  pixel_to_grid: pair('Size of a pixel [y, x] in grid units'),
  origin: pair('Position of the first pixel [y, x] in grid units'),
  extent: pair('Size of a frame [y, x] in grid units'),
});

export type MovieConfig = z.output<typeof movieSchema>;

function requireFrames({ frames }: FieldInputs): MovieFrames {
  if (frames !== null) return frames;
  throw new CaptureError('config', "env.plume 'movie' needs a movie", {
    hint: 'set movie.path to a Zarr directory',
  });
}

/** A key that contradicts the dataset would be a lie in the manifest: frames are shown as they are. */
function checkStated(config: MovieConfig, stated: MovieMetadata): void {
  for (const key of ['fps', 'pixel_to_grid', 'origin', 'extent'] as const) {
    const wanted = JSON.stringify(config[key]);
    const actual = JSON.stringify(stated[key]);
    if (config[key] !== null && stated[key] !== null && wanted !== actual) {
      throw new CaptureError('config', `movie.${key} is ${wanted} but '${config.path}' states ${actual}`, {
        hint: `leave movie.${key} null to use the dataset's`,
      });
    }
  }
}

/** A recorded plume, one frame a step: step n shows frame n mod T (wrap) or min(n, T - 1) (clamp). */
class MovieField implements Field {
  readonly width: number;
  readonly height: number;
  data: Float32Array = new Float32Array(0);
  private readonly frames: MovieFrames;
  private readonly wrap: boolean;

  constructor(frames: MovieFrames, wrap: boolean) {
    this.width = frames.width;
    this.height = frames.height;
    this.frames = frames;
    this.wrap = wrap;
  }

  reset(): void {
    this.advance(0);
  }

  advance(step: number): void {
    const frame = this.frames.at(this.frameOf(step));
    if (frame === null) throw new Error(`frame of step ${step} is not loaded: wait for pending() first`);
    this.data = frame;
  }

  pending(step: number): Promise<void> | null {
    const frame = this.frameOf(step);
    return this.frames.at(frame) === null ? this.frames.load(frame) : null;
  }

  private frameOf(step: number): number {
    const { count } = this.frames;
    return this.wrap ? step % count : Math.min(step, count - 1);
  }
}

export const moviePlume: FieldVariant = {
  gridSize(inputs) {
    const { width, height } = requireFrames(inputs);
    const [askedWidth, askedHeight] = inputs.gridSize ?? [width, height];
    if (askedWidth !== width || askedHeight !== height) {
      throw new CaptureError(
        'config',
        `env.grid_size is [${askedWidth}, ${askedHeight}] but the movie's frames are [${width}, ${height}]`,
        { hint: 'leave env.grid_size null to use the frame size' },
      );
    }
    return [width, height];
  },

  create(inputs) {
    const frames = requireFrames(inputs);
    checkStated(inputs.movie, frames.metadata);
    return new MovieField(frames, inputs.movie.step_policy === 'wrap');
  },
};
