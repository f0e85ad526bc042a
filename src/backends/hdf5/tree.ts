import type { Batch } from '../../core/batch.js';
import type { StreamName } from '../../core/layout.js';
import type { RunStreams } from '../../core/streams.js';
import type { RunFacts } from '../backend.js';
import type { Values } from './element.js';
import {
  EPISODE_ID_ATTRIBUTE,
  nullsAttribute,
  RUN_ID_ATTRIBUTE,
  SCHEMA_VERSION_ATTRIBUTE,
  VERSION_ATTRIBUTE,
} from './layout.js';
import { LinkNames } from './names.js';
import { idsOf, nullColumns, sameIds, type RowIds } from './rows.js';
import { StepsBuffer } from './steps-buffer.js';
import type { Hdf5FileWriter } from './write-file.js';

interface RunGroup {
  readonly path: string;
  readonly schemaVersion: string;
  readonly runId: string;
  readonly episodes: LinkNames;
  /** Null columns of each stream, not known before its first row. */
  readonly nulls: Partial<Record<StreamName, string>>;
}
interface EpisodeGroup {
  readonly path: string;
  readonly run: RunGroup;
  readonly ids: RowIds;
  /** Rows of its datasets. */
  written: number;
  hasRow: boolean;
}

/**
 * The tree `/<run_id>/<episode_id>/<column>`. Groups keep the order of the records: where a text that is one for
 * the whole group changes, a new group begins, and an id that comes again gets a name of its own.
 */
export class RunTree {
  private readonly file: Hdf5FileWriter;
  private readonly facts: RunFacts;
  private readonly streams: RunStreams;
  private readonly runs = new LinkNames();
  private readonly buffer: StepsBuffer;
  private run: RunGroup | null = null;
  private episode: EpisodeGroup | null = null;
  private shape = '';

  constructor(file: Hdf5FileWriter, facts: RunFacts, streams: RunStreams) {
    this.file = file;
    this.facts = facts;
    this.streams = streams;
    this.buffer = new StepsBuffer(streams.steps);
  }

  /** Adds rows [from, to) of a steps batch, all with the same texts. */
  addSteps(batch: Batch, from: number, to: number): void {
    for (let at = from; at < to;) {
      if (this.buffer.room === 0) this.spill(true);
      const end = Math.min(to, at + this.buffer.room);
      this.buffer.append(batch, at, end);
      at = end;
    }
  }

  /** Whether a row of steps goes on with the episode at hand. */
  continues(batch: Batch, ids: RowIds): boolean {
    return (
      this.episode !== null &&
      !this.episode.hasRow &&
      sameIds(this.episode.ids, ids) &&
      this.shape === shapeOf(batch)
    );
  }

  beginSteps(batch: Batch, ids: RowIds): void {
    this.shape = shapeOf(batch);
    this.begin(ids, 'steps', nullColumns(batch));
    this.buffer.begin(batch);
  }

  /** Puts the steps of the episode at hand into the file; it may still get its row. */
  endSteps(): void {
    if (this.episode !== null) this.spill(false);
  }

  /** Whether a row of episodes belongs to the episode at hand. */
  awaits(batch: Batch, row: number): boolean {
    const { episode } = this;
    if (episode === null || episode.hasRow || !sameIds(episode.ids, idsOf(batch, row))) return false;
    return (episode.run.nulls.episodes ?? nullColumns(batch)) === nullColumns(batch);
  }

  /** Adds a row of episodes, to the episode at hand if it is its own, else to one without steps. */
  addRow(batch: Batch, row: number): void {
    if (!this.awaits(batch, row)) this.begin(idsOf(batch, row), 'episodes', nullColumns(batch));
    const { path, run } = this.episode!;
    this.stateNulls(run, 'episodes', nullColumns(batch));
    for (const schema of this.streams.episodes.columns) {
      const column = batch.columns[schema.name] ?? null;
      if (schema.type === 'text' || column === null) continue;
      this.file.attribute(path, schema, (column as Float64Array).subarray(row, row + 1));
    }
    this.episode!.hasRow = true;
  }

  /** A run without records is a group too. */
  finish(): void {
    this.endSteps();
    this.run ??= this.beginRun(this.facts.schema_version, this.facts.run_id);
  }

  private begin(ids: RowIds, stream: StreamName, nulls: string): void {
    const { run } = this;
    const same =
      run !== null &&
      run.schemaVersion === ids.schemaVersion &&
      run.runId === ids.runId &&
      (run.nulls[stream] ?? nulls) === nulls;
    this.run = same ? run : this.beginRun(ids.schemaVersion, ids.runId);
    this.stateNulls(this.run, stream, nulls);
    const path = `${this.run.path}/${this.run.episodes.next(ids.episodeId)}`;
    this.file.group(path, false);
    this.file.text(path, EPISODE_ID_ATTRIBUTE, ids.episodeId);
    this.episode = { path, run: this.run, ids, written: 0, hasRow: false };
  }

  private beginRun(schemaVersion: string, runId: string): RunGroup {
    const path = `/${this.runs.next(runId)}`;
    const { experiment, config_hash, start_time, config, selection = null } = this.facts;
    const attributes = {
      [SCHEMA_VERSION_ATTRIBUTE]: schemaVersion,
      [RUN_ID_ATTRIBUTE]: runId,
      experiment,
      config_hash,
      start_time,
      config,
      selection,
    };
    this.file.group(path, true);
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== null) this.file.text(path, name, value);
    }
    this.file.fixedText(path, VERSION_ATTRIBUTE, JSON.stringify(schemaVersion));
    return { path, schemaVersion, runId, episodes: new LinkNames(), nulls: {} };
  }

  private stateNulls(run: RunGroup, stream: StreamName, nulls: string): void {
    if (run.nulls[stream] !== undefined) return;
    run.nulls[stream] = nulls;
    if (nulls !== '') this.file.fixedText(run.path, nullsAttribute(stream), nulls);
  }

  /** Writes the rows gathered. @param more whether the episode may have further ones */
  private spill(more: boolean): void {
    const { buffer } = this;
    const { path, written } = this.episode!;
    if (buffer.rows === 0) return;
    for (const [schema, column] of buffer.entries()) this.put(`${path}/${schema.name}`, schema, column, more);
    this.episode!.written = written + buffer.rows;
    buffer.rows = 0;
  }

  private put(
    path: string,
    schema: RunStreams['steps']['columns'][number],
    column: Values,
    more: boolean,
  ): void {
    const { written } = this.episode!;
    if (written === 0) this.file.dataset(path, schema, column, this.buffer.rows, more);
    else this.file.extend(path, schema, column, written, this.buffer.rows);
  }
}

/** What rows of one group have in common beside their texts: which columns are null, how wide lists are. */
function shapeOf(batch: Batch): string {
  const widths = Object.values(batch.columns).map((column) =>
    column !== null && 'width' in column ? column.width : '',
  );
  return `${nullColumns(batch)};${widths.join(',')}`;
}
