import { CaptureError } from '../../core/errors.js';
import type { Field, FieldVariant, GridSize } from './field.js';

const DEFAULT_GRID: GridSize = [128, 128];
/** Cells of the largest field we allocate: 1 GiB of float32. */
const MAX_CELLS = 2 ** 28;

/**
 * Gaussian plume that does not change: exp(-((x - sx)^2 + (y - sy)^2) / (2 sigma^2)) around the source (sx, sy).
 * The exponent is rounded to float32 before the exponential, as numpy does on a float32 grid.
 */
function gaussian(width: number, height: number, sourceX: number, sourceY: number, sigma: number) {
  const data = new Float32Array(width * height);
  const spread = Math.fround(2 * sigma * sigma);
  for (let y = 0; y < height; y++) {
    const dy = y - sourceY;
    for (let x = 0; x < width; x++) {
      const dx = x - sourceX;
      const squared = Math.fround(dx * dx + dy * dy);
      data[y * width + x] = squared === 0 ? 1 : Math.exp(Math.fround(-squared / spread));
    }
  }
  return data;
}

export const staticPlume: FieldVariant = {
  gridSize({ gridSize }) {
    const [width, height] = gridSize ?? DEFAULT_GRID;
    if (width * height > MAX_CELLS) {
      throw new CaptureError('config', `env.grid_size [${width}, ${height}] has more than 2^28 cells`);
    }
    return [width, height];
  },

  create({ sigma }, [width, height], sourceX, sourceY): Field {
    return {
      width,
      height,
      data: gaussian(width, height, sourceX, sourceY, sigma),
      reset() {},
      advance() {},
      pending: () => null,
    };
  },
};
