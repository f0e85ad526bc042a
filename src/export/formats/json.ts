import { join } from 'node:path';
import { JsonLines } from '../../backends/jsonl/encode.js';
import type { Batch } from '../../core/batch.js';
import { compactJson, type JsonValue } from '../../core/canonical-json.js';
import { openOutputFile, type OutputFile } from '../output-file.js';
import type { ExportSource } from '../source.js';
import { textLevel, TEXT_COMPRESSIONS, usualTextCompression } from '../text-compression.js';
import { byEpisode, type EpisodeEvent } from '../walk.js';
import type { ExportFormat, ExportJob, MadeFile } from './format.js';
import { selectionJson } from '../selection.js';
import { sliceRows } from '../../core/row-ranges.js';

const PATH = 'run.json';
/** Closes a record: `}` and a newline. */
const END_BYTES = 2;

/** One document: run.json, and the episodes with their steps, each record as it is in the JSON lines. */
export const json: ExportFormat = {
  name: 'json',
  target: 'file',
  compressions: TEXT_COMPRESSIONS,
  usualCompression: usualTextCompression,
  needs: [],
  write,
};

async function write({ source, folder, name, compression }: ExportJob): Promise<MadeFile[]> {
  const file = openOutputFile(join(folder, PATH), textLevel(compression, name));
  try {
    const document = new Document(file, source);
    for await (const event of byEpisode(source)) document.add(event);
    document.end();
    const { episodes, steps } = source.counts;
    return [{ path: PATH, stream: null, rows: episodes + steps, ...file.finish() }];
  } finally {
    file.abort();
  }
}

/** The document as it grows, a record a line. */
class Document {
  private readonly file: OutputFile;
  private readonly steps: JsonLines;
  private readonly episodes: JsonLines;
  private bytes = Buffer.allocUnsafe(1 << 16);
  private firstEpisode = true;
  private firstStep = true;

  constructor(file: OutputFile, source: ExportSource) {
    this.file = file;
    this.steps = new JsonLines(source.streams.steps);
    this.episodes = new JsonLines(source.streams.episodes);
    const head: Record<string, JsonValue> = {
      run: source.directory.runJson,
      selection: selectionJson(source),
    };
    this.text(`${compactJson(head).slice(0, -1)},\n"episodes":[`);
  }

  add(event: EpisodeEvent): void {
    if (event.kind === 'begin') {
      this.text(this.firstEpisode ? '\n' : ',\n');
      this.firstEpisode = false;
      this.firstStep = true;
      // of an episode that was cut off there is nothing but its steps
      if (event.row === null) this.text(`{"episode_id":${JSON.stringify(event.id)}`);
      else this.file.write(this.record(event.row.batch, event.row.row));
      this.text(',"steps":[');
    } else if (event.kind === 'steps') {
      this.file.write(this.records(event.batch));
    } else {
      this.text(this.firstStep ? ']}' : '\n]}');
    }
  }

  end(): void {
    this.text('\n]}\n');
  }

  private text(text: string): void {
    this.file.write(Buffer.from(text));
  }

  /** One row of the episodes stream, left open behind its last value. */
  private record(batch: Batch, row: number): Uint8Array {
    const one = sliceRows(batch, row, row + 1);
    this.reserve(this.episodes.use(one));
    return this.bytes.subarray(0, this.episodes.write(0, this.bytes, 0) - END_BYTES);
  }

  /** Rows of steps, with a comma before each but the first of the episode. */
  private records(batch: Batch): Uint8Array {
    this.reserve((this.steps.use(batch) + 2) * batch.rows);
    let at = 0;
    for (let row = 0; row < batch.rows; row++) {
      if (!this.firstStep) this.bytes[at++] = 0x2c;
      this.firstStep = false;
      this.bytes[at++] = 0x0a;
      // without its newline
      at = this.steps.write(row, this.bytes, at) - 1;
    }
    return this.bytes.subarray(0, at);
  }

  private reserve(bytes: number): void {
    if (bytes > this.bytes.length) this.bytes = Buffer.allocUnsafe(bytes);
  }
}
