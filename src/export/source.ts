import { join } from 'node:path';
import type { Backend } from '../backends/backend.js';
import { openRecords } from '../backends/open-records.js';
import type { Batch } from '../core/batch.js';
import { plainJson } from '../core/canonical-json.js';
import { CaptureError } from '../core/errors.js';
import { parseEpisodeId } from '../core/ids.js';
import { MANIFEST_FILE, RUN_FILE, type StreamName } from '../core/layout.js';
import type { StreamReader } from '../core/ports.js';
import { manifestSchema, type Manifest } from '../core/records.js';
import { recordingOf } from '../core/recording.js';
import type { Recording, RunStreams } from '../core/streams.js';
import { openRun, readManifest, type RunDirectory } from '../io/run-directory.js';
import { heldBy, runHolder } from '../io/run-lock.js';
import { chooseColumns } from './choose-columns.js';
import type { EpisodeChoice } from './choose-episodes.js';
import { judgeFinding, requireParts } from './damage.js';
import { episodeRanges, sliceRows } from '../core/row-ranges.js';

/** The schema of plume_nav_sim's own runs, which have no manifest of ours. */
const FOREIGN_SCHEMA = '0.1';

export interface Counts {
  episodes: number;
  steps: number;
}

/** What a format is given to write: the chosen records of one run, batch after batch. */
export class ExportSource {
  readonly directory: RunDirectory;
  readonly recording: Recording;
  /** The steps stream has the chosen columns only; its batches carry the others too. */
  readonly streams: RunStreams;
  readonly episodes: EpisodeChoice | null;
  /** The columns by name when not all were chosen. */
  readonly columns: readonly string[] | null;
  /** What the user should know of the result. */
  readonly notes = new Set<string>();
  /** Rows handed on so far. */
  readonly counts: Counts = { episodes: 0, steps: 0 };
  /** Called after every batch of steps. */
  onProgress: () => void = () => {};
  signal: AbortSignal | null = null;

  private readonly reader: StreamReader;
  private readonly manifest: Manifest | null;
  private readonly finished: boolean;
  /** Chosen episodes found; kept only where some were chosen. */
  private readonly found = new Set<number>();
  private lastRecorded = 0;

  private constructor(opened: Opened, choice: Choice) {
    this.directory = opened.directory;
    this.recording = opened.recording;
    this.reader = opened.reader;
    this.manifest = opened.manifest;
    this.finished = opened.finished;
    const { steps, episodes } = opened.streams;
    const chosen = choice.columns === null ? steps : chooseColumns(choice.columns, steps);
    this.columns =
      chosen.columns.length === steps.columns.length ? null : chosen.columns.map(({ name }) => name);
    this.streams = { steps: chosen, episodes };
    this.episodes = choice.episodes;
    for (const note of opened.notes) this.notes.add(note);
  }

  /** @throws CaptureError `input` for what is no run, `usage` for a choice the run does not have */
  static async open(path: string, choice: Choice): Promise<ExportSource> {
    const opened = await openSource(path, choice);
    const planned = opened.directory.run.episode_seeds.length;
    const { episodes } = choice;
    if (episodes !== null && planned > 0 && episodes.largest > planned) {
      throw outsideRun(path, episodes.largest, planned);
    }
    return new ExportSource(opened, choice);
  }

  /** Episodes there will be, as far as it is known beforehand. */
  get expectedEpisodes(): number {
    return this.episodes?.count ?? this.directory.run.episode_seeds.length;
  }

  /** The chosen rows of a stream in record order, to be read once; a batch is reused for the next. */
  async *batches(stream: StreamName): AsyncGenerator<Batch> {
    const { path, names } = this.directory;
    const judge = { path, names, finished: this.finished };
    const schema = this.streams[stream];
    const batches = this.reader.batches(stream, (finding) =>
      judgeFinding(finding, judge, (note) => this.notes.add(note)),
    );
    for await (const { batch } of batches) {
      this.signal?.throwIfAborted();
      const narrowed =
        batch.stream.columns.length === schema.columns.length ? batch : { ...batch, stream: schema };
      if (this.episodes === null) yield this.counted(narrowed);
      else if (yield* this.chosen(narrowed, this.episodes)) return;
    }
  }

