import { parseStreamFile } from './layout.js';
import type { RowSource } from './ports.js';
import type { Finding } from './report.js';

/** What of a stream is not there: nothing, whole parts before the last that is, or maybe anything behind it. */
export type MissingParts = 'none' | 'some' | 'end';

/**
 * Knows where in one stream the reader left something out, so that a line that could not be read is one finding and
 * not also a missing step, a wrong sum and a wrong count.
 */
export class Continuity {
  /** Whether anything at all was left out. */
  broken: boolean;
  private readonly damaged = new Set<string>();
  private readonly lastBad = new Map<string, number>();
  /** The last part of which anything was left out. */
  private lastBadPart = -1;
  private readonly endMissing: boolean;
  private file: string | null = null;
  private line = 0;

  constructor(missing: MissingParts) {
    this.broken = missing !== 'none';
    this.endMissing = missing === 'end';
  }

  /** Takes note of what the reader reports, which it does before it hands on the rows behind it. */
  note({ severity, file, line }: Finding): void {
    if (severity !== 'error' || file === null) return;
    this.broken = true;
    this.lastBadPart = Math.max(this.lastBadPart, partOf(file));
    if (line === null) this.damaged.add(file);
    else this.lastBad.set(file, line);
  }

  /** Whether something is missing between the last row passed and this one. */
  gapBefore({ file, lineOf }: RowSource, row: number): boolean {
    if (lineOf === null) return false;
    const line = lineOf(row);
    if (file === this.file) return line !== this.line + 1;
    const previous = this.file === null ? -1 : partOf(this.file);
    return line !== 1 || partOf(file) !== previous + 1 || this.gapInFile();
  }

  /** Whether something is missing among rows [from, to), which are then passed. */
  pass({ file, lineOf }: RowSource, from: number, to: number): boolean {
    if (lineOf === null) return false;
    const first = lineOf(from);
    this.file = file;
    this.line = lineOf(to - 1);
    return this.line - first !== to - 1 - from;
  }

  /** Whether something is missing after the last row of all. */
  gapAtEnd(): boolean {
    if (this.file === null) return this.broken;
    return this.endMissing || this.lastBadPart > partOf(this.file) || this.gapInFile();
  }

  /** Whether something is missing after the last row passed, up to the end of its file. */
  private gapInFile(): boolean {
    if (this.file === null) return this.broken;
    return this.damaged.has(this.file) || (this.lastBad.get(this.file) ?? 0) > this.line;
  }
}

const partOf = (file: string): number => parseStreamFile(file)?.part ?? 0;
