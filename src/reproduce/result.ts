import { CaptureError } from '../core/errors.js';
import type { Comparison } from './comparison.js';
import { otherRow, type Difference } from './difference.js';
import type { RunRecords } from './run-records.js';

export interface Counts {
  episodes: number;
  steps: number;
}

export interface ReproducePorts {
  /** Ends the work in order; what then is thrown is its reason. */
  signal: AbortSignal;
  /** Cores of the machine the simulation may use. */
  cores: number;
  onProgress(done: Readonly<Counts>, episodes: number): void;
  /** What the user should know beforehand: the likely cause of a difference. */
  onNote(note: string): void;
}

/** What came of simulating a run again. */
export interface Reproduction {
  runId: string;
  /** As its manifest says; `unfinished` without one, `foreign` for one of plume_nav_sim. */
  status: 'complete' | 'recovered' | 'aborted' | 'unfinished' | 'foreign';
  /** The only episode that was compared, 1 on; null for all that are recorded. */
  episode: number | null;
  /** Episodes the run was to have. */
  planned: number;
  /** Found to be identical: whole episodes, and steps, those of `open` too. */
  counts: Counts;
  /** The episode that has no record, since the run was cut off in it, and how many of its steps were compared. */
  open: { episode: number; steps: number } | null;
  difference: Difference | null;
  /** Of the records simulated, where all of a finished run was found identical; null otherwise. */
  contentDigest: string | null;
  notes: string[];
  /** How the actions of a run were replayed that has no configuration. */
  replay: Replay | null;
}

/** What run.json of plume_nav_sim does not say and its records showed. */
export interface Replay {
  action_type: string;
  reward_type: string;
  /** Null when none of ours gives what is recorded: then the observations were not compared. */
  observation_type: string | null;
}

export function resultOf(
  { directory: { run }, manifest }: RunRecords,
  comparison: Comparison,
  rest: Pick<Reproduction, 'episode' | 'difference' | 'contentDigest' | 'notes'> & { replay?: Replay },
): Reproduction {
  const { openSteps, counts, place } = comparison;
  const foreign = run.schema_version === '0.1';
  return {
    runId: run.run_id,
    status: foreign ? 'foreign' : (manifest?.status ?? 'unfinished'),
    planned: run.episode_seeds.length,
    counts: { ...counts },
    open: openSteps > 0 && rest.difference === null ? { episode: place.episode, steps: openSteps } : null,
    replay: null,
    ...rest,
  };
}

/**
 * Whether a run ends before it should, although all that is there is as simulated: a finished run has as many episodes
 * as its manifest says, and the one that was asked for is to be there.
 *
 * @throws CaptureError `usage` when it is not
 */
export function missingAtEnd(
  { directory: { path }, manifest }: RunRecords,
  comparison: Comparison,
  episode: number | null,
): Difference | null {
  const { counts, place, openSteps } = comparison;
  if (episode !== null) {
    if (counts.episodes === 0 && openSteps === 0) throw outsideRun(path, episode, null);
    return null;
  }
  if (manifest === null || manifest.counts.episodes === counts.episodes) return null;
  const what = openSteps > 0 ? 'its record is missing' : 'is not recorded';
  return otherRow(place, `${what}; the run has ${manifest.counts.episodes} episodes by its manifest.json`)
    .difference;
}

/** @param last the last episode there is, if known */
export const outsideRun = (path: string, episode: number, last: number | null): CaptureError =>
  new CaptureError('usage', `--episode: ${path} has no episode ${episode}`, {
    hint:
      last === null
        ? 'it is not recorded'
        : last === 1
          ? 'it has episode 1 only'
          : `it has episodes 1 to ${last}`,
  });
