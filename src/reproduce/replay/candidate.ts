import type { RunStreams } from '../../core/streams.js';
import { nearly, steadyColumns } from '../compare.js';
import { Comparison } from '../comparison.js';
import { Stopped } from '../difference.js';
import type { Replay } from '../result.js';
import { ReplayedEpisodes, type ReplaySetting } from './replayed.js';

/** What of the records a candidate is held against. */
export interface Compared {
  rewards: boolean;
  observations: boolean;
}

/** One of the environments the records may come from. */
export interface Candidate {
  readonly replay: Replay;
  readonly episodes: ReplayedEpisodes;
  readonly comparison: Comparison;
}

export function createCandidate(
  streams: RunStreams,
  setting: ReplaySetting,
  replay: Replay,
  first: number,
  { rewards, observations }: Compared,
): Candidate {
  const left = new Set(['schema_version']);
  if (!rewards) for (const name of ['reward', 'total_reward']) left.add(name);
  if (!observations) left.add('observation_summary');
  const [steps, episodes] = [streams.steps, streams.episodes].map((stream) =>
    steadyColumns(stream).filter(({ name }) => !left.has(name)),
  ) as [ReturnType<typeof steadyColumns>, ReturnType<typeof steadyColumns>];
  const replayed = new ReplayedEpisodes(setting, replay, first);
  const comparison = new Comparison({
    simulated: replayed,
    steps,
    episodes,
    same: nearly,
    first,
    hasGap: () => false,
  });
  return { replay, episodes: replayed, comparison };
}

/** What stopped a comparison; null when nothing did. */
export async function stopOf(work: Promise<void>): Promise<Stopped | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof Stopped) return error;
    throw error;
  }
}
