import type { Backend } from '../backends/backend.js';
import { openRecords } from '../backends/open-records.js';
import { texts, type Batch } from '../core/batch.js';
import { plainJson } from '../core/canonical-json.js';
import type { MissingParts } from '../core/continuity.js';
import { isCutEnd } from '../core/cut-end.js';
import { CaptureError } from '../core/errors.js';
import { parseEpisodeId } from '../core/ids.js';
import { MANIFEST_FILE, RUN_FILE, STREAM_NAMES, unfinishedParquetName } from '../core/layout.js';
import { findParts } from '../core/parts.js';
import type { StreamReader } from '../core/ports.js';
import { readEpisodes, type EpisodeSink } from '../core/read-episodes.js';
import { manifestSchema, type Manifest } from '../core/records.js';
import type { Finding } from '../core/report.js';
import type { RunStreams } from '../core/streams.js';
import { readManifest, type RunDirectory } from '../io/run-directory.js';
import { heldError, runHolder } from '../io/run-lock.js';
import { Stopped, type Difference } from './difference.js';

/** The records of a run that nobody is writing. */
export interface RunRecords {
  directory: RunDirectory;
  streams: RunStreams;
  reader: StreamReader;
  /** Null when there is none, or none of ours. */
  manifest: Manifest | null;
  /** Whether the run has an end: then nothing at all may be missing. */
  finished: boolean;
}

/**
 * @param own a backend of the user's own that recorded the run
 * @param threads to read in beside the caller's own
 * @throws CaptureError `busy` for a run that is being written, `input` for one without records
 */
export async function openRunRecords(
  directory: RunDirectory,
  { own, threads }: { own: Backend | undefined; threads: number },
): Promise<RunRecords> {
  const { path, names, run } = directory;
  const holder = await runHolder(path);
  if (holder !== null && holder.doing !== 'ingesting') throw heldError(path, holder);
  const { backend, streams, reader } = await openRecords(directory, names, own, { threads });
  if (!backend.has(names)) {
    throw new CaptureError('input', `${path} has ${RUN_FILE} and no records`, {
      hint: 'the capture was stopped before the first step, or recorded in a format of your own: --backend ./mine.js',
    });
  }
  for (const stream of STREAM_NAMES) {
    const { missingFirst, missing } = findParts(names, stream, backend.name);
    if (missingFirst !== null && !names.includes(unfinishedParquetName(missingFirst))) {
      throw damaged(path, `${missingFirst} is missing`);
    }
    if (missing.length > 0) throw damaged(path, `part ${missing[0]![0]} of the ${stream} is missing`);
  }
  const json = await readManifest(directory);
  const { data: manifest = null, error } = manifestSchema.safeParse(plainJson(json));
  const foreign = run.schema_version === '0.1';
  if (json !== null && manifest === null && !foreign) {
    const [issue] = error!.issues;
    throw damaged(path, `${MANIFEST_FILE}: ${issue!.path.join('.')}: ${issue!.message}`);
  }
  return { directory, streams, reader, manifest, finished: json !== null || foreign };
}

/** Leads the records of a run, or those of one episode, past a sink until it stops. @returns why it did */
export async function readRun(
  { directory, reader, finished }: RunRecords,
  sink: EpisodeSink,
  { episode, signal, onBatch }: { episode: number | null; signal: AbortSignal; onBatch?: () => void },
): Promise<Difference | null> {
  const { path, names } = directory;
  const end: MissingParts = finished ? 'none' : 'end';
  try {
    await readEpisodes({
      reader,
      missing: { steps: end, episodes: end },
      sink: episode === null ? sink : onlyEpisode(episode, sink),
      add: (found) => judge(found, path, finished, names),
      onBatch: () => {
        signal.throwIfAborted();
        onBatch?.();
        return Promise.resolve();
      },
    });
  } catch (error) {
    if (error instanceof Stopped) return error.difference;
    throw error;
  }
  return null;
}

/** What cannot be read would not be compared, which nobody would see; only a run that was cut off may end anywhere. */
function judge(found: Finding, path: string, finished: boolean, names: readonly string[]): void {
  const { severity, file, line, message } = found;
  if (severity === 'note' || (!finished && isCutEnd(found, names))) return;
  const place = [file, line].filter((part) => part !== null).join(':');
  throw damaged(path, `${place === '' ? '' : `${place}: `}${message}`);
}

export const damaged = (path: string, what: string): CaptureError =>
  new CaptureError('input', `${path} is damaged: ${what}`, {
    hint: `plume-nav-capture validate ${path} says all that is wrong`,
  });

export function episodeIdAt(batch: Batch, row: number): string {
  const { codes, dictionary } = texts(batch, 'episode_id')!;
  return dictionary[codes[row]!]!;
}

/** Hands on what is of one episode, and stops behind it. */
function onlyEpisode(episode: number, sink: EpisodeSink): EpisodeSink {
  let number: number | null = null;
  const enter = (batch: Batch, row: number): boolean => {
    number = parseEpisodeId(episodeIdAt(batch, row));
    if (number !== null && number > episode) throw new Stopped(null);
    return number === episode;
  };
  return {
    async addSteps(batch, from, to, source) {
      if (enter(batch, from)) await sink.addSteps(batch, from, to, source);
    },
    async endEpisode(batch, row, source) {
      if (batch !== null) enter(batch, row);
      if (number !== episode) return;
      await sink.endEpisode(batch, row, source);
      throw new Stopped(null);
    },
    markGap: () => sink.markGap(),
  };
}
