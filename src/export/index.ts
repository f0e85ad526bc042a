import { basename, resolve } from 'node:path';
import type { Backend } from '../backends/backend.js';
import { CaptureError } from '../core/errors.js';
import type { RunMetadata } from '../core/records.js';
import { parseEpisodes } from './choose-episodes.js';
import { requireColumns } from './choose-columns.js';
import { chooseCompression } from './compression.js';
import { FORMAT_NAMES, formatOfName, KNOWN_ENDINGS, type FormatName } from './format-names.js';
import { FORMATS } from './formats/index.js';
import type { MadeFile } from './formats/format.js';
import { makeAside } from './place.js';
import { ExportSource, type Counts } from './source.js';
import { requireFree, targetOf, type Target } from './target.js';

export interface ExportRequest {
  runDir: string;
  /** A file, or for minari a folder; formats with a file a stream put the episodes beside it. */
  out: string;
  /** Null: as the ending of `out` says. */
  format: FormatName | null;
  compression: string | null;
  level: string | null;
  /** `1,5,12-18`; null for all. */
  episodes: string | null;
  /** Flat names of columns of the steps, with commas between; null for all. */
  columns: string | null;
  /** Whether what lies at `out` is replaced. */
  force: boolean;
  /** A backend of one's own that recorded the run. */
  own?: Backend | undefined;
}

export interface ExportPorts {
  /** How many actions the environment of a run has; null when its metadata does not say. */
  actionCount(run: RunMetadata): number | null;
  onProgress?(done: Counts, expectedEpisodes: number): void;
  signal?: AbortSignal;
  /** Threads to read in beside the caller's own; none without it. */
  threads?: number;
}

export interface ExportedFile {
  path: string;
  bytes: number;
  sha256: string;
  /** Null for a file without records. */
  rows: number | null;
}

export interface ExportResult {
  runId: string;
  format: FormatName;
  compression: string;
  level: number | null;
  /** The choice, null for all. */
  episodes: string | null;
  columns: readonly string[] | null;
  counts: Counts;
  files: ExportedFile[];
  /** What the user should know of it, a line each. */
  notes: string[];
}

/**
 * Writes the records of a run, whatever backend recorded them, as another format; a batch is in memory at a time. The
 * run is only read; at `out` there is the whole export or nothing new.
 *
 * @throws CaptureError `usage` for what the format or the run does not have, `input` for a run that cannot be read or
 * a target that is taken, `io`; DOMException `AbortError` when the signal says so
 */
export async function exportRun(request: ExportRequest, ports: ExportPorts): Promise<ExportResult> {
  const { runDir, out } = request;
  const formatName = request.format ?? formatFromName(out);
  const format = await FORMATS[formatName]();
  const name = basename(resolve(out));
  const usual = format.usualCompression(name);
  const compression = chooseCompression(formatName, format.compressions, usual, request);
  const episodes = request.episodes === null ? null : parseEpisodes(request.episodes);
  const { columns, own } = request;
  const source = await ExportSource.open(runDir, { episodes, columns, own, threads: ports.threads ?? 0 });
  requireColumns(formatName, format.needs, source.streams.steps);
  const job = { source, name, compression, actionCount: ports.actionCount(source.directory.run) };
  format.check?.(job);
  const target = targetOf(out, format.target);
  await requireFree(target, runDir, request.force);

  source.signal = ports.signal ?? null;
  source.onProgress = () => ports.onProgress?.(source.counts, source.expectedEpisodes);
  const files = await makeAside(target, async (folder) => {
    const made = await format.write({ ...job, folder });
    source.requireComplete();
    return made;
  });
  return {
    runId: source.directory.run.run_id,
    format: formatName,
    compression: compression.name ?? usual,
    level: compression.level,
    episodes: episodes?.text ?? null,
    columns: source.columns,
    counts: source.counts,
    files: files.map((file) => exportedFile(file, target)),
    notes: [...source.notes],
  };
}

function formatFromName(out: string): FormatName {
  const format = formatOfName(out);
  if (format !== null) return format;
  throw new CaptureError('usage', `--out ${out} does not say which format it is to be`, {
    hint: `give --format ${FORMAT_NAMES.join('|')}, or a name that ends in ${KNOWN_ENDINGS.join(' ')}`,
  });
}

function exportedFile(
  { path, stream, bytes, sha256, rows }: MadeFile,
  { paths, kind }: Target,
): ExportedFile {
  const place = kind === 'folder' ? `${paths.steps.replace(/\/+$/, '')}/${path}` : paths[stream ?? 'steps'];
  return { path: place, bytes, sha256, rows };
}
