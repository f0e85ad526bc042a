import type { OpenRecords } from '../backends/open-records.js';
import { numbers, texts, type Batch } from '../core/batch.js';
import { ContentDigest } from '../core/digest.js';
import type { StreamReader } from '../core/ports.js';
import { requireStillValid } from './still-valid.js';

/** What one pass over the records of a run tells that no manifest does. */
export interface Survey {
  contentDigest: string;
  /** Seconds since the epoch of the last step; null without steps. */
  lastTs: number | null;
  /** Number of records by file. */
  rows: ReadonlyMap<string, number>;
  /** Steps of a last episode without a record. */
  openEnd: boolean;
}

/** Reads both streams side by side: the steps of an episode, then its record. The run has been validated. */
export async function surveyRun({ reader, streams }: OpenRecords): Promise<Survey> {
  const digest = new ContentDigest(streams);
  const rows = new Map<string, number>();
  const episodes = eachEpisode(reader, rows);
  let record = await episodes.next();
  let lastTs: number | null = null;
  let current: string | null = null;
  let openEnd = false;

  const endEpisode = async (): Promise<void> => {
    if (current === null) return;
    openEnd = record.done === true || record.value.id !== current;
    if (record.done === true || openEnd) return digest.endEpisode(null, 0);
    digest.endEpisode(record.value.batch, record.value.row);
    record = await episodes.next();
  };

  for await (const { batch, source } of reader.batches('steps', requireStillValid)) {
    rows.set(source.file, (rows.get(source.file) ?? 0) + batch.rows);
    for (let from = 0; from < batch.rows;) {
      const [id, to] = sameEpisode(batch, from);
      if (id !== current) {
        await endEpisode();
        current = id;
      }
      digest.addSteps(batch, from, to);
      from = to;
    }
    if (batch.rows > 0) lastTs = numbers(batch, 'ts')?.[batch.rows - 1] ?? lastTs;
  }
  await endEpisode();
  return { contentDigest: digest.finish(), lastTs, rows, openEnd };
}

/** The episode of row `from`, and the row after the last that follows in it. */
function sameEpisode(batch: Batch, from: number): [id: string, to: number] {
  const { codes, dictionary } = texts(batch, 'episode_id')!;
  const id = dictionary[codes[from]!]!;
  let to = from + 1;
  while (to < batch.rows && dictionary[codes[to]!] === id) to++;
  return [id, to];
}

interface EpisodeRow {
  id: string;
  batch: Batch;
  row: number;
}

/** Rows of the episodes stream, one at a time: the reader uses its batch again only after the last of them. */
async function* eachEpisode(
  reader: StreamReader,
  rows: Map<string, number>,
): AsyncGenerator<EpisodeRow, void> {
  for await (const { batch, source } of reader.batches('episodes', requireStillValid)) {
    rows.set(source.file, (rows.get(source.file) ?? 0) + batch.rows);
    const { codes, dictionary } = texts(batch, 'episode_id')!;
    for (let row = 0; row < batch.rows; row++) yield { id: dictionary[codes[row]!]!, batch, row };
  }
}
