import type { ColumnSchema, ColumnType, StreamSchema } from '../../../core/streams.js';
import { writeThrift, type ThriftStruct } from '../thrift.js';
import { binary, i32, i64, nested, struct, structs } from './thrift-fields.js';

/** Parquet's physical types, as its thrift definition numbers them. */
export const PHYSICAL = { bool: 0, int: 2, float: 5, text: 6, floats: 5 } as const satisfies Record<
  ColumnType,
  number
>;
const REPETITION = { required: 0, optional: 1, repeated: 2 } as const;
const UTF8 = 0;
const LIST = 3;
/** Places in the union of logical types. */
const LOGICAL = { string: 1, list: 3 } as const;

export const MAGIC = Buffer.from('PAR1');

/** Names from a column down to its values; a list is three levels deep. */
export const pathOf = ({ name, type }: ColumnSchema): string[] =>
  type === 'floats' ? [name, 'list', 'element'] : [name];

function elements({ name, type, nullable }: ColumnSchema): ThriftStruct[] {
  const own = i32(3, nullable === true ? REPETITION.optional : REPETITION.required);
  const physical = i32(1, PHYSICAL[type]);
  switch (type) {
    case 'text':
      return [
        struct(
          physical,
          own,
          binary(4, name),
          i32(6, UTF8),
          nested(10, struct(nested(LOGICAL.string, struct()))),
        ),
      ];
    case 'floats':
      return [
        struct(
          own,
          binary(4, name),
          i32(5, 1),
          i32(6, LIST),
          nested(10, struct(nested(LOGICAL.list, struct()))),
        ),
        struct(i32(3, REPETITION.repeated), binary(4, 'list'), i32(5, 1)),
        struct(physical, i32(3, REPETITION.required), binary(4, 'element')),
      ];
    default:
      return [struct(physical, own, binary(4, name))];
  }
}

export interface FileFacts {
  readonly stream: StreamSchema;
  readonly rows: number;
  /** The bytes of every row group's entry. */
  readonly groups: readonly Uint8Array[];
  /** Key-value metadata, in this order. */
  readonly metadata: readonly (readonly [key: string, value: string])[];
  /** Name and version of this program, in the form parquet-mr reads. */
  readonly createdBy: string;
}

/** The end of a file: its metadata, their length, the magic bytes. */
export function footer({ stream, rows, groups, metadata, createdBy }: FileFacts): Uint8Array {
  const root = struct(binary(4, 'schema'), i32(5, stream.columns.length));
  // statistics are in the order of the type
  const orders = stream.columns.map(() => struct(nested(1, struct())));
  const bytes = writeThrift(
    struct(
      i32(1, 1),
      structs(2, [root, ...stream.columns.flatMap(elements)]),
      i64(3, rows),
      structs(4, groups),
      structs(
        5,
        metadata.map(([key, value]) => struct(binary(1, key), binary(2, value))),
      ),
      binary(6, createdBy),
      structs(7, orders),
    ),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([bytes, length, MAGIC]);
}
