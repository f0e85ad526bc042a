import type { Column } from '../../../core/batch.js';
import type { Distinct } from './distinct.js';
import type { HybridEncoder } from './hybrid.js';

/** Parquet's encodings, as its thrift definition numbers them. */
export const ENCODING = { plain: 0, rle: 3, dictionary: 8 } as const;

export interface Statistics {
  readonly min: Uint8Array;
  readonly max: Uint8Array;
}

/** A column of a row group as the pages to be compressed. */
export interface EncodedColumn {
  /** Plain-encoded distinct values; null when the data page has the values themselves. */
  readonly dictionary: { readonly bytes: Uint8Array; readonly count: number } | null;
  /** Levels, then codes or values. */
  readonly page: Uint8Array;
  readonly encoding: (typeof ENCODING)['plain' | 'dictionary'];
  /** Values of the page, nulls and empty lists included. */
  readonly count: number;
  readonly nulls: number;
  /** Null when there are no values, or for lists. */
  readonly statistics: Statistics | null;
}

/** Workspace shared by the columns of a writer, which encode one after the other. */
export interface Workspace {
  readonly distinct: Distinct;
  readonly hybrid: HybridEncoder;
}

/** Collects the rows of a row group of one column. */
export interface ColumnBuffer {
  /** Rows [from, to) of a batch's column, null when it is null there. */
  append(column: Column | null, from: number, to: number): void;
  /** Pages that are valid until `clear`. */
  encode(workspace: Workspace): EncodedColumn;
  clear(): void;
}

/** A data page of codes: their width in bits, then the codes. */
export function codesPage(levels: readonly Uint8Array[], bits: number, codes: Uint8Array): Uint8Array {
  return Buffer.concat([...levels, Uint8Array.of(bits), codes]);
}
