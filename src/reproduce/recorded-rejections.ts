import { basename, join } from 'node:path';
import { openJsonlReader } from '../backends/jsonl/read.js';
import { numbers, type Batch } from '../core/batch.js';
import { parseEpisodeId } from '../core/ids.js';
import { REJECTED_FOLDER, REJECTED_STEPS_FILE, REJECTIONS_FILE } from '../core/layout.js';
import type { ReadBatch, RowSource } from '../core/ports.js';
import { printRejection, type Rejection } from '../core/rejections.js';
import { episodeRanges } from '../core/row-ranges.js';
import type { ColumnSchema } from '../core/streams.js';
import { readRejections, type RejectionLine } from '../io/read-rejections.js';
import { exactly, firstOther } from './compare.js';
import { otherRow, otherValue, Stopped, type Place } from './difference.js';
import { damaged, type RunRecords } from './run-records.js';
import type { RowRange } from './simulated.js';

/** What a run says of its rejected episodes, read along with its records and held against what is decided again. */
export class RecordedRejections {
  private readonly steps: readonly ColumnSchema[];
  private readonly lines: AsyncGenerator<RejectionLine> | null;
  private readonly samples: AsyncGenerator<SampledRows> | null;
  /** A prune has removed the samples, and the run is whole without. */
  private readonly areEmptied: boolean;
  private line: RejectionLine | null = null;
  private rows: SampledRows | null = null;

  /** @param steps what is compared of a step */
  constructor(records: RunRecords, steps: readonly ColumnSchema[]) {
    const { names } = records.directory;
    this.steps = steps;
    this.lines = names.includes(REJECTIONS_FILE) ? linesOf(records) : null;
    this.samples = names.includes(REJECTED_STEPS_FILE) ? samplesOf(records) : null;
    const isListed = records.manifest?.files.some(({ path }) => path === REJECTED_STEPS_FILE) === true;
    this.areEmptied = this.samples === null && isListed;
  }

  /**
   * Compares what is said of an episode, which comes after those asked for before.
   * @param sample its steps, when they are kept as a sample
   * @throws Stopped for a difference; CaptureError `input` for what cannot be read
   */
  async compare(place: Place, simulated: Rejection | null, sample: Batch | null): Promise<void> {
    const recorded = await this.lineOf(place.episode);
    const found = recorded?.rejection ?? null;
    if (lineText(simulated) !== lineText(found)) {
      throw new Stopped({
        episode: place.episode,
        step: null,
        field: 'qc',
        simulated,
        recorded: found,
        file: recorded === null ? null : REJECTIONS_FILE,
        line: recorded?.line ?? null,
        message: `${place.id}: by the rules of qc.* it is ${textOf(simulated)}, recorded ${textOf(found)}`,
      });
    }
    if (sample !== null && !this.areEmptied) await this.compareSample(place, sample);
  }

  async close(): Promise<void> {
    await this.lines?.return(undefined);
    await this.samples?.return(undefined);
  }

  private async lineOf(episode: number): Promise<RejectionLine | null> {
    while (this.lines !== null && (this.line === null || this.line.number < episode)) {
      const next = await this.lines.next();
      if (next.done === true) return null;
      this.line = next.value;
    }
    return this.line?.number === episode ? this.line : null;
  }

  private async compareSample(place: Place, sample: Batch): Promise<void> {
    const at = (row: number): Place => ({ ...place, step: numbers(sample, 'step')![row]! });
    let done = 0;
    for (let rows = await this.sampleOf(place.episode); rows !== null;) {
      const left = { batch: sample, at: done };
      const right = { batch: rows.batch, at: rows.from };
      const count = Math.min(rows.to - rows.from, sample.rows - done);
      const other = firstOther(this.steps, exactly, left, right, count);
      if (other !== null) {
        left.at += other.row;
        right.at += other.row;
        throw otherValue(at(left.at), other.schema, left, right, rows.source);
      }
      done += count;
      if (count < rows.to - rows.from) {
        const where = { source: rows.source, row: rows.from + count };
        throw otherRow(place, `has more steps in ${REJECTED_STEPS_FILE} than it took`, where);
      }
      this.rows = null;
      rows = await this.sampleOf(place.episode);
    }
    if (done < sample.rows) throw otherRow(at(done), `is missing in ${REJECTED_STEPS_FILE}`);
  }

  /** The next rows of an episode; null when there are no more. */
  private async sampleOf(episode: number): Promise<SampledRows | null> {
    while (this.samples !== null && (this.rows === null || this.rows.number < episode)) {
      const next = await this.samples.next();
      if (next.done === true) return null;
      this.rows = next.value;
    }
    return this.rows?.number === episode ? this.rows : null;
  }
}

interface SampledRows extends RowRange {
  /** Of the episode. */
  number: number;
  source: RowSource;
}

const lineText = (rejection: Rejection | null): string =>
  rejection === null ? '' : printRejection(rejection);

const textOf = (rejection: Rejection | null): string =>
  rejection === null
    ? 'not rejected'
    : `rejected (${rejection.rules.map(({ rule, reason }) => `${rule}: ${reason}`).join(', ')}) and its steps ${rejection.steps}`;

async function* linesOf({ directory: { path }, finished }: RunRecords): AsyncGenerator<RejectionLine> {
  const lines = readRejections(path, (line, problem, torn) => {
    // a run that was cut off may end anywhere
    if (finished || !torn) throw damaged(path, `${REJECTIONS_FILE}:${line}: ${problem}`);
  });
  for await (const some of lines) yield* some;
}

async function* samplesOf({
  directory: { path },
  streams,
  finished,
}: RunRecords): AsyncGenerator<SampledRows> {
  const reader = openJsonlReader(join(path, REJECTED_FOLDER), [basename(REJECTED_STEPS_FILE)], streams);
  const batches: AsyncIterable<ReadBatch> = reader.batches('steps', ({ severity, line, message }) => {
    const place = [REJECTED_STEPS_FILE, line].filter((part) => part !== null).join(':');
    if (severity === 'error' && finished) throw damaged(path, `${place}: ${message}`);
  });
  for await (const { batch, source } of batches) {
    const from = { ...source, file: REJECTED_STEPS_FILE };
    for (const { id, ...rows } of episodeRanges(batch)) {
      yield { batch, ...rows, number: parseEpisodeId(id) ?? 0, source: from };
    }
  }
}
