import type { RunStreams } from '../../core/streams.js';
import type { StreamName } from '../../core/layout.js';
import type { Values } from './element.js';
import { ColumnError } from './errors.js';
import type { FillingBatch } from './fill.js';
import { nullsAttribute, VERSION_ATTRIBUTE } from './layout.js';
import { textOfLink } from './names.js';
import type { Extent, Hdf5FileReader } from './read-file.js';
import type { RowIds } from './rows.js';

/** Whose file it is: what we have just written ourselves has the sizes we gave it. */
export type Origin = 'ours' | 'anybody';

/** One run's group, as far as one stream is concerned. */
interface RunPlace {
  readonly path: string;
  readonly schemaVersion: string;
  readonly runId: string;
  readonly nulls: ReadonlySet<string>;
}

/** Walks the episodes of a file in their order and fills batches; gives control back whenever one is full. */
export class Walk {
  private readonly file: Hdf5FileReader;
  private readonly streams: RunStreams;
  private readonly filling: FillingBatch;
  private readonly origin: Origin;
  /** Attributes of which one was as it must be. */
  private readonly known = new Set<string>();

  constructor(file: Hdf5FileReader, streams: RunStreams, filling: FillingBatch, origin: Origin) {
    this.file = file;
    this.streams = streams;
    this.filling = filling;
    this.origin = origin;
  }

  *rows(stream: StreamName): Generator<void> {
    for (const name of this.file.names('/')) {
      // what is null is the same in all of a run's group
      if (this.filling.rows > 0) yield;
      const run = this.runAt(name, stream);
      for (const episode of this.file.names(run.path)) {
        const ids = { schemaVersion: run.schemaVersion, runId: run.runId, episodeId: textOfLink(episode) };
        const path = `${run.path}/${episode}`;
        if (stream === 'steps') yield* this.steps(path, run, ids);
        else yield* this.episode(path, run, ids);
      }
    }
    if (this.filling.rows > 0) yield;
  }

  private runAt(name: string, stream: StreamName): RunPlace {
    const path = `/${name}`;
    const attributes = this.file.attributeNames(path);
    if (!attributes.includes(VERSION_ATTRIBUTE)) {
      throw new ColumnError(`group ${path} has no ${VERSION_ATTRIBUTE}`);
    }
    const stated = nullsAttribute(stream);
    const nulls = new Set(attributes.includes(stated) ? this.file.fixedText(path, stated).split(',') : []);
    for (const { name: column, nullable } of this.streams[stream].columns) {
      if (nulls.has(column) && nullable !== true)
        throw new ColumnError(`column ${column} is null in ${path}`);
    }
    const schemaVersion = JSON.parse(this.file.fixedText(path, VERSION_ATTRIBUTE)) as unknown;
    if (typeof schemaVersion !== 'string')
      throw new ColumnError(`${VERSION_ATTRIBUTE} of ${path} is not a text`);
    return { path, schemaVersion, runId: textOfLink(name), nulls };
  }

  private *steps(path: string, run: RunPlace, ids: RowIds): Generator<void> {
    const { file, filling } = this;
    const extents = this.extents(path, run);
    if (extents === null) return;
    const { rows, width } = extents;
    for (let from = 0; from < rows;) {
      // most episodes are read in one piece
      const cut = rows - from > filling.room && rows - from <= filling.room + filling.rows;
      if (filling.rows > 0 && (filling.room === 0 || cut || !filling.takes(width))) yield;
      if (filling.rows === 0) filling.shape(run.nulls, width);
      const count = Math.min(filling.room, rows - from);
      for (const schema of this.streams.steps.columns) {
        if (schema.type === 'text' || run.nulls.has(schema.name)) continue;
        const column = filling.batch.columns[schema.name] as Values;
        const extent = { rows, width: schema.type === 'floats' ? width : null };
        file.read(`${path}/${schema.name}`, schema, extent, from, count, column, filling.rows);
      }
      filling.setTexts(ids, count);
      filling.batch.rows += count;
      from += count;
    }
  }

  /** What the datasets of an episode have in common; null when it has none. */
  private extents(path: string, { nulls }: RunPlace): Extent | null {
    const columns = this.streams.steps.columns.filter(
      ({ name, type }) => type !== 'text' && !nulls.has(name),
    );
    const names = new Set(this.file.names(path));
    if (!columns.some(({ name }) => names.has(name))) return null;
    let rows: number | null = null;
    let width: number | null = null;
    for (const schema of columns) {
      if (!names.has(schema.name)) throw new ColumnError(`column ${schema.name} is missing in ${path}`);
      if (this.origin === 'ours' && rows !== null && schema.type !== 'floats') continue;
      const extent = this.file.extent(`${path}/${schema.name}`, schema);
      rows ??= extent.rows;
      width ??= extent.width;
      if (extent.rows !== rows)
        throw new ColumnError(`the columns of ${path} have different numbers of rows`);
    }
    return { rows: rows!, width };
  }

  private *episode(path: string, run: RunPlace, ids: RowIds): Generator<void> {
    const { file, filling } = this;
    const attributes = new Set(file.attributeNames(path));
    const columns = this.streams.episodes.columns.filter(
      ({ name, type }) => type !== 'text' && !run.nulls.has(name),
    );
    if (!columns.some(({ name }) => attributes.has(name))) return;
    if (filling.room === 0) yield;
    if (filling.rows === 0) filling.shape(run.nulls, null);
    for (const schema of columns) {
      if (!attributes.has(schema.name))
        throw new ColumnError(`attribute ${schema.name} is missing in ${path}`);
      // of our own file: the first episode's stands for all
      if (this.origin === 'anybody' || !this.known.has(schema.name)) {
        file.requireNumber(path, schema);
        this.known.add(schema.name);
      }
      file.number(path, schema, filling.batch.columns[schema.name] as Float64Array, filling.rows);
    }
    filling.setTexts(ids, 1);
    filling.batch.rows++;
  }
}
