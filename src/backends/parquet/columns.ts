import type { Data, Vector } from 'apache-arrow';
import type { Column } from '../../core/batch.js';
import { int64At } from '../../core/int64.js';
import type { ColumnSchema } from '../../core/streams.js';
import { MAX_TEXT_LENGTH } from '../row-batch.js';

type Arrow = typeof import('apache-arrow');

/** What an Arrow column of each kind must be, for messages. */
const EXPECTED = {
  int: 'int64',
  float: 'float64',
  bool: 'boolean',
  text: 'utf8, plain or dictionary-coded',
  floats: 'list of float64',
} as const satisfies Record<ColumnSchema['type'], string>;

/** What is wrong with a column as a whole. */
export class ColumnError extends Error {}

function int64(values: BigInt64Array, rows: number): Float64Array {
  const words = new Int32Array(values.buffer, values.byteOffset, 2 * rows);
  const result = new Float64Array(rows);
  for (let i = 0; i < rows; i++) result[i] = int64At(words, 2 * i);
  return result;
}

function bits({ values, offset }: Data, rows: number): Uint8Array {
  const result = new Uint8Array(rows);
  for (let i = 0; i < rows; i++) {
    const bit = i + offset;
    result[i] = ((values as Uint8Array)[bit >> 3]! >> (bit & 7)) & 1;
  }
  return result;
}

/** Text by code; the codes of plain text are made here. */
function text(name: string, vector: Vector, rows: number): Column {
  const dictionary: string[] = [];
  const codes = new Int32Array(rows);
  const byText = new Map<string, number>();
  const code = (value: string): number => {
    let known = byText.get(value);
    if (value.length > MAX_TEXT_LENGTH) throw new ColumnError(`column ${name} has too long a text`);
    if (known === undefined) byText.set(value, (known = dictionary.push(value) - 1));
    return known;
  };
  const [data] = vector.data as Data[];
  if (data!.dictionary !== undefined) {
    const known = data!.dictionary.toArray() as unknown as string[];
    const coded = data!.values as Int32Array;
    const seen = new Map<number, number>();
    for (let i = 0; i < rows; i++) {
      let at = seen.get(coded[i]!);
      if (at === undefined) seen.set(coded[i]!, (at = code(known[coded[i]!]!)));
      codes[i] = at;
    }
  } else if (data!.valueOffsets instanceof Int32Array) plainText(data!, rows, codes, code);
  else for (let i = 0; i < rows; i++) codes[i] = code(vector.get(i) as string);
  return { codes, dictionary };
}

/** Text in the row before is mostly the same: its bytes are compared, and text made of them only when they differ. */
function plainText(data: Data, rows: number, codes: Int32Array, code: (text: string) => number): void {
  const offsets = data.valueOffsets as Int32Array;
  const { buffer, byteOffset, length } = data.values as Uint8Array;
  const bytes = Buffer.from(buffer, byteOffset, length);
  for (let i = 0; i < rows; i++) {
    const from = offsets[i]!;
    const to = offsets[i + 1]!;
    const isSame = i > 0 && isRepeated(bytes, offsets[i - 1]!, from, to);
    codes[i] = isSame ? codes[i - 1]! : code(bytes.toString('utf8', from, to));
  }
}

/** Whether the bytes [from, to) are those of [before, from). */
function isRepeated(bytes: Uint8Array, before: number, from: number, to: number): boolean {
  if (to - from !== from - before) return false;
  for (let at = from, other = before; at < to; at++, other++) if (bytes[at] !== bytes[other]) return false;
  return true;
}

function list(data: Data, rows: number): Column {
  const offsets = data.valueOffsets as Int32Array;
  const width = rows === 0 ? 0 : offsets[1]! - offsets[0]!;
  const values = data.children[0]!.values as Float64Array;
  return { width, values: values.subarray(offsets[0], offsets[0]! + rows * width) };
}

function hasType(arrow: Arrow, { type }: ColumnSchema, found: unknown): boolean {
  const { DataType } = arrow;
  const plain: unknown = DataType.isDictionary(found) ? found.dictionary : found;
  switch (type) {
    case 'int':
      return DataType.isInt(found) && found.bitWidth === 64 && found.isSigned;
    case 'float':
      return DataType.isFloat(found) && found.precision === arrow.Precision.DOUBLE;
    case 'bool':
      return DataType.isBool(found);
    case 'text':
      return DataType.isUtf8(plain) || DataType.isLargeUtf8(plain);
    case 'floats': {
      const element: unknown = DataType.isList(found) ? found.children[0]!.type : null;
      return DataType.isFloat(element) && element.precision === arrow.Precision.DOUBLE;
    }
  }
}

/**
 * One column of an Arrow record batch as ours; null when it is null in every row. Numbers are not copied.
 * @throws ColumnError when it is missing, of another type, or has nulls beside values
 */
export function readColumn(
  arrow: Arrow,
  schema: ColumnSchema,
  vector: Vector | null,
  rows: number,
): Column | null {
  const { name, type } = schema;
  if (vector === null) throw new ColumnError(`column ${name} is missing`);
  if (!hasType(arrow, schema, vector.type)) {
    throw new ColumnError(`column ${name} is ${String(vector.type)}, expected ${EXPECTED[type]}`);
  }
  if (vector.nullCount > 0) {
    if (vector.nullCount === rows && schema.nullable === true) return null;
    throw new ColumnError(`column ${name} has nulls`);
  }
  const [data] = vector.data as Data[];
  switch (type) {
    case 'int':
      return int64(data!.values as BigInt64Array, rows);
    case 'float':
      return data!.values as Float64Array;
    case 'bool':
      return bits(data!, rows);
    case 'text':
      return text(name, vector, rows);
    case 'floats':
      return list(data!, rows);
  }
}
