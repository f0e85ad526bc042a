import type { MissingParts } from '../core/continuity.js';
import { ContentDigest } from '../core/digest.js';
import type { StreamName } from '../core/layout.js';
import type { ReadBatch, StreamReader } from '../core/ports.js';
import { readEpisodes } from '../core/read-episodes.js';
import type { Finding } from '../core/report.js';
import { episodeIdAt, type RowChecks } from './row-checks.js';

export interface RecordsRead {
  /** Rows read of each file. */
  rowsOf: Map<string, number>;
  /** null when some records could not be read. */
  contentDigest: string | null;
}

export interface RecordsOptions {
  reader: StreamReader;
  /** Of which streams parts are missing, and where. */
  missing: Readonly<Record<StreamName, MissingParts>>;
  checks: RowChecks;
  add: (finding: Finding) => void;
  /** Whether the manifest says that records of an episode are missing. */
  hasGap: (id: string) => boolean;
  /** Whether the steps of an episode were left out, since it was rejected. */
  leftOut: (id: string) => boolean;
  /** Sees every batch of both streams, and whether rows before or in it were left out. */
  onBatch: (stream: StreamName, read: ReadBatch, broken: boolean) => Promise<void>;
}

/** Leads both streams past the checks. */
export async function readRecords(options: RecordsOptions): Promise<RecordsRead> {
  const { checks, onBatch, hasGap, leftOut } = options;
  const rowsOf = new Map<string, number>();
  const digest = new ContentDigest(checks.streams);
  const broken = await readEpisodes({
    ...options,
    sink: {
      addSteps(batch, from, to, source) {
        if (hasGap(episodeIdAt(batch, from))) checks.markGap();
        if (leftOut(episodeIdAt(batch, from))) checks.markLeftOut();
        checks.addSteps(batch, from, to, source);
        digest.addSteps(batch, from, to);
      },
      endEpisode(batch, row, source) {
        if (batch !== null && hasGap(episodeIdAt(batch, row))) checks.markGap();
        if (batch !== null && leftOut(episodeIdAt(batch, row))) checks.markLeftOut();
        checks.endEpisode(batch, row, source);
        digest.endEpisode(batch, row);
      },
      markGap: () => checks.markGap(),
    },
    async onBatch(stream, read, left) {
      const { file } = read.source;
      rowsOf.set(file, (rowsOf.get(file) ?? 0) + read.batch.rows);
      await onBatch(stream, read, left);
    },
  });
  checks.finish(broken);
  return { rowsOf, contentDigest: broken ? null : digest.finish() };
}
