import type { Column, TextColumn } from '../../../core/batch.js';
import {
  codesPage,
  ENCODING,
  type ColumnBuffer,
  type EncodedColumn,
  type Statistics,
  type Workspace,
} from './column.js';
import { bitsFor } from './hybrid.js';
import { LevelRuns } from './levels.js';

const PADDING = 8;
/** Longer texts get no statistics: readers would carry them in every footer. */
const MAX_STATISTIC_BYTES = 64;

/** A column of text, always by dictionary, in the order in which texts first occur. */
export class TextBuffer implements ColumnBuffer {
  /** Characters of the texts held. */
  characters = 0;
  private readonly codes: Int32Array;
  private readonly levels: LevelRuns | null;
  private readonly byText = new Map<string, number>();
  private count = 0;
  private nulls = 0;

  constructor(capacity: number, nullable: boolean) {
    this.codes = new Int32Array(capacity + PADDING);
    this.levels = nullable ? new LevelRuns() : null;
  }

  append(column: Column | null, from: number, to: number): void {
    this.levels?.add(column === null ? 0 : 1, to - from);
    if (column === null) {
      this.nulls += to - from;
      return;
    }
    const { codes, dictionary } = column as TextColumn;
    let last = -1;
    let code = 0;
    for (let i = from; i < to; i++) {
      if (codes[i] !== last) {
        last = codes[i]!;
        code = this.codeOf(dictionary[last]!);
      }
      this.codes[this.count++] = code;
    }
  }

  encode({ hybrid }: Workspace): EncodedColumn {
    const { codes, count, nulls, levels, byText } = this;
    const texts = [...byText.keys()].map((text) => Buffer.from(text));
    const bits = bitsFor(texts.length - 1);
    const page = codesPage(levels === null ? [] : [levels.encode()], bits, hybrid.encode(codes, count, bits));
    return {
      dictionary: { bytes: plainTexts(texts), count: texts.length },
      page,
      encoding: ENCODING.dictionary,
      count: count + nulls,
      nulls,
      statistics: statistics(texts),
    };
  }

  clear(): void {
    this.count = 0;
    this.nulls = 0;
    this.characters = 0;
    this.byText.clear();
    this.levels?.clear();
  }

  private codeOf(text: string): number {
    let code = this.byText.get(text);
    if (code === undefined) {
      code = this.byText.size;
      this.byText.set(text, code);
      this.characters += text.length;
    }
    return code;
  }
}

/** Each text behind its length in bytes. */
function plainTexts(texts: readonly Buffer[]): Uint8Array {
  const result = Buffer.allocUnsafe(texts.reduce((sum, text) => sum + 4 + text.length, 0));
  let at = 0;
  for (const text of texts) {
    at = result.writeUInt32LE(text.length, at);
    at += text.copy(result, at);
  }
  return result;
}

function statistics(texts: readonly Buffer[]): Statistics | null {
  let [min, max] = [texts[0], texts[0]];
  if (min === undefined || max === undefined) return null;
  for (const text of texts) {
    if (Buffer.compare(text, min) < 0) min = text;
    if (Buffer.compare(text, max) > 0) max = text;
  }
  return Math.max(min.length, max.length) > MAX_STATISTIC_BYTES ? null : { min, max };
}
