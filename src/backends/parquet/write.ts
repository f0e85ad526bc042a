import type { Batch } from '../../core/batch.js';
import { parquetPartName, parseStreamFile, STREAM_NAMES, type StreamName } from '../../core/layout.js';
import type { Clock, RunWriter, WrittenFile } from '../../core/ports.js';
import { syncDirectory } from '../../io/atomic.js';
import { systemClock } from '../../io/clock.js';
import { ioError } from '../../io/io-error.js';
import { softwareVersions } from '../../io/package-info.js';
import type { WriterOptions } from '../backend.js';
import { CODEC_IDS, compressor } from './encode/compress.js';
import { Distinct } from './encode/distinct.js';
import { HybridEncoder } from './encode/hybrid.js';
import { PartFile } from './encode/part-file.js';
import { RowGroup } from './encode/row-group.js';

/** The parts of one stream, one after the other. */
class StreamParts {
  readonly published: WrittenFile[];
  private readonly options: WriterOptions;
  private readonly name: StreamName;
  private readonly group: RowGroup;
  private readonly facts: Parameters<PartFile['seal']>[0];
  /** Null until the part has a row, except for the first. */
  private part: PartFile | null = null;

  constructor(
    options: WriterOptions,
    name: StreamName,
    group: RowGroup,
    facts: Parameters<PartFile['seal']>[0],
  ) {
    this.options = options;
    this.name = name;
    this.group = group;
    this.facts = facts;
    this.published = (options.continues ?? []).filter(({ path }) => parseStreamFile(path)?.stream === name);
  }

  get hasRows(): boolean {
    return this.part !== null && this.part.rows > 0;
  }

  async open(): Promise<PartFile> {
    const name = parquetPartName(this.name, this.published.length);
    this.part = await PartFile.create(this.options.directory, name, this.group);
    return this.part;
  }

  async write(batch: Batch): Promise<void> {
    await (this.part ?? (await this.open())).write(batch);
  }

  async seal(): Promise<void> {
    await this.part?.seal(this.facts);
  }

  async publish(): Promise<void> {
    if (this.part === null) return;
    this.published.push(await this.part.publish());
    this.part = null;
  }

  async abort(): Promise<void> {
    await this.part?.abort();
  }
}

/**
 * A run as Parquet: a file a stream, or, when files may depend on time, parts of `part_seconds` or up to a flush, of
 * both streams at the same moments. Parts that are closed are whole files, so a process that is killed loses the rows
 * of the last part and no others. Memory holds a row group a stream. The same rows give the same bytes.
 *
 * Parts do not end by size: 30 seconds at a million steps a second are some 200 MB.
 */
class ParquetWriter implements RunWriter {
  readonly keepsTime = true;
  private readonly directory: string;
  /** The steps first: an episode's row comes after its steps, also on disk. */
  private readonly streams: Readonly<Record<StreamName, StreamParts>>;
  /** Milliseconds; null when parts do not depend on time. */
  private readonly partMs: number | null;
  private readonly clock: Clock;
  /** When the first row after the last cut came, on the monotonic clock. */
  private since: number | null = null;

  private constructor(
    directory: string,
    streams: Record<StreamName, StreamParts>,
    partMs: number | null,
    clock: Clock,
  ) {
    this.directory = directory;
    this.streams = streams;
    this.partMs = partMs;
    this.clock = clock;
  }

  static async open(options: WriterOptions, clock: Clock): Promise<ParquetWriter> {
    const { streams, storage, run } = options;
    const codec = storage.parquet.compression;
    const compress = await compressor(codec);
    const workspace = { distinct: new Distinct(), hybrid: new HybridEncoder() };
    const { schema_version, config_hash, experiment, run_id, selection = null } = run;
    const metadata = Object.entries({ schema_version, config_hash, experiment, run_id, selection }).flatMap(
      ([key, value]): [string, string][] => (value === null ? [] : [[key, value]]),
    );
    const { name, version } = softwareVersions();
    const partsOf = (stream: StreamName): StreamParts => {
      const group = new RowGroup(streams[stream], compress, CODEC_IDS[codec], workspace);
      const facts = { stream: streams[stream], metadata, createdBy: `${name} version ${version}` };
      return new StreamParts(options, stream, group, facts);
    };
    const parts = { steps: partsOf('steps'), episodes: partsOf('episodes') };
    const partMs = storage.timed ? storage.parquet.part_seconds * 1000 : null;
    const writer = new ParquetWriter(options.directory, parts, partMs, clock);
    try {
      // a run has a file of each stream, rows or not
      for (const stream of STREAM_NAMES) if (parts[stream].published.length === 0) await parts[stream].open();
    } catch (error) {
      await writer.abort();
      throw error;
    }
    return writer;
  }

  async write(batch: Batch): Promise<void> {
    if (batch.rows === 0) return;
    // before steps and never behind them, so that a part has the records of the episodes that end in it
    if (batch.stream.name === 'steps' && this.isOld()) await this.flush();
    this.since ??= this.clock.monotonic();
    await this.streams[batch.stream.name].write(batch);
  }

  /** Closes the parts; before, their rows wait in memory and in files without an end. */
  async flush(): Promise<void> {
    if (this.since === null || this.partMs === null) return;
    this.since = null;
    await this.end(STREAM_NAMES.map((stream) => this.streams[stream]).filter(({ hasRows }) => hasRows));
  }

  async close(): Promise<WrittenFile[]> {
    const parts = STREAM_NAMES.map((stream) => this.streams[stream]);
    await this.end(parts);
    return parts.flatMap(({ published }) => published);
  }

  async abort(): Promise<void> {
    for (const stream of STREAM_NAMES) await this.streams[stream].abort();
  }

  private isOld(): boolean {
    if (this.since === null || this.partMs === null) return false;
    return this.clock.monotonic() - this.since >= this.partMs;
  }

  /** Ends parts; they get their names one right after the other, so that a kill hardly ever comes between. */
  private async end(parts: readonly StreamParts[]): Promise<void> {
    for (const part of parts) await part.seal();
    for (const part of parts) await part.publish();
    await syncDirectory(this.directory).catch((error: unknown) => {
      throw ioError(`cannot write ${this.directory}`, error);
    });
  }
}

/** @param clock when parts end */
export const openParquetWriter = (options: WriterOptions, clock: Clock = systemClock): Promise<RunWriter> =>
  ParquetWriter.open(options, clock);
