import { MAX_LIST_WIDTH } from '../row-batch.js';

/** Texts of lists that are kept with their values: those of a grid repeat. */
const KEPT_LISTS = 1 << 13;
/** Longer texts hardly repeat, and would fill the memory. */
const KEPT_LENGTH = 256;

/** The integer a JSON text is; null when it is none. */
export function integerOf(cell: unknown): number | null {
  if (typeof cell !== 'string') return null;
  const value = Number(cell);
  return String(value) === cell ? value : null;
}

/** Lists of numbers by their JSON text. */
export class Lists {
  /** Null once it has turned out that texts do not repeat: keeping them costs more than reading them. */
  private kept: Map<string, readonly number[] | null> | null = new Map();
  private found = 0;

  /** Null when it is none. */
  of(cell: unknown): readonly number[] | null {
    if (typeof cell !== 'string') return null;
    if (this.kept === null || cell.length > KEPT_LENGTH) return parse(cell);
    const known = this.kept.get(cell);
    if (known !== undefined) {
      this.found++;
      return known;
    }
    const list = parse(cell);
    this.kept.set(cell, list);
    if (this.kept.size === KEPT_LISTS) {
      if (this.found < 2 * KEPT_LISTS) this.kept = null;
      else this.kept.clear();
      this.found = 0;
    }
    return list;
  }
}

function parse(text: string): readonly number[] | null {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return null;
  }
  if (!Array.isArray(list) || list.length > MAX_LIST_WIDTH) return null;
  const values: unknown[] = list;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value !== 'number' || !Number.isFinite(value)) return null;
    values[i] = value + 0;
  }
  return values as number[];
}
