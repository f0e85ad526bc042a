import type { Batch } from '../../core/batch.js';
import { CaptureError } from '../../core/errors.js';
import { parseEpisodeId } from '../../core/ids.js';
import type { StreamName } from '../../core/layout.js';
import type { ReadBatch, StreamReader } from '../../core/ports.js';
import type { Finding } from '../../core/report.js';
import type { RunStreams } from '../../core/streams.js';
import { Fingerprint } from './fingerprint.js';
import { idsOf, sameTexts, type RowIds } from './rows.js';
import type { RunTree } from './tree.js';

type Fingerprints = Readonly<Record<StreamName, Fingerprint>>;

/** What is wrong with records that must be whole ends the reading. */
export function mustRead({ file, message, severity }: Finding): void {
  if (severity === 'note') return;
  throw new CaptureError('io', `${file ?? 'the records'}: ${message}`);
}

const newFingerprints = ({ steps, episodes }: RunStreams): Fingerprints => ({
  steps: new Fingerprint(steps),
  episodes: new Fingerprint(episodes),
});

/** The rows of the episodes stream one by one. */
class EpisodeRows {
  batch: Batch | null = null;
  row = 0;
  private readonly batches: AsyncIterator<ReadBatch>;
  private readonly seen: Fingerprint;

  constructor(reader: StreamReader, seen: Fingerprint) {
    this.batches = reader.batches('episodes', mustRead)[Symbol.asyncIterator]();
    this.seen = seen;
  }

  /** Goes to the next row; `batch` is null behind the last. */
  async advance(): Promise<void> {
    this.row++;
    while (this.batch === null || this.row >= this.batch.rows) {
      const next = await this.batches.next();
      this.row = 0;
      this.batch = next.done === true ? null : next.value.batch;
      if (this.batch === null) return;
      this.seen.add(this.batch);
    }
  }
}

/** Puts all rows of a reader into a tree, an episode's row beside its steps. @returns what was put in */
export async function convert(
  reader: StreamReader,
  streams: RunStreams,
  tree: RunTree,
): Promise<Fingerprints> {
  const seen = newFingerprints(streams);
  const rows = new EpisodeRows(reader, seen.episodes);
  await rows.advance();
  for await (const { batch } of reader.batches('steps', mustRead)) {
    seen.steps.add(batch);
    for (const [from, to] of sameTexts(batch)) {
      const ids = idsOf(batch, from);
      if (!tree.continues(batch, ids)) {
        await endEpisode(tree, rows);
        await passRowsBefore(ids, tree, rows);
        tree.beginSteps(batch, ids);
      }
      tree.addSteps(batch, from, to);
    }
  }
  await endEpisode(tree, rows);
  for (; rows.batch !== null; await rows.advance()) tree.addRow(rows.batch, rows.row);
  tree.finish();
  return seen;
}

async function endEpisode(tree: RunTree, rows: EpisodeRows): Promise<void> {
  tree.endSteps();
  if (rows.batch === null || !tree.awaits(rows.batch, rows.row)) return;
  tree.addRow(rows.batch, rows.row);
  await rows.advance();
}

/** Rows of episodes with a smaller number than the one that begins have no steps. */
async function passRowsBefore({ episodeId }: RowIds, tree: RunTree, rows: EpisodeRows): Promise<void> {
  const number = parseEpisodeId(episodeId);
  for (; rows.batch !== null; await rows.advance()) {
    const next = parseEpisodeId(idsOf(rows.batch, rows.row).episodeId);
    if (number === null || next === null || next >= number) return;
    tree.addRow(rows.batch, rows.row);
  }
}
