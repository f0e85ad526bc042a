import { texts } from '../../core/batch.js';
import { shown } from '../../core/findings.js';
import { REJECTIONS_FILE } from '../../core/layout.js';
import { formatEpisodeId, parseEpisodeId } from '../../core/ids.js';
import type { RowSource } from '../../core/ports.js';
import {
  recordsSteps,
  type Check,
  type EpisodeEnd,
  type EpisodeProgress,
  type RecordCounts,
  type RowCheck,
  type RowContext,
  type StepRows,
} from '../check.js';

/**
 * Episodes are ep-000001, ep-000002, …, each with a record and, unless run.json says otherwise, steps; only an aborted
 * or recovered run lacks its last record. (Where the end of an unfinished run is missing, its episodes have a gap.)
 */
class EpisodeOrder implements RowCheck {
  private expected = 1;
  /** An episode without a record: in order only when nothing follows. */
  private open: { id: string; source: RowSource | null; line: number | null } | null = null;
  /** Episodes reported to have no record. */
  private withoutRecord = 0;
  private lastStep: { source: RowSource | null; line: number | null } = { source: null, line: null };
  private readonly context: RowContext;

  constructor(context: RowContext) {
    this.context = context;
  }

  steps({ from, source, episode }: StepRows): void {
    if (episode.rows === 0) {
      this.start(episode, source, from);
      const message = `${episode.id} has steps, but run.json says that none are recorded`;
      if (!this.context.recording.full) this.context.report('steps-unexpected', source, from, message);
      const rejected = `${episode.id} has steps, but ${REJECTIONS_FILE} says that they were left out`;
      if (episode.leftOut) this.context.report('qc-steps', source, from, rejected);
    }
    this.lastStep = { source, line: source?.lineOf?.(from) ?? null };
  }

  episode({ batch, row, source, episode }: EpisodeEnd): void {
    if (batch === null) {
      if (!episode.gap) this.open = { id: episode.id, ...this.lastStep };
      return;
    }
    if (episode.rows === 0) {
      this.start(episode, source, row);
      const message = `${episode.id} has a record but no steps`;
      if (recordsSteps(this.context, episode) && !episode.gap) {
        this.context.report('episode-without-steps', source, row, message);
      }
    }
    const id = recordId(batch, row);
    if (id !== episode.id) {
      this.context.report('episode-id', source, row, `the record of ${shown(episode.id)} says ${shown(id)}`);
    }
  }

  finish({ episodes, gaps }: RecordCounts): void {
    const { end, foreign, run } = this.context;
    const isWhole = end === 'complete' || foreign;
    // While recording, and when a run was killed, an open last episode is what one expects.
    if (isWhole) this.reportOpen();
    const seeds = run.episode_seeds.length;
    if (gaps || episodes + this.withoutRecord >= seeds || !isWhole) return;
    const code = foreign ? 'episodes-fewer' : 'episodes-missing';
    this.context.report(code, null, 0, `${episodes} episodes, but run.json lists ${seeds} episode seeds`);
  }

  /** The first sight of an episode. */
  private start({ id, gap }: EpisodeProgress, source: RowSource | null, row: number): void {
    this.reportOpen();
    const number = parseEpisodeId(id);
    if (number === null) {
      const message = `${shown(id)} is not an episode id; expected ${formatEpisodeId(this.expected)}`;
      this.context.report('episode-id', source, row, message);
    } else if (
      number !== this.expected &&
      !(number > this.expected && (gap || this.mayLackAllBefore(number)))
    ) {
      const message = `found ${id} where ${formatEpisodeId(this.expected)} should be`;
      this.context.report('episode-order', source, row, message);
    }
    this.expected = (number ?? this.expected) + 1;
  }

  /** Steps come to the disk before the records: of rejected episodes between them nothing may be there yet. */
  private mayLackAllBefore(number: number): boolean {
    let next = this.expected;
    while (next < number && this.context.mayLack(formatEpisodeId(next))) next++;
    return next === number;
  }

  private reportOpen(): void {
    if (this.open === null) return;
    const { id, source, line } = this.open;
    // The batch its steps came from may have been reused since: the line was kept instead.
    const place = source === null ? null : { file: source.file, lineOf: line === null ? null : () => line };
    this.context.report('episode-without-record', place, 0, `${id} has steps but no episode record`);
    this.open = null;
    this.withoutRecord++;
  }
}

const recordId = (batch: NonNullable<EpisodeEnd['batch']>, row: number): string => {
  const { codes, dictionary } = texts(batch, 'episode_id')!;
  return dictionary[codes[row]!]!;
};

export const episodes: Check = { name: 'episodes', create: (context) => new EpisodeOrder(context) };
