import { THRIFT, type ThriftStruct, type ThriftValue } from '../thrift.js';

type Field = readonly [id: number, type: number, value: ThriftValue];

/** Fields in the order of their ids. */
export const struct = (...fields: readonly (Field | null)[]): ThriftStruct =>
  new Map(fields.filter((field) => field !== null).map(([id, type, value]) => [id, { type, value }]));

export const i16 = (id: number, value: number): Field => [id, THRIFT.i16, BigInt(value)];
export const i32 = (id: number, value: number): Field => [id, THRIFT.i32, BigInt(value)];
export const i64 = (id: number, value: number): Field => [id, THRIFT.i64, BigInt(value)];
export const binary = (id: number, value: Uint8Array | string): Field => [
  id,
  THRIFT.binary,
  typeof value === 'string' ? Buffer.from(value) : value,
];
export const nested = (id: number, value: ThriftStruct): Field => [id, THRIFT.struct, value];

export const i32s = (id: number, items: readonly number[]): Field => [
  id,
  THRIFT.list,
  { type: THRIFT.i32, items: items.map(BigInt) },
];
export const texts = (id: number, items: readonly string[]): Field => [
  id,
  THRIFT.list,
  { type: THRIFT.binary, items: items.map((item) => Buffer.from(item)) },
];
/** @param items structs, or the bytes of structs that are written already */
export const structs = (id: number, items: readonly (ThriftStruct | Uint8Array)[]): Field => [
  id,
  THRIFT.list,
  { type: THRIFT.struct, items: [...items] },
];
