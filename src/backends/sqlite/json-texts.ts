import type { ListColumn } from '../../core/batch.js';
import { pythonFloat } from '../../core/canonical-json.js';

/** A power of two. */
const ENTRIES = 1 << 13;
/** Longer lists hardly repeat. */
const MOST_VALUES = 8;

/** Lists of numbers as JSON texts. Printing doubles is what costs, and those of a grid repeat: texts are kept by hash. */
export class JsonTexts {
  private width = -1;
  private keys = new Float64Array(0);
  private texts: string[] = [];
  private readonly probe = new Float64Array(1);
  private readonly words = new Int32Array(this.probe.buffer);

  ofLists({ width, values }: ListColumn, rows: number): string[] {
    const result = Array<string>(rows);
    const isKept = width > 0 && width <= MOST_VALUES;
    if (isKept) this.use(width);
    for (let row = 0, at = 0; row < rows; row++, at += width) {
      result[row] = isKept ? this.kept(values, at) : print(values, at, width);
    }
    return result;
  }

  private use(width: number): void {
    if (this.width === width) return;
    this.width = width;
    this.keys = new Float64Array(ENTRIES * width).fill(Number.NaN);
    this.texts = Array<string>(ENTRIES).fill('');
  }

  private kept(values: Float64Array, at: number): string {
    const { width, keys, probe, words } = this;
    let hash = 0;
    for (let i = 0; i < width; i++) {
      probe[0] = values[at + i]!;
      hash = Math.imul(hash ^ words[0]! ^ Math.imul(words[1]!, 0x9e3779b1), 0x85ebca6b);
      hash ^= hash >>> 15;
    }
    const entry = hash & (ENTRIES - 1);
    const start = entry * width;
    for (let i = 0; i < width; i++) {
      if (keys[start + i] === values[at + i]) continue;
      keys.set(values.subarray(at, at + width), start);
      return (this.texts[entry] = print(values, at, width));
    }
    return this.texts[entry]!;
  }
}

function print(values: Float64Array, at: number, width: number): string {
  let text = '[';
  for (let i = 0; i < width; i++) text += (i === 0 ? '' : ',') + pythonFloat(values[at + i]!);
  return `${text}]`;
}
