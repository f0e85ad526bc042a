import type { Batch, ListColumn } from '../../../core/batch.js';
import type { ColumnSchema, StreamSchema } from '../../../core/streams.js';
import { writeThrift, type ThriftStruct } from '../thrift.js';
import { ENCODING, type ColumnBuffer, type EncodedColumn, type Workspace } from './column.js';
import type { Compress } from './compress.js';
import { FlagBuffer } from './flags.js';
import { PHYSICAL, pathOf } from './footer.js';
import { ListBuffer } from './lists.js';
import { float64Bytes, int64Bytes, NumberBuffer } from './numbers.js';
import { TextBuffer } from './texts.js';
import { binary, i16, i32, i32s, i64, nested, struct, structs, texts } from './thrift-fields.js';

const MAX_ROWS = 1 << 16;
/** Of one list column. */
const MAX_LIST_VALUES = 1 << 20;
/** Ids are far shorter; longer texts must not end up in memory. */
const MAX_CHARACTERS = 1 << 23;

const DATA_PAGE = 0;
const DICTIONARY_PAGE = 2;

/** A row group as it goes to the file. */
interface EncodedGroup {
  readonly pages: Uint8Array;
  /** Its entry in the footer. */
  readonly entry: Uint8Array;
  readonly rows: number;
}

function bufferOf({ type, ...schema }: ColumnSchema): ColumnBuffer {
  const nullable = schema.nullable === true;
  switch (type) {
    case 'int':
      return new NumberBuffer(int64Bytes, nullable);
    case 'float':
      return new NumberBuffer(float64Bytes, nullable);
    case 'bool':
      return new FlagBuffer(MAX_ROWS, nullable);
    case 'text':
      return new TextBuffer(MAX_ROWS, nullable);
    case 'floats':
      return new ListBuffer(nullable);
  }
}

/**
 * Rows of a stream on their way into a row group. Where groups end depends on the rows alone, not on the batches
 * they came in, as long as texts are short.
 */
export class RowGroup {
  rows = 0;
  private readonly columns: readonly { readonly schema: ColumnSchema; readonly buffer: ColumnBuffer }[];
  private readonly compress: Compress;
  private readonly codecId: number;
  private readonly workspace: Workspace;

  constructor(stream: StreamSchema, compress: Compress, codecId: number, workspace: Workspace) {
    this.columns = stream.columns.map((schema) => ({ schema, buffer: bufferOf(schema) }));
    this.compress = compress;
    this.codecId = codecId;
    this.workspace = workspace;
  }

  /** Takes as many rows from `from` on as there is room for; gives how many, 0 when the group is full. */
  take(batch: Batch, from: number): number {
    const rows = Math.min(batch.rows - from, this.room(batch));
    if (rows === 0) return 0;
    for (const { schema, buffer } of this.columns) {
      const column = batch.columns[schema.name] ?? null;
      if (column === null && schema.nullable !== true)
        throw new Error(`column ${schema.name} cannot be null`);
      buffer.append(column, from, from + rows);
    }
    this.rows += rows;
    return rows;
  }

  /** The rows held as a row group at a position of the file; none are held behind it. */
  async encode(position: number, ordinal: number): Promise<EncodedGroup> {
    const { columns, workspace, codecId, rows } = this;
    const encoded = columns.map(({ schema, buffer }) => ({ schema, column: buffer.encode(workspace) }));
    const compressed = await Promise.all(
      encoded.map(async ({ schema, column }) => ({ schema, column, pages: await this.pagesOf(column) })),
    );
    let at = position;
    let plainBytes = 0;
    const chunks = compressed.map(({ schema, column, pages }) => {
      const start = at;
      at += pages.dictionary.length + pages.data.length;
      plainBytes += pages.plainBytes;
      return chunk(schema, codecId, column, pages, start);
    });
    const entry = struct(
      structs(1, chunks),
      i64(2, plainBytes),
      i64(3, rows),
      i64(5, position),
      i64(6, at - position),
      // 16 bits; files with more row groups go without
      ordinal < 0x8000 ? i16(7, ordinal) : null,
    );
    const pages = Buffer.concat(compressed.flatMap(({ pages: { dictionary, data } }) => [dictionary, data]));
    for (const { buffer } of columns) buffer.clear();
    this.rows = 0;
    return { pages, entry: writeThrift(entry), rows };
  }

  private room(batch: Batch): number {
    let room = MAX_ROWS - this.rows;
    for (const { schema, buffer } of this.columns) {
      if (buffer instanceof TextBuffer && buffer.characters > MAX_CHARACTERS) return 0;
      if (!(buffer instanceof ListBuffer)) continue;
      const width = (batch.columns[schema.name] as ListColumn | null)?.width ?? 0;
      if (width === 0) continue;
      const fitting = Math.floor((MAX_LIST_VALUES - buffer.length) / width);
      room = Math.min(room, this.rows === 0 ? Math.max(1, fitting) : fitting);
    }
    return room;
  }

  private async pagesOf({ dictionary, page, encoding, count }: EncodedColumn): Promise<Pages> {
    const data = await this.page(page, DATA_PAGE, [
      5,
      struct(i32(1, count), i32(2, encoding), i32(3, ENCODING.rle), i32(4, ENCODING.rle)),
    ]);
    if (dictionary === null) return { ...data, data: data.bytes, dictionary: new Uint8Array(0) };
    const header = struct(i32(1, dictionary.count), i32(2, ENCODING.plain));
    const first = await this.page(dictionary.bytes, DICTIONARY_PAGE, [7, header]);
    return { dictionary: first.bytes, data: data.bytes, plainBytes: first.plainBytes + data.plainBytes };
  }

  /** A page behind its header. */
  private async page(
    plain: Uint8Array,
    type: number,
    [id, own]: [id: number, own: ThriftStruct],
  ): Promise<{ bytes: Uint8Array; plainBytes: number }> {
    const packed = await this.compress(plain);
    const header = writeThrift(
      struct(i32(1, type), i32(2, plain.length), i32(3, packed.length), nested(id, own)),
    );
    return { bytes: Buffer.concat([header, packed]), plainBytes: header.length + plain.length };
  }
}

interface Pages {
  /** Empty without a dictionary. */
  readonly dictionary: Uint8Array;
  readonly data: Uint8Array;
  /** Of both, headers included, before compression. */
  readonly plainBytes: number;
}

function chunk(
  schema: ColumnSchema,
  codecId: number,
  { dictionary, encoding, count, nulls, statistics }: EncodedColumn,
  pages: Pages,
  start: number,
): ThriftStruct {
  const least =
    statistics === null ? null : struct(i64(3, nulls), binary(5, statistics.max), binary(6, statistics.min));
  const metadata = struct(
    i32(1, PHYSICAL[schema.type]),
    i32s(2, [...new Set([ENCODING.plain, ENCODING.rle, encoding])]),
    texts(3, pathOf(schema)),
    i32(4, codecId),
    i64(5, count),
    i64(6, pages.plainBytes),
    i64(7, pages.dictionary.length + pages.data.length),
    i64(9, start + pages.dictionary.length),
    dictionary === null ? null : i64(11, start),
    least === null ? null : nested(12, least),
  );
  return struct(i64(2, 0), nested(3, metadata));
}
