import { texts, type Batch } from '../../core/batch.js';

/** The texts of a row, which HDF5 keeps once an episode. */
export interface RowIds {
  readonly schemaVersion: string;
  readonly runId: string;
  readonly episodeId: string;
}

const textAt = (batch: Batch, name: string, row: number): string => {
  const { codes, dictionary } = texts(batch, name)!;
  return dictionary[codes[row]!]!;
};

export const idsOf = (batch: Batch, row: number): RowIds => ({
  schemaVersion: textAt(batch, 'schema_version', row),
  runId: textAt(batch, 'run_id', row),
  episodeId: textAt(batch, 'episode_id', row),
});

export const sameIds = (a: RowIds, b: RowIds): boolean =>
  a.episodeId === b.episodeId && a.runId === b.runId && a.schemaVersion === b.schemaVersion;

/** Row ranges of a batch with the same texts. */
export function* sameTexts({ rows, stream, columns }: Batch): Generator<[from: number, to: number]> {
  const codes = stream.columns
    .filter(({ type }) => type === 'text')
    .map(({ name }) => (columns[name] as { codes: Int32Array }).codes);
  for (let from = 0, to = 0; from < rows; from = to) {
    while (to < rows && codes.every((each) => each[to] === each[from])) to++;
    yield [from, to];
  }
}

/** Names of the columns that are null in a batch, with commas between; empty for none. */
export const nullColumns = ({ stream, columns }: Batch): string =>
  stream.columns
    .filter(({ name }) => (columns[name] ?? null) === null)
    .map(({ name }) => name)
    .join(',');
