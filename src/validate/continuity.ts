import { parseStreamFile } from '../core/layout.js';
import type { RowSource } from '../core/ports.js';
import type { Finding } from '../core/report.js';

/**
 * Knows where in one stream the reader left something out, so that a line that could not be read is one finding and
 * not also a missing step, a wrong sum and a wrong count.
 */
export class Continuity {
  /** Whether anything at all was left out. */
  broken: boolean;
  private readonly damaged = new Set<string>();
  private readonly lastBad = new Map<string, number>();
  private file: string | null = null;
  private line = 0;

  /** @param partsMissing a whole part of the stream is not there */
  constructor(partsMissing: boolean) {
    this.broken = partsMissing;
  }

  /** Takes note of what the reader reports, which it does before it hands on the rows behind it. */
  note({ severity, file, line }: Finding): void {
    if (severity !== 'error' || file === null) return;
    this.broken = true;
    if (line === null) this.damaged.add(file);
    else this.lastBad.set(file, line);
  }

  /** Whether something is missing between the last row passed and this one. */
  gapBefore({ file, lineOf }: RowSource, row: number): boolean {
    if (lineOf === null) return false;
    const line = lineOf(row);
    if (file === this.file) return line !== this.line + 1;
    const part = parseStreamFile(file)?.part ?? 0;
    const previous = this.file === null ? -1 : (parseStreamFile(this.file)?.part ?? 0);
    return line !== 1 || part !== previous + 1 || this.gapAtEnd();
  }

  /** Whether something is missing among rows [from, to), which are then passed. */
  pass({ file, lineOf }: RowSource, from: number, to: number): boolean {
    if (lineOf === null) return false;
    const first = lineOf(from);
    this.file = file;
    this.line = lineOf(to - 1);
    return this.line - first !== to - 1 - from;
  }

  /** Whether something is missing after the last row passed, up to the end of its file. */
  gapAtEnd(): boolean {
    if (this.file === null) return this.broken;
    return this.damaged.has(this.file) || (this.lastBad.get(this.file) ?? 0) > this.line;
  }
}
