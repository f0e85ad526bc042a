/**
 * Thrift's compact protocol, as far as a Parquet footer uses it: read into a tree that does not know what fields
 * mean, and written back. Sources: thrift/doc/specs/thrift-compact-protocol.md, parquet-format's parquet.thrift.
 */
export type ThriftValue = bigint | boolean | Uint8Array | ThriftList | ThriftStruct;
export interface ThriftList {
  type: number;
  items: ThriftValue[];
}
/** Fields by id, in the order of the file. */
export type ThriftStruct = Map<number, { type: number; value: ThriftValue }>;

const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const DOUBLE = 7;
const SET = 10;
/** Types of the fields this program writes itself. */
export const THRIFT = { i16: 4, i32: 5, i64: 6, binary: 8, list: 9, struct: 12 } as const;

/** Footers nest eight levels or so: structs within structs without end are damage. */
const MAX_DEPTH = 100;

class CompactReader {
  private readonly bytes: Uint8Array;
  private at = 0;
  private depth = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  struct(): ThriftStruct {
    const fields: ThriftStruct = new Map();
    for (let id = 0; ;) {
      const head = this.byte();
      if (head === 0) return fields;
      const type = head & 15;
      id = head >> 4 === 0 ? Number(this.zigzag()) : id + (head >> 4);
      // A flag's value is its type.
      const value = type === TRUE || type === FALSE ? type === TRUE : this.value(type);
      fields.set(id, { type, value });
    }
  }

  private value(type: number): ThriftValue {
    switch (type) {
      case TRUE:
      case FALSE:
      case BYTE:
        return BigInt(this.byte());
      case THRIFT.i16:
      case THRIFT.i32:
      case THRIFT.i64:
        return this.zigzag();
      case DOUBLE:
        return this.take(8);
      case THRIFT.binary:
        return this.take(Number(this.varint()));
      case THRIFT.list:
      case SET:
        return this.nested(() => this.list());
      case THRIFT.struct:
        return this.nested(() => this.struct());
      default:
        throw new Error(`the footer has a value of unknown type ${type}`);
    }
  }

  private nested<T>(read: () => T): T {
    if (++this.depth > MAX_DEPTH) throw new Error(`the footer is nested more than ${MAX_DEPTH} levels deep`);
    const value = read();
    this.depth--;
    return value;
  }

  private list(): ThriftList {
    const head = this.byte();
    const count = head >> 4 === 15 ? Number(this.varint()) : head >> 4;
    const type = head & 15;
    const items: ThriftValue[] = [];
    for (let i = 0; i < count; i++) items.push(this.value(type));
    return { type, items };
  }

  private zigzag(): bigint {
    const value = this.varint();
    return (value >> 1n) ^ -(value & 1n);
  }

  private varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
    throw new Error('the footer has a number of more than 64 bits');
  }

  private byte(): number {
    return this.take(1)[0]!;
  }

  private take(count: number): Uint8Array {
    const taken = this.bytes.subarray(this.at, this.at + count);
    if (taken.length < count) throw new Error('the footer ends too early');
    this.at += count;
    return taken;
  }
}

function putVarint(out: number[], value: bigint): void {
  let left = value;
  for (; left >= 128n; left >>= 7n) out.push(Number(left & 127n) | 128);
  out.push(Number(left));
}

const putZigzag = (out: number[], value: bigint): void =>
  putVarint(out, BigInt.asUintN(64, (value << 1n) ^ (value >> 63n)));

function putValue(out: number[], type: number, value: ThriftValue): void {
  if (value instanceof Map) putStruct(out, value);
  else if (value instanceof Uint8Array) {
    // bytes in place of a struct are one that is written already
    if (type === THRIFT.binary) putVarint(out, BigInt(value.length));
    for (const byte of value) out.push(byte);
  } else if (typeof value === 'object') {
    const { items } = value;
    out.push((Math.min(items.length, 15) << 4) | value.type);
    if (items.length >= 15) putVarint(out, BigInt(items.length));
    for (const item of items) putValue(out, value.type, item);
  } else if (typeof value === 'bigint') {
    if (type <= BYTE) out.push(Number(value));
    else putZigzag(out, value);
  }
}

function putStruct(out: number[], fields: ThriftStruct): void {
  let last = 0;
  for (const [id, { type, value }] of fields) {
    const step = id - last;
    if (step > 0 && step < 16) out.push((step << 4) | type);
    else {
      out.push(type);
      putZigzag(out, BigInt(id));
    }
    putValue(out, type, value);
    last = id;
  }
  out.push(0);
}

/** @throws Error when the bytes are no such struct */
export function readThrift(bytes: Uint8Array): ThriftStruct {
  return new CompactReader(bytes).struct();
}

export function writeThrift(struct: ThriftStruct): Uint8Array {
  const out: number[] = [];
  putStruct(out, struct);
  return Uint8Array.from(out);
}
