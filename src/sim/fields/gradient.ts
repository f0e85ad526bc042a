import type { Field } from './field.js';

/**
 * Slope of the concentration along x in a cell, a cell: half the difference of its two neighbours. At an edge of the
 * grid the difference between the cell and its one neighbour, as numpy.gradient has it; 0 in a grid one cell wide.
 */
export const slopeX = ({ data, width }: Field, x: number, y: number): number =>
  slope(data, y * width + x, 1, x, width);

/** The same along y, which counts upwards as rows of the field do. */
export const slopeY = ({ data, width, height }: Field, x: number, y: number): number =>
  slope(data, y * width + x, width, y, height);

/** @param stride from a cell to the next one along the axis, which has `size` cells, this one at `index` */
function slope(data: Float32Array, cell: number, stride: number, index: number, size: number): number {
  if (size === 1) return 0;
  const before = index > 0 ? 1 : 0;
  const after = index < size - 1 ? 1 : 0;
  return (data[cell + after * stride]! - data[cell - before * stride]!) / (before + after);
}
