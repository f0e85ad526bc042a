import type { FileHandle } from 'node:fs/promises';
import { ColumnError } from './columns.js';
import { readThrift, writeThrift, type ThriftList, type ThriftStruct, type ThriftValue } from './thrift.js';

/** Field ids of parquet.thrift. */
const FILE = { schema: 2, rows: 3, rowGroups: 4 } as const;
const ELEMENT = { name: 4, children: 5 } as const;
const GROUP = { columns: 1, bytes: 2, rows: 3, offset: 5 } as const;
const CHUNK = { offset: 2, metadata: 3 } as const;
const COLUMN = { values: 5, compressedBytes: 7, dataPage: 9, dictionaryPage: 11 } as const;
/** Positions of what is not taken along: page indexes and Bloom filters. */
const CHUNK_INDEXES = [4, 5, 6, 7];
const COLUMN_INDEXES = [10, 14, 15];

const MAGIC = Buffer.from('PAR1');
const TAIL_BYTES = 8;
/** What a row group may decode to: the decoder takes as much memory as a few bytes of footer and pages ask for. */
const MAX_GROUP_BYTES = 2 ** 31;
const MAX_GROUP_VALUES = 2 ** 27;
/** Longest list, as in JSONL. */
const MAX_LIST_WIDTH = 16_384;

function int(struct: ThriftStruct, id: number): number | null {
  const value = struct.get(id)?.value;
  return typeof value === 'bigint' ? Number(value) : null;
}

const setInt = (struct: ThriftStruct, id: number, value: number): void => {
  const field = struct.get(id);
  if (field !== undefined) field.value = BigInt(value);
};

function list(struct: ThriftStruct, id: number): ThriftList {
  const value = struct.get(id)?.value;
  if (typeof value === 'object' && 'items' in value) return value;
  throw new Error('the footer lacks a list of row groups or columns');
}

const asStruct = (value: ThriftValue | undefined): ThriftStruct => {
  if (value instanceof Map) return value;
  throw new Error('the footer has a value where a struct should be');
};

const structs = (struct: ThriftStruct, id: number): ThriftStruct[] => list(struct, id).items.map(asStruct);

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  const { bytesRead } = await file.read(bytes, 0, length, position);
  if (bytesRead < length) throw new Error('the file ends too early');
  return bytes;
}

/** Where the pages of a row group lie: `[start, end)`. */
function extent(columns: readonly ThriftStruct[], limit: number): [start: number, end: number] {
  let start = Infinity;
  let end = 0;
  for (const column of columns) {
    const data = int(column, COLUMN.dataPage);
    const bytes = int(column, COLUMN.compressedBytes);
    if (data === null || bytes === null) throw new Error('a column does not say where its pages are');
    const first = Math.min(data, int(column, COLUMN.dictionaryPage) ?? data);
    start = Math.min(start, first);
    end = Math.max(end, first + bytes);
  }
  if (!(start >= MAGIC.length && start <= end && end <= limit)) {
    throw new Error('a row group lies outside the file');
  }
  return [start, end];
}

/** Names of the top-level columns: the schema is a tree laid out depth first, its root before them. */
function columnNames(footer: ThriftStruct): string[] {
  const names: string[] = [];
  const open: number[] = [];
  for (const element of structs(footer, FILE.schema)) {
    const name = element.get(ELEMENT.name)?.value;
    if (open.length === 1) names.push(name instanceof Uint8Array ? Buffer.from(name).toString() : '');
    if (open.length > 0) open[open.length - 1]!--;
    const children = int(element, ELEMENT.children) ?? 0;
    if (children > 0) open.push(children);
    while (open.at(-1) === 0) open.pop();
  }
  return names;
}

function checkSize(group: ThriftStruct, columns: readonly ThriftStruct[]): void {
  const bytes = int(group, GROUP.bytes) ?? 0;
  if (bytes > MAX_GROUP_BYTES) throw new Error(`a row group of ${bytes} bytes, more than ${MAX_GROUP_BYTES}`);
  const limit = Math.min(MAX_GROUP_VALUES, (int(group, GROUP.rows) ?? 0) * MAX_LIST_WIDTH);
  for (const column of columns) {
    const values = int(column, COLUMN.values) ?? 0;
    if (values > limit) throw new Error(`a column of a row group has ${values} values, more than ${limit}`);
  }
}

/** Makes every position in a row group relative to pages that start right behind the magic bytes. */
function move(group: ThriftStruct, columns: readonly ThriftStruct[], start: number): void {
  const moved = (position: number): number => position - start + MAGIC.length;
  setInt(group, GROUP.offset, MAGIC.length);
  for (const chunk of structs(group, GROUP.columns)) {
    setInt(chunk, CHUNK.offset, 0);
    for (const id of CHUNK_INDEXES) chunk.delete(id);
  }
  for (const column of columns) {
    for (const id of COLUMN_INDEXES) column.delete(id);
    for (const id of [COLUMN.dataPage, COLUMN.dictionaryPage]) {
      const position = int(column, id);
      if (position !== null) setInt(column, id, moved(position));
    }
  }
}

/**
 * Each row group of a Parquet file as a Parquet file of its own, so that a decoder which wants all bytes at once
 * needs no more memory than one row group takes.
 *
 * @param required columns the file must have; further ones are passed on
 * @throws Error when the footer cannot be read, points outside the file or asks for too much memory
 * @throws ColumnError when a column is missing
 */
export async function* rowGroupFiles(
  file: FileHandle,
  required: readonly string[],
): AsyncGenerator<Uint8Array> {
  const { size } = await file.stat();
  if (size < TAIL_BYTES + MAGIC.length) throw new Error('this is no Parquet file');
  const tail = await readAt(file, size - TAIL_BYTES, TAIL_BYTES);
  const footerBytes = tail.readUInt32LE(0);
  const footerStart = size - TAIL_BYTES - footerBytes;
  if (!tail.subarray(4).equals(MAGIC) || footerStart < MAGIC.length)
    throw new Error('this is no Parquet file');
  const footer = readThrift(await readAt(file, footerStart, footerBytes));
  const found = new Set(columnNames(footer));
  for (const name of required) if (!found.has(name)) throw new ColumnError(`column ${name} is missing`);
  const groups = list(footer, FILE.rowGroups);
  for (const group of structs(footer, FILE.rowGroups)) {
    const columns = structs(group, GROUP.columns).map((chunk) => asStruct(chunk.get(CHUNK.metadata)?.value));
    checkSize(group, columns);
    const [start, end] = extent(columns, footerStart);
    const pages = await readAt(file, start, end - start);
    move(group, columns, start);
    groups.items = [group];
    setInt(footer, FILE.rows, int(group, GROUP.rows) ?? 0);
    const ownFooter = writeThrift(footer);
    const ownTail = Buffer.from(tail);
    ownTail.writeUInt32LE(ownFooter.length, 0);
    yield Buffer.concat([MAGIC, pages, ownFooter, ownTail]);
  }
}
