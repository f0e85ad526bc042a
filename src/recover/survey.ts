import type { OpenRecords } from '../backends/open-records.js';
import { numbers, texts, type Batch } from '../core/batch.js';
import { parseEpisodeId } from '../core/ids.js';
import { readEpisodes, type EpisodeSink } from '../core/read-episodes.js';
import { recordingOf } from '../core/recording.js';
import type { RunMetadata } from '../core/records.js';
import type { Finding } from '../core/report.js';
import type { Recording } from '../core/streams.js';
import { EpisodeTally } from './episode-tally.js';

/** A step, or with null an episode as a whole. */
export interface Place {
  episode: string;
  step: number | null;
}

/** Records are missing between two places; null stands for the beginning. */
export interface Gap {
  after: Place | null;
  before: Place;
}

/** So many rows of the beginning of each stream. */
export interface Beginning {
  episodes: number;
  steps: number;
}

/** What can be read of a run. */
export interface Survey {
  /** Rows that can be read. */
  read: Beginning;
  /** What is kept: all that can be read, but for records at the end whose steps are not all there. */
  kept: Beginning;
  /** Of those kept, records that are made anew from their steps. */
  rebuilt: number;
  /** Whole episodes before the first that is not, and the steps taken in them. */
  whole: Beginning & { taken: number };
  /** Where records are missing that others follow, the first ones, and how many in all. */
  gaps: Gap[];
  gapCount: number;
  /** What the reader says of records it cannot read, the first ones, and how many in all. */
  damage: Finding[];
  damageCount: number;
  /** Of the last step, seconds since the epoch; null without steps. */
  lastTs: number | null;
}

/** Gaps and findings that are told one by one. */
const TOLD = 100;

/** Looks through the records of a run that may have any damage; holds one batch of each stream. */
export async function surveyRun(
  run: RunMetadata,
  { reader }: Pick<OpenRecords, 'reader'>,
  leftOut: (id: string) => boolean,
): Promise<Survey> {
  const surveyor = new Surveyor(recordingOf(run), leftOut);
  const damage: Finding[] = [];
  let damageCount = 0;
  await readEpisodes({
    reader,
    // whatever is missing shows in the numbers of steps and episodes
    missing: { steps: 'none', episodes: 'none' },
    sink: surveyor,
    add(finding) {
      if (finding.severity !== 'error' || finding.code === 'sqlite-empty') return;
      damageCount++;
      if (damage.length < TOLD) damage.push(finding);
    },
  });
  return { ...surveyor.finish(), damage, damageCount };
}

class Surveyor implements EpisodeSink {
  private readonly recording: Recording;
  private readonly leftOut: (id: string) => boolean;
  private readonly read: Beginning = { episodes: 0, steps: 0 };
  private kept: Beginning = { episodes: 0, steps: 0 };
  private whole: Survey['whole'] = { episodes: 0, steps: 0, taken: 0 };
  private rebuilt = 0;
  private readonly gaps: Gap[] = [];
  private gapCount = 0;
  private lastTs: number | null = null;
  private tally: EpisodeTally | null = null;
  /** The last episode; null before the first. */
  private last: { place: Place; number: number | null } | null = null;
  /** The last ones whose end is not there, one after another: a gap, if steps follow. */
  private unended: Place[] = [];
  /** Records and rebuilt ones, those behind the last whole episode too. */
  private records = 0;

  constructor(recording: Recording, leftOut: (id: string) => boolean) {
    this.recording = recording;
    this.leftOut = leftOut;
  }

  addSteps(batch: Batch, from: number, to: number): void {
    this.tally ??= this.begin(idAt(batch, from), numbers(batch, 'step')![from]!);
    const { id } = this.tally;
    this.tally.add(batch, from, to, (before, behind) => {
      // a beginning that is missing is a gap behind the episode before
      if (before > 0) this.addGap({ episode: id, step: before }, { episode: id, step: behind });
    });
    this.lastTs = this.tally.lastTs;
    this.read.steps += to - from;
  }

  endEpisode(batch: Batch | null, row: number): void {
    const tally = this.tally ?? this.begin(idAt(batch!, row), null);
    this.tally = null;
    if (batch !== null) this.read.episodes++;
    const total = batch === null ? null : numbers(batch, 'total_steps')![row]!;
    const isRecorded = total !== null || (tally.ended && tally.tellsAll);
    const hasSteps = this.recording.full && !this.leftOut(tally.id);
    const isEnded = isRecorded && (!hasSteps || total === null || total === tally.last);
    const isWhole = isEnded && (tally.unbroken || !hasSteps);
    if (isRecorded) this.records++;
    const place = { episode: tally.id, step: tally.rows > 0 ? tally.last : null };
    this.last = { place, number: tally.number };
    if (isEnded) this.unended = [];
    else this.unended.push(place);
    if (!isWhole) return;
    if (total === null) this.rebuilt++;
    if (this.gapCount === 0) {
      this.whole = {
        episodes: this.whole.episodes + 1,
        steps: this.read.steps,
        taken: this.whole.taken + (total ?? tally.last),
      };
    }
    this.kept = { episodes: this.records, steps: this.read.steps };
  }

  markGap(): void {
    // the numbers of the steps show it
  }

  finish(): Omit<Survey, 'damage' | 'damageCount'> {
    const { read, whole, rebuilt, gaps, gapCount, lastTs } = this;
    // steps of an episode that was cut stay, its record would contradict them
    const kept = { ...this.kept, steps: read.steps };
    return { read, kept, rebuilt, whole, gaps, gapCount, lastTs };
  }

  /** @param step the first that can be read; null for a record without any */
  private begin(id: string, step: number | null): EpisodeTally {
    const number = parseEpisodeId(id);
    const { last } = this;
    const follows = number === null || number === (last?.number ?? 0) + 1;
    const isBeginning = step === null || step === 1;
    // records alone follow a run's torn steps without being proof that more steps came
    if (step !== null || !this.recording.full || this.leftOut(id)) {
      const place = { episode: id, step };
      const { unended } = this;
      if (unended.length > 0) {
        for (const [i, after] of unended.entries()) this.addGap(after, unended[i + 1] ?? place);
      } else if (!follows || !isBeginning) {
        this.addGap(last?.place ?? null, place);
      }
      this.unended = [];
    }
    return new EpisodeTally(id, number, this.recording);
  }

  private addGap(after: Place | null, before: Place): void {
    this.gapCount++;
    if (this.gaps.length < TOLD) this.gaps.push({ after, before });
  }
}

export function idAt(batch: Batch, row: number): string {
  const { codes, dictionary } = texts(batch, 'episode_id')!;
  return dictionary[codes[row]!]!;
}
