import { lists, numbers, type Batch } from '../../core/batch.js';
import type { RowSource } from '../../core/ports.js';
import type { ColumnSchema } from '../../core/streams.js';
import type { Check, RowContext } from '../check.js';

const isNumeric = ({ type }: ColumnSchema): boolean => type === 'int' || type === 'float';

/** Whether all are finite: infinities and NaN minus themselves are NaN, everything else is 0. */
function allFinite(values: Float64Array, from: number, to: number): boolean {
  let zero = 0;
  for (let i = from; i < to; i++) zero += values[i]! - values[i]!;
  return zero === 0;
}

function checkRows(
  context: RowContext,
  batch: Batch,
  from: number,
  to: number,
  source: RowSource | null,
): void {
  for (const column of batch.stream.columns) {
    const { name, min } = column;
    if (column.type === 'floats') {
      const list = lists(batch, name);
      if (list === null || allFinite(list.values, from * list.width, to * list.width)) continue;
      for (let k = from * list.width; k < to * list.width; k++) {
        if (Number.isFinite(list.values[k])) continue;
        const row = Math.floor(k / list.width);
        context.report(
          'value-not-finite',
          source,
          row,
          `${name}[${k - row * list.width}] is ${list.values[k]}`,
        );
      }
      continue;
    }
    const values = isNumeric(column) ? numbers(batch, name) : null;
    if (values === null) continue;
    if (!allFinite(values, from, to)) {
      for (let i = from; i < to; i++) {
        if (!Number.isFinite(values[i]))
          context.report('value-not-finite', source, i, `${name} is ${values[i]}`);
      }
    }
    if (min === undefined) continue;
    for (let i = from; i < to; i++) {
      if (values[i]! < min) context.report('value-range', source, i, `${name} is ${values[i]}, below ${min}`);
    }
  }
}

/** Numbers are finite and not below what the schema allows. From files the reader has said so already. */
export const values: Check = {
  name: 'values',
  create: (context) =>
    context.source === 'files'
      ? {}
      : {
          steps: ({ batch, from, to, source }) => checkRows(context, batch, from, to, source),
          episode: ({ batch, row, source }) => {
            if (batch !== null) checkRows(context, batch, row, row + 1, source);
          },
        },
};
