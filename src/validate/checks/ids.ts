import { texts, type Batch } from '../../core/batch.js';
import { shown } from '../../core/findings.js';
import type { RowSource } from '../../core/ports.js';
import type { Check, RowContext } from '../check.js';

/** Columns that say the same in every record: text they must be, and the code to report. */
const COLUMNS = [
  ['run_id', 'run-id'],
  ['schema_version', 'schema-version'],
] as const;

function compare(
  context: RowContext,
  batch: Batch,
  from: number,
  to: number,
  source: RowSource | null,
): void {
  for (const [name, code] of COLUMNS) {
    const column = texts(batch, name);
    if (column === null) continue;
    const expected = context.run[name];
    const { codes, dictionary } = column;
    // Equal text has one code, so one number is compared a row.
    let good = -1;
    for (let i = from; i < to; i++) {
      if (codes[i] === good) continue;
      const text = dictionary[codes[i]!]!;
      if (text === expected) good = codes[i]!;
      else context.report(code, source, i, `${name} is ${shown(text)}, run.json says ${shown(expected)}`);
    }
  }
}

/** run_id and schema_version are alike in run.json and in every record. */
export const ids: Check = {
  name: 'ids',
  create: (context) => ({
    steps: ({ batch, from, to, source }) => compare(context, batch, from, to, source),
    episode: ({ batch, row, source }) => {
      if (batch !== null) compare(context, batch, row, row + 1, source);
    },
  }),
};
