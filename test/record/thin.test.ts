import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Batch, Column } from '../../src/core/batch.js';
import { createStepBatch, type StepBatch } from '../../src/core/batch.js';
import { FULL_RECORDING, streamsOf } from '../../src/core/streams.js';
import { thin } from '../../src/record/thin.js';

const WIDTH = 3;
const { steps: STREAM } = streamsOf({
  ...FULL_RECORDING,
  omitted: ['reward'],
  columns: ['orientation', 'velocity'],
});

/** Every value of a row, as one list; each is a different number, so that a mix-up shows. */
function rowsOf({ columns, rows, stream }: Batch): unknown[][] {
  return Array.from({ length: rows }, (_, row) =>
    stream.columns.map(({ name }) => {
      const column = columns[name] as Column | null;
      if (column === null) return null;
      if ('codes' in column) return column.codes[row];
      return 'width' in column ? [...column.values.subarray(row * WIDTH, (row + 1) * WIDTH)] : column[row];
    }),
  );
}

/** Appends steps [from, to) of an episode of `length` steps, as a simulation does. */
function fill(batch: StepBatch, from: number, to: number, length: number): void {
  for (let step = from; step < to; step++) {
    const row = batch.rows++;
    let value = 1000 * step;
    for (const { name } of STREAM.columns) {
      const column = (batch as unknown as Batch).columns[name];
      if (column === null || column === undefined) continue;
      if ('codes' in column) column.codes[row] = value++;
      else if ('width' in column) for (let i = 0; i < WIDTH; i++) column.values[row * WIDTH + i] = value++;
      else column[row] = value++;
    }
    batch.columns.step[row] = step;
    batch.columns.terminated[row] = 0;
    batch.columns.truncated[row] = step === length ? 1 : 0;
  }
}

it('of any episode, however it is cut, keeps the steps 1, 1 + k, … and the last', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 70 }),
      fc.uniqueArray(fc.integer({ min: 2, max: 60 })),
      fc.integer({ min: 0, max: 3 }),
      (length, interval, cuts, before) => {
        const whole = createStepBatch(64, WIDTH, STREAM);
        fill(whole, 100, 100 + before, 1000);
        const thinned = createStepBatch(64, WIDTH, STREAM);
        fill(thinned, 100, 100 + before, 1000);
        fill(whole, 1, length + 1, length);
        const bounds = [1, ...cuts.filter((cut) => cut <= length).sort((a, b) => a - b), length + 1];
        for (let i = 1; i < bounds.length; i++) {
          const from = thinned.rows;
          fill(thinned, bounds[i - 1]!, bounds[i]!, length);
          thin(thinned, from, interval);
        }
        const expected = rowsOf(whole as unknown as Batch).filter((_, row) => {
          const step = row - before + 1;
          return row < before || (step - 1) % interval === 0 || step === length;
        });
        expect(rowsOf(thinned as unknown as Batch)).toEqual(expected);
      },
    ),
  );
});

it.each(['terminated', 'truncated'] as const)('the last step is the %s one', (flag) => {
  const batch = createStepBatch(8, WIDTH, STREAM);
  fill(batch, 1, 6, 1000);
  batch.columns[flag][4] = 1;
  thin(batch, 0, 3);
  expect([...batch.columns.step.subarray(0, batch.rows)]).toEqual([1, 4, 5]);
});

it('of no rows none are left', () => {
  const batch = createStepBatch(8, WIDTH, STREAM);
  fill(batch, 1, 3, 1000);
  thin(batch, 2, 5);
  expect(batch.rows).toBe(2);
});
