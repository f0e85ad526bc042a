import { CaptureError } from '../core/errors.js';
import type { MovieFrames, MovieMetadata } from '../core/ports.js';
import type { MovieArray, Scaling } from './movie-array.js';

/** Rounding a normalised movie may carry beyond [0, 1]; more than that is not a concentration. */
const OVERSHOOT = 1e-6;

/** A movie's frames, kept by chunk of time; the least recently used chunks make room for others. */
export class MovieChunks implements MovieFrames {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly metadata: MovieMetadata;
  private readonly path: string;
  private readonly array: MovieArray;
  private readonly scaling: Scaling;
  /** Frames in a chunk of time. */
  private readonly span: number;
  /** Chunks of time that stay in memory. */
  private readonly keep: number;
  /** Least recently used first. */
  private readonly resident = new Map<number, Float32Array[]>();
  private readonly loading = new Map<number, Promise<void>>();
  private current = -1;
  private currentFrames: Float32Array[] = [];

  constructor(
    path: string,
    array: MovieArray,
    scaling: Scaling,
    metadata: MovieMetadata,
    budgetBytes: number,
  ) {
    [this.count, this.height, this.width] = array.shape as [number, number, number];
    this.metadata = metadata;
    this.path = path;
    this.array = array;
    this.scaling = scaling;
    this.span = array.chunks[0]!;
    this.keep = Math.max(1, Math.floor(budgetBytes / (this.span * this.height * this.width * 4)));
  }

  at(frame: number): Float32Array | null {
    const chunk = Math.floor(frame / this.span);
    if (chunk !== this.current) {
      const frames = this.resident.get(chunk);
      if (frames === undefined) return null;
      this.use(chunk, frames);
    }
    return this.currentFrames[frame % this.span]!;
  }

  load(frame: number): Promise<void> {
    const chunk = Math.floor(frame / this.span);
    const running = this.loading.get(chunk);
    if (running !== undefined) return running;
    const loading = this.read(chunk)
      .then((frames) => this.use(chunk, frames))
      .finally(() => this.loading.delete(chunk));
    this.loading.set(chunk, loading);
    return loading;
  }

  private use(chunk: number, frames: Float32Array[]): void {
    this.resident.delete(chunk);
    this.resident.set(chunk, frames);
    this.current = chunk;
    this.currentFrames = frames;
    for (const oldest of this.resident.keys()) {
      if (this.resident.size <= this.keep) break;
      this.resident.delete(oldest);
    }
  }

  /** The frames of one chunk of time, put together from its chunks in space. */
  private async read(chunk: number): Promise<Float32Array[]> {
    const { span, height, width } = this;
    const first = chunk * span;
    const length = Math.min(span, this.count - first);
    const frames = Array.from({ length }, () => new Float32Array(height * width));
    const [, chunkHeight, chunkWidth] = this.array.chunks as [number, number, number];
    for (let y = 0; y * chunkHeight < height; y++) {
      for (let x = 0; x * chunkWidth < width; x++) await this.readInto(frames, [chunk, y, x]);
    }
    frames.forEach((frame, i) => this.normalise(frame, first + i));
    return frames;
  }

  /** Copies one chunk, scaled and without what lies beyond the frames' edges. */
  private async readInto(frames: Float32Array[], place: [number, number, number]): Promise<void> {
    const { factor, offset } = this.scaling;
    const { data, shape, stride } = await this.decode(place);
    const [, chunkHeight, chunkWidth] = shape as [number, number, number];
    const [strideT, strideY, strideX] = stride as [number, number, number];
    const top = place[1] * chunkHeight;
    const left = place[2] * chunkWidth;
    const bottom = Math.min(top + chunkHeight, this.height);
    const right = Math.min(left + chunkWidth, this.width);
    frames.forEach((frame, t) => {
      for (let y = top; y < bottom; y++) {
        let from = t * strideT + (y - top) * strideY;
        for (let x = left; x < right; x++, from += strideX) {
          frame[y * this.width + x] = data[from]! * factor + offset;
        }
      }
    });
  }

  private async decode(place: [number, number, number]) {
    const wrong = (reason: string, cause?: unknown): CaptureError =>
      new CaptureError(
        'input',
        `the movie '${this.path}' has a corrupt chunk ${place.join('.')}: ${reason}`,
        {
          hint: 'restore it from its source',
          cause,
        },
      );
    const chunk = await this.array.getChunk(place).catch((error: unknown) => {
      if (error instanceof CaptureError) throw error;
      const { cause } = error as Error;
      throw wrong(cause instanceof Error ? cause.message : (error as Error).message, error);
    });
    const values = chunk.shape.reduce((product, size) => product * size, 1);
    if (chunk.data.length !== values) throw wrong(`${chunk.data.length} values instead of ${values}`);
    return chunk;
  }

  /** Takes rounding beyond [0, 1] away and refuses what is no concentration. */
  private normalise(frame: Float32Array, index: number): void {
    for (let i = 0; i < frame.length; i++) {
      const value = frame[i]!;
      if (value >= 0 && value <= 1) continue;
      if (!(value >= -OVERSHOOT && value <= 1 + OVERSHOOT)) {
        const cell = `[${i % this.width}, ${Math.floor(i / this.width)}]`;
        throw new CaptureError(
          'input',
          `the movie '${this.path}' holds ${value} in frame ${index} at ${cell}, not a concentration in [0, 1]`,
          { hint: 'normalise the movie first' },
        );
      }
      frame[i] = value < 0 ? 0 : 1;
    }
  }
}
