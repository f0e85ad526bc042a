import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { jsonlParts, type StreamName } from '../../core/layout.js';
import type { ReadBatch, StreamReader } from '../../core/ports.js';
import type { RunStreams, StreamSchema } from '../../core/streams.js';
import type { ReadOptions } from '../backend.js';
import { salvageGzip } from '../../io/gzip-salvage.js';
import { FileReader } from './file-reader.js';
import { LineReader, type Report } from './line-reader.js';
import { readInThreads } from './read-in-threads.js';

/** Compressed bytes that are read in about the time in which threads start. */
const WORTH_THREADS = 4 << 20;

/** Read side of the JSONL format: our own lines fast, lines of any key order and spacing too. */
class JsonlReader implements StreamReader {
  private readonly directory: string;
  private readonly names: readonly string[];
  private readonly streams: RunStreams;
  private readonly threads: number;
  private readonly salvage: ReadOptions['salvage'];

  constructor(
    directory: string,
    names: readonly string[],
    streams: RunStreams,
    { threads = 0, salvage }: ReadOptions,
  ) {
    this.directory = directory;
    this.names = names;
    this.streams = streams;
    this.threads = threads;
    this.salvage = salvage;
  }

  async *batches(stream: StreamName, report: Report): AsyncGenerator<ReadBatch> {
    const { directory, threads } = this;
    const files = jsonlParts(stream, this.names);
    const schema = this.streams[stream];
    if (this.salvage !== undefined) {
      yield* this.salvageHere(schema, files, report, this.salvage);
    } else if (threads > 0 && (await this.bytesOf(files)) >= WORTH_THREADS) {
      yield* readInThreads({ directory, stream: schema }, files, threads, report);
    } else {
      yield* this.readHere(schema, files, report);
    }
  }

  private async *readHere(
    stream: StreamSchema,
    files: readonly string[],
    report: Report,
  ): AsyncGenerator<ReadBatch> {
    const lines = new LineReader(stream, report);
    for (const name of files) {
      const file = new FileReader(this.directory, name, lines, report);
      yield* file.read();
      yield* file.end();
    }
  }

  /** The same of all members that are whole; a line that was begun before damage is left out with it. */
  private async *salvageHere(
    stream: StreamSchema,
    files: readonly string[],
    report: Report,
    onSkipped: NonNullable<ReadOptions['salvage']>,
  ): AsyncGenerator<ReadBatch> {
    const lines = new LineReader(stream, report);
    for (const file of files) {
      lines.beginFile(file);
      const chunks = salvageGzip(join(this.directory, file), (skipped) => onSkipped({ file, ...skipped }));
      for await (const chunk of chunks) {
        if (chunk !== null) {
          yield* lines.read(chunk);
          if (!lines.givenUp) continue;
          break;
        }
        yield* lines.endFile(true);
        lines.beginFile(file);
      }
      yield* lines.endFile(false);
    }
  }

  /** What cannot be asked for its size counts as nothing: reading it says why. */
  private async bytesOf(files: readonly string[]): Promise<number> {
    const sizes = files.map(async (file) => {
      try {
        return (await stat(join(this.directory, file))).size;
      } catch {
        return 0;
      }
    });
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  }
}

/** @param names file names of the run directory */
export function openJsonlReader(
  directory: string,
  names: readonly string[],
  streams: RunStreams,
  options: ReadOptions = {},
): StreamReader {
  return new JsonlReader(directory, names, streams, options);
}
