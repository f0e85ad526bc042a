import type { ListColumn } from '../core/batch.js';
import { firstDifference, type Rows } from '../core/compare-columns.js';
import type { ColumnSchema, StreamSchema } from '../core/streams.js';

/** The first of `count` rows whose values of a column are not the same; −1 when all are. */
export type FirstOther = (schema: ColumnSchema, a: Rows, b: Rows, count: number) => number;

/** Equal to the last bit. */
export const exactly: FirstOther = firstDifference;

/** How far floats may be apart that another program computed: as a share of the larger one, and near 0. */
const SHARE = 1e-6;
const NEAR_ZERO = 1e-9;
/** As it is told. */
export const TOLERANCE = '1e-6';

const isClose = (a: number, b: number): boolean =>
  Math.abs(a - b) <= NEAR_ZERO + SHARE * Math.max(Math.abs(a), Math.abs(b));

/** Equal, or for floats as good as equal. */
export const nearly: FirstOther = (schema, a, b, count) => {
  const first = firstDifference(schema, a, b, count);
  const isFloat = schema.type === 'float' || schema.type === 'floats';
  const x = a.batch.columns[schema.name] ?? null;
  const y = b.batch.columns[schema.name] ?? null;
  if (first < 0 || !isFloat || x === null || y === null) return first;
  const width = schema.type === 'float' ? 1 : (x as ListColumn).width;
  if (schema.type === 'floats' && width !== (y as ListColumn).width) return first;
  const [left, right] = [x, y].map((column) => ('width' in column ? column.values : column)) as [
    Float64Array,
    Float64Array,
  ];
  for (let i = first * width; i < count * width; i++) {
    if (!isClose(left[a.at * width + i]!, right[b.at * width + i]!)) return Math.floor(i / width);
  }
  return -1;
};

/** The columns of a stream that say the same whenever the run is simulated. */
export const steadyColumns = ({ columns }: StreamSchema): ColumnSchema[] =>
  columns.filter(({ volatile }) => volatile !== true);

/** The first place at which `count` rows differ: by row, then in the order of the columns. */
export function firstOther(
  columns: readonly ColumnSchema[],
  same: FirstOther,
  simulated: Rows,
  recorded: Rows,
  count: number,
): { row: number; schema: ColumnSchema } | null {
  let found: { row: number; schema: ColumnSchema } | null = null;
  for (const schema of columns) {
    // only an earlier row matters now
    const row = same(schema, simulated, recorded, found?.row ?? count);
    if (row >= 0) found = { row, schema };
  }
  return found;
}
