import { join } from 'node:path';
import { CaptureError } from '../../core/errors.js';
import { RUN_FILE } from '../../core/layout.js';
import type { Batch } from '../../core/batch.js';
import type { RowSource } from '../../core/ports.js';
import type { EpisodeSink } from '../../core/read-episodes.js';
import { TOLERANCE } from '../compare.js';
import { missingAtEnd, outsideRun, resultOf, type Reproduction, type ReproducePorts } from '../result.js';
import { readRun, type RunRecords } from '../run-records.js';
import { createCandidate, stopOf, type Candidate } from './candidate.js';
import { chooseReplays } from './choose.js';
import type { ReplaySetting } from './replayed.js';

/**
 * Takes the recorded actions of a run of plume_nav_sim again, each episode from its seed, and compares where they lead
 * with what is recorded. Such a run has no configuration: what run.json leaves open is found by trying.
 *
 * @param episode number of the only episode to compare, 1 on; null for all there are
 * @throws CaptureError `input` for a run that no environment of ours gives, `usage` for an episode it does not have;
 *   DOMException `AbortError` when the signal says so
 */
export async function replayRun(
  records: RunRecords,
  episode: number | null,
  ports: ReproducePorts,
): Promise<Reproduction> {
  const { run, path } = records.directory;
  const planned = run.episode_seeds.length;
  if (episode !== null && episode > planned) throw outsideRun(path, episode, planned);
  const setting = settingOf(records);
  const { signal } = ports;
  const replays = await chooseReplays(records, { setting, episode, signal });
  const observations = replays.some(({ observation_type }) => observation_type !== null);
  const notes: string[] = [];
  const note = (text: string): void => {
    notes.push(text);
    ports.onNote(text);
  };
  note(
    `written by plume_nav_sim, without a configuration: its recorded actions are taken again, and floats may differ by ${TOLERANCE} of their value`,
  );
  if (!observations) note('observation_summary is not compared: no sensor of ours gives what is recorded');
  const survivors = new Survivors(
    replays.map((replay) =>
      createCandidate(records.streams, setting, replay, episode ?? 1, { rewards: true, observations }),
    ),
  );
  const onBatch = (): void =>
    ports.onProgress(survivors.first.comparison.counts, episode === null ? planned : 1);
  const found = await readRun(records, survivors, { episode, signal, onBatch });
  const { comparison, replay } = survivors.first;
  const difference = found ?? missingAtEnd(records, comparison, episode);
  return resultOf(records, comparison, { episode, difference, contentDigest: null, notes, replay });
}

function settingOf({ directory: { path, run } }: RunRecords): ReplaySetting {
  const { grid_size, source_location, max_steps, goal_radius, plume_params } = run.env_config;
  const whole = [...grid_size, ...source_location].every(Number.isSafeInteger);
  if (!whole || grid_size.some((cells) => cells < 1) || !(plume_params.sigma > 0)) {
    throw new CaptureError('input', `${join(path, RUN_FILE)}: env_config is none that can be simulated`, {
      hint: 'grid_size and source_location are cells, sigma is more than 0',
    });
  }
  const env = { grid_size, source_location, max_steps, goal_radius, plume_sigma: plume_params.sigma };
  return { env, seeds: run.episode_seeds };
}

/** Candidates that give the records so far; what stops the last of them stops the reading. */
class Survivors implements EpisodeSink {
  private readonly alive: Candidate[];

  constructor(candidates: Candidate[]) {
    this.alive = candidates;
  }

  get first(): Candidate {
    return this.alive[0]!;
  }

  addSteps(batch: Batch, from: number, to: number, source: RowSource): Promise<void> {
    return this.each(({ comparison }) => comparison.addSteps(batch, from, to, source));
  }

  endEpisode(batch: Batch | null, row: number, source: RowSource | null): Promise<void> {
    return this.each(({ comparison }) => comparison.endEpisode(batch, row, source));
  }

  markGap(): void {
    for (const { comparison } of this.alive) comparison.markGap();
  }

  private async each(work: (candidate: Candidate) => Promise<void>): Promise<void> {
    for (const candidate of [...this.alive]) {
      const stopped = await stopOf(work(candidate));
      if (stopped === null) continue;
      if (this.alive.length === 1) throw stopped;
      this.alive.splice(this.alive.indexOf(candidate), 1);
    }
  }
}
