import type { ColumnSchema, StreamSchema } from '../../core/streams.js';

/** A column with the JSON text that stands before its value in a record. */
export interface Slot {
  column: ColumnSchema;
  before: string;
}

/** The fixed text of a stream's records: what stands before each value, and what ends the record. */
export function recordSlots({ columns }: StreamSchema): { slots: Slot[]; end: string } {
  const slots: Slot[] = [];
  let open: string | null = null;
  for (const column of columns) {
    const [key, inner] = column.path;
    const close = open !== null && open !== key ? '}' : '';
    const next = `${close}${slots.length === 0 ? '{' : ','}"${key}":`;
    const before = inner === undefined ? next : open === key ? `,"${inner}":` : `${next}{"${inner}":`;
    open = inner === undefined ? null : key;
    slots.push({ column, before });
  }
  return { slots, end: open === null ? '}\n' : '}}\n' };
}
