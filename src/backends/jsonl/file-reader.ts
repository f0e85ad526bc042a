import { join } from 'node:path';
import { finding } from '../../core/findings.js';
import type { ReadBatch } from '../../core/ports.js';
import { readGzip, type GzipProblem, type GzipSection } from '../../io/gzip-reader.js';
import type { LineReader, Report } from './line-reader.js';

/** Problems after which a line without end is just cut, which has been said. */
const CUTTING: ReadonlySet<string> = new Set([
  'gzip-truncated',
  'gzip-unfinished',
  'gzip-corrupt',
  'gzip-crc',
]);

/** One file of a stream, read section after section. */
export class FileReader {
  private readonly directory: string;
  private readonly file: string;
  private readonly lines: LineReader;
  private readonly report: Report;
  private readonly problems: GzipProblem[] = [];

  constructor(directory: string, file: string, lines: LineReader, report: Report) {
    this.directory = directory;
    this.file = file;
    this.lines = lines;
    this.report = report;
    lines.beginFile(file);
  }

  /** Whether there is nothing more to read, for what has been found. */
  get stopped(): boolean {
    return this.problems.length > 0 || this.lines.givenUp;
  }

  /** @param section all of the file when it is not given */
  async *read(section?: GzipSection): AsyncGenerator<ReadBatch> {
    const chunks = readGzip(join(this.directory, this.file), (found) => this.problems.push(found), section);
    for await (const chunk of chunks) {
      yield* this.lines.read(chunk);
      if (this.lines.givenUp) return;
    }
  }

  async *end(): AsyncGenerator<ReadBatch> {
    const { lines, problems, file } = this;
    yield* lines.endFile(problems.some(({ code }) => CUTTING.has(code)));
    for (const { code, message } of problems) this.report(finding(code, file, null, message));
    lines.noteUnknownKey();
  }
}
