import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { CaptureError } from '../core/errors.js';
import { parseEpisodeId } from '../core/ids.js';
import { REJECTIONS_FILE } from '../core/layout.js';
import { parseRejection, type Rejection } from '../core/rejections.js';
import { ioError } from './io-error.js';

/** Longer than any line of ours: a rule has one reason, and thresholds are a hundred at most. */
const MAX_LINE_BYTES = 1 << 16;
const NEWLINE = 10;

export interface RejectionLine {
  /** From 1. */
  line: number;
  /** Of the episode, from 1; larger than in the lines before. */
  number: number;
  rejection: Rejection;
}

/**
 * The lines of qc.jsonl in their order, a few at a time; what is no line of ours is reported and left out.
 * @param report told the line, and what is wrong with it; `torn` for an end without a newline
 * @throws CaptureError `io` when the file cannot be read
 */
export async function* readRejections(
  directory: string,
  report: (line: number, problem: string, torn: boolean) => void,
): AsyncGenerator<RejectionLine[]> {
  const path = join(directory, REJECTIONS_FILE);
  const lines = new Lines(report);
  try {
    for await (const chunk of createReadStream(path)) yield lines.read(chunk as Buffer);
  } catch (error) {
    throw ioError(`cannot read ${path}`, error);
  }
  lines.end();
}

class Lines {
  private readonly report: (line: number, problem: string, torn: boolean) => void;
  private line = 1;
  private last = 0;
  /** The beginning of a line, as far as one may be long. */
  private rest: Buffer = Buffer.alloc(0);

  constructor(report: (line: number, problem: string, torn: boolean) => void) {
    this.report = report;
  }

  read(chunk: Buffer): RejectionLine[] {
    const found: RejectionLine[] = [];
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      const rejection = this.take(this.join(chunk.subarray(from, at)));
      if (rejection !== null) found.push(rejection);
      from = at + 1;
      this.line++;
      this.rest = Buffer.alloc(0);
    }
    this.rest = this.join(chunk.subarray(from));
    return found;
  }

  end(): void {
    if (this.rest.length > 0) this.report(this.line, 'the last line has no newline', true);
  }

  private join(bytes: Buffer): Buffer {
    const room = MAX_LINE_BYTES + 1 - this.rest.length;
    return Buffer.concat([this.rest, bytes.subarray(0, Math.max(0, room))]);
  }

  private take(bytes: Buffer): RejectionLine | null {
    try {
      if (bytes.length > MAX_LINE_BYTES) {
        throw new CaptureError('input', `longer than ${MAX_LINE_BYTES} bytes, and no line of ours is`);
      }
      const { number, ...rejection } = parseRejection(bytes.toString());
      if (number <= this.last) {
        throw new CaptureError('input', `${rejection.episode_id} comes after a later episode, or twice`);
      }
      this.last = number;
      return { line: this.line, number, rejection };
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      this.report(this.line, error.message, false);
      return null;
    }
  }
}

/**
 * Which episodes of a run have no steps in its records, since they were rejected.
 * @param names file names of the run
 * @param episodes that the run is to have
 */
export async function episodesLeftOut(
  { path, names }: { path: string; names: readonly string[] },
  episodes: number,
): Promise<(id: string) => boolean> {
  if (!names.includes(REJECTIONS_FILE)) return () => false;
  const leftOut = new Uint8Array(episodes + 1);
  for await (const lines of readRejections(path, () => {})) {
    for (const { number, rejection } of lines) {
      if (number <= episodes && rejection.steps !== 'kept') leftOut[number] = 1;
    }
  }
  return (id) => leftOut[parseEpisodeId(id) ?? 0] === 1;
}
