import { basename, join } from 'node:path';
import { openJsonlReader } from '../backends/jsonl/read.js';
import { RejectionFiles, type KeptRejections } from '../backends/rejection-files.js';
import type { Batch } from '../core/batch.js';
import { parseEpisodeId } from '../core/ids.js';
import { REJECTED_FOLDER, REJECTED_STEPS_FILE, REJECTIONS_FILE } from '../core/layout.js';
import type { RowObserver } from '../core/ports.js';
import { episodeRanges, sliceRows } from '../core/row-ranges.js';
import type { RunStreams } from '../core/streams.js';
import { readRejections } from '../io/read-rejections.js';
import type { RunDirectory } from '../io/run-directory.js';
import { idAt } from './survey.js';
import type { Target } from './target.js';

/** Takes note of the episodes whose records are kept. */
export class KeptEpisodes implements RowObserver {
  private readonly kept: Uint8Array;

  /** @param episodes that the run is to have */
  constructor(episodes: number) {
    this.kept = new Uint8Array(episodes + 1);
  }

  addSteps(): void {
    // an episode is kept when its record is
  }

  endEpisode(batch: Batch | null, row: number): void {
    const number = batch === null ? null : parseEpisodeId(idAt(batch, row));
    if (number !== null && number < this.kept.length) this.kept[number] = 1;
  }

  has(number: number): boolean {
    return this.kept[number] === 1;
  }
}

/**
 * Writes anew what a run says of those rejected episodes whose records are kept, and their samples. Lines and steps
 * that cannot be read are left out.
 * @param aside folder for the files
 * @returns null for a run that was recorded without rules
 */
export async function copyRejections(
  { path, names }: RunDirectory,
  aside: string,
  { options: { streams, storage } }: Target,
  kept: KeptEpisodes,
): Promise<KeptRejections | null> {
  if (!names.includes(REJECTIONS_FILE)) return null;
  const samples = names.includes(REJECTED_STEPS_FILE);
  const level = storage.jsonl.level;
  const files = await RejectionFiles.open({ directory: aside, streams, level, samples, durable: true });
  try {
    if (samples) await copySamples(path, streams, files, kept);
    for await (const lines of readRejections(path, () => {})) {
      files.add(
        lines.filter(({ number }) => kept.has(number)).map(({ rejection }) => rejection),
        [],
      );
    }
    return { files: files.close(), totals: files.totals };
  } catch (error) {
    files.abort();
    throw error;
  }
}

async function copySamples(
  path: string,
  streams: RunStreams,
  files: RejectionFiles,
  kept: KeptEpisodes,
): Promise<void> {
  const folder = join(path, REJECTED_FOLDER);
  const reader = openJsonlReader(folder, [basename(REJECTED_STEPS_FILE)], streams, { salvage: () => {} });
  let open: string | null = null;
  for await (const { batch } of reader.batches('steps', () => {})) {
    for (const { id, from, to } of episodeRanges(batch)) {
      if (open !== null && id !== open) files.endSample();
      open = id;
      if (kept.has(parseEpisodeId(id) ?? 0)) files.addSample(sliceRows(batch, from, to));
    }
  }
  files.endSample();
}