  /** @throws CaptureError when not everything that was asked for is there */
  requireComplete(): void {
    const { path } = this.directory;
    const missing = this.episodes?.firstMissing(this.found) ?? null;
    if (missing !== null) throw outsideRun(path, missing, this.lastRecorded);
    if (this.episodes !== null || this.manifest === null) return;
    const { counts } = this.manifest;
    if (counts.steps === this.counts.steps && counts.episodes === this.counts.episodes) return;
    const has = `${this.counts.episodes} episodes with ${this.counts.steps} steps`;
    throw this.otherThanStated(has, `${counts.episodes} with ${counts.steps}`);
  }

  private otherThanStated(has: string, says: string): CaptureError {
    const { path } = this.directory;
    return new CaptureError('input', `${path} holds ${has}, its ${MANIFEST_FILE} says ${says}`, {
      hint: `nothing was exported; plume-nav-capture validate ${path} says all that is wrong`,
    });
  }

  private counted(batch: Batch): Batch {
    const { name } = batch.stream;
    this.counts[name] += batch.rows;
    // a little gzip holds more rows than a disk has room for
    const stated = this.manifest?.counts[name] ?? Infinity;
    if (this.counts[name] > stated) throw this.otherThanStated(`more ${name}`, String(stated));
    if (name === 'steps') this.onProgress();
    return batch;
  }

  /** The chosen rows of a batch; returns whether no chosen episode can follow. */
  private *chosen(batch: Batch, choice: EpisodeChoice): Generator<Batch, boolean> {
    let isLast = false;
    // chosen rows not handed on yet: [start, end)
    let start = 0;
    let end = 0;
    for (const { id, from, to } of episodeRanges(batch)) {
      const episode = this.episodeNumber(id);
      isLast = episode > choice.largest;
      if (!choice.has(episode)) continue;
      this.found.add(episode);
      if (from > end) {
        if (end > start) yield this.counted(sliceRows(batch, start, end));
        start = from;
      }
      end = to;
    }
    if (end > start) yield this.counted(sliceRows(batch, start, end));
    return isLast;
  }

  private episodeNumber(id: string): number {
    const episode = parseEpisodeId(id);
    if (episode === null) {
      throw new CaptureError(
        'input',
        `${this.directory.path}: episode '${id}' has no number to choose it by`,
        {
          hint: 'export the whole run, without --episodes',
        },
      );
    }
    this.lastRecorded = Math.max(this.lastRecorded, episode);
    return episode;
  }
}

export interface Choice {
  episodes: EpisodeChoice | null;
  /** As typed; null for all. */
  columns: string | null;
  /** A backend of one's own that recorded the run. */
  own: Backend | undefined;
  /** Threads to read in beside this one. */
  threads: number;
}

interface Opened {
  directory: RunDirectory;
  recording: Recording;
  streams: RunStreams;
  reader: StreamReader;
  /** Null when there is none, or one of plume_nav_sim. */
  manifest: Manifest | null;
  finished: boolean;
  notes: string[];
}

async function openSource(path: string, { own, threads }: Choice): Promise<Opened> {
  const directory = await openRun(path);
  const { backend, streams, reader } = await openRecords(directory, directory.names, own, { threads });
  if (!backend.has(directory.names)) {
    throw new CaptureError('input', `${path} has ${RUN_FILE} and no records`, {
      hint: 'the capture was stopped before the first step, or recorded nothing (record=none)',
    });
  }
  const recording = recordingOf(directory.run);
  const manifestJson = await readManifest(directory);
  const manifest = manifestSchema.safeParse(plainJson(manifestJson)).data ?? null;
  const foreign = directory.run.schema_version === FOREIGN_SCHEMA;
  const finished = manifestJson !== null || foreign;
  const notes: string[] = [];
  const holder = await runHolder(path);
  if (holder !== null && holder.doing !== 'ingesting') {
    notes.push(`the run is held: ${heldBy(holder)}; exported what was there`);
  } else if (!finished) {
    notes.push(`the run is not finished: ${join(path, MANIFEST_FILE)} is missing; exported what was there`);
  }
  if (!finished) requireParts(path, directory.names, backend.name);
  return { directory, recording, streams, reader, manifest, finished, notes };
}

const outsideRun = (path: string, episode: number, last: number): CaptureError =>
  new CaptureError('usage', `--episodes: ${path} has no episode ${episode}`, {
    hint: last === 0 ? 'it has none' : last === 1 ? 'it has episode 1 only' : `it has episodes 1 to ${last}`,
  });
