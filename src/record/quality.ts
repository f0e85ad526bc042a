import type { Batch } from '../core/batch.js';
import { CaptureError } from '../core/errors.js';
import { formatEpisodeId } from '../core/ids.js';
import type { Rejection } from '../core/rejections.js';
import { hasRules, type QcConfig } from '../qc/config.js';
import { EpisodeJudge } from '../qc/judge.js';
import type { RuleSetting } from '../qc/rules/rule.js';
import { Generator } from '../sim/rng/generator.js';
import { bufferRows } from './buffer.js';
import type { RecordConfig } from './config.js';

/** Told apart from whatever else is drawn from an episode's seed; a part of the format, see docs/quality.md. */
const SAMPLE_KEY = 29027;

/** Whether the steps of a rejected episode are kept as a sample: of its seed alone, so every capture agrees. */
const isSampled = (seed: number, rate: number): boolean => new Generator([seed, SAMPLE_KEY]).random() < rate;

/** Decides at the end of each episode whether it is rejected, and what becomes of its steps. */
export class Quality {
  private readonly config: QcConfig;
  private readonly judge: EpisodeJudge;
  private episodeId = '';
  private seed = 0;

  constructor(config: QcConfig, setting: RuleSetting) {
    this.config = config;
    this.judge = new EpisodeJudge(config, setting);
  }

  /** @param episode number from 1 */
  beginEpisode(episode: number, seed: number): void {
    this.episodeId = formatEpisodeId(episode);
    this.seed = seed;
  }

  /** Rows [from, to) of a steps batch, before any of them is left out. */
  addSteps(batch: Batch, from: number, to: number): void {
    this.judge.addSteps(batch, from, to);
  }

  /** Ends the episode with its row of an episodes batch; null for a good one. */
  endEpisode(batch: Batch, row: number): Rejection | null {
    const rules = this.judge.endEpisode(batch, row);
    if (rules.length === 0) return null;
    const { on_reject: action, rejected_sample_rate: rate } = this.config;
    const steps = action === 'mark' ? 'kept' : isSampled(this.seed, rate) ? 'sampled' : 'dropped';
    return { episode_id: this.episodeId, seed: this.seed, rules, steps };
  }
}

/** Null when no rule is on: then nothing is looked at. */
export const openQuality = (config: QcConfig, setting: RuleSetting): Quality | null =>
  hasRules(config) ? new Quality(config, setting) : null;

/** Whether the steps of an episode wait in memory until it is known that they are to be recorded. */
export const holdsEpisodes = ({ on_reject: action }: QcConfig): boolean => action === 'sample';

/**
 * Refuses episodes that may be longer than what is held in memory.
 * @param observationWidth values in an observation
 * @throws CaptureError `config`
 */
export function requireRoomForEpisodes(
  { qc, record, env }: { qc: QcConfig; record: RecordConfig; env: { max_steps: number } },
  observationWidth: number,
): void {
  const room = bufferRows(record, observationWidth);
  if (!holdsEpisodes(qc) || env.max_steps <= room) return;
  throw new CaptureError(
    'config',
    `qc.on_reject=sample holds an episode in memory until its end, and env.max_steps=${env.max_steps} is more than the ${room} steps the buffer holds`,
    {
      hint: `set record.performance.buffer.max_records=${env.max_steps} (and max_memory_mb to match), or qc.on_reject=mark`,
    },
  );
}
