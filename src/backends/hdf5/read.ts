import { join } from 'node:path';
import { finding } from '../../core/findings.js';
import { HDF5_FILE, type StreamName } from '../../core/layout.js';
import type { ReadBatch, StreamReader } from '../../core/ports.js';
import type { Finding } from '../../core/report.js';
import type { RunStreams } from '../../core/streams.js';
import { ColumnError } from './errors.js';
import { FillingBatch } from './fill.js';
import { loadLibrary } from './library.js';
import { Hdf5FileReader } from './read-file.js';
import { Walk, type Origin } from './walk.js';

/** Read side of the HDF5 format. A file that cannot be read is a finding, after the batches before the damage. */
export class Hdf5Reader implements StreamReader {
  private readonly path: string;
  private readonly name: string;
  private readonly streams: RunStreams;
  private readonly origin: Origin;

  /** @param name what the file is called in findings */
  constructor(path: string, name: string, streams: RunStreams, origin: Origin) {
    this.path = path;
    this.name = name;
    this.streams = streams;
    this.origin = origin;
  }

  async *batches(stream: StreamName, report: (finding: Finding) => void): AsyncGenerator<ReadBatch> {
    const library = await loadLibrary();
    const filling = new FillingBatch(this.streams[stream]);
    const source = { file: this.name, lineOf: null };
    let file: Hdf5FileReader | null = null;
    try {
      file = new Hdf5FileReader(library, this.path);
      for (const _ of new Walk(file, this.streams, filling, this.origin).rows(stream)) {
        yield { batch: filling.batch, source };
        filling.clear();
      }
    } catch (error) {
      // episodes before the damage
      if (filling.rows > 0) yield { batch: filling.batch, source };
      report(this.problem(error));
    } finally {
      file?.close();
    }
  }

  private problem(error: unknown): Finding {
    const code = error instanceof ColumnError ? 'hdf5-column' : 'hdf5-unreadable';
    return finding(code, this.name, null, error instanceof Error ? error.message : String(error));
  }
}

/** @param names file names of the run directory */
export function openHdf5Reader(
  directory: string,
  names: readonly string[],
  streams: RunStreams,
): StreamReader {
  const reader = new Hdf5Reader(join(directory, HDF5_FILE), HDF5_FILE, streams, 'anybody');
  return names.includes(HDF5_FILE) ? reader : { async *batches() {} };
}
