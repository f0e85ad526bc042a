import type { Batch } from '../core/batch.js';
import type { Rejection } from '../core/rejections.js';
import type { QcConfig } from './config.js';
import { RULES } from './rules/index.js';
import type { EpisodeRule, RuleSetting } from './rules/rule.js';

/** All rules of a configuration, on one episode after another. */
export class EpisodeJudge {
  private readonly rules: { name: string; rule: EpisodeRule }[] = [];

  constructor(config: QcConfig, setting: RuleSetting) {
    for (const [name, { create }] of Object.entries(RULES)) {
      const rule = create(config[name as keyof typeof RULES] as never, setting);
      if (rule !== null) this.rules.push({ name, rule });
    }
  }

  /** Rows [from, to) of a steps batch, all of the episode at hand: every step taken, whatever is recorded of them. */
  addSteps(batch: Batch, from: number, to: number): void {
    if (from === to) return;
    for (const { rule } of this.rules) rule.steps?.(batch, from, to);
  }

  /** Ends the episode with its row of an episodes batch; gives the rules it fails, none for a good one. */
  endEpisode(batch: Batch, row: number): Rejection['rules'] {
    const failed: Rejection['rules'] = [];
    for (const { name, rule } of this.rules) {
      const reason = rule.end(batch, row);
      if (reason !== null) failed.push({ rule: name, reason });
    }
    return failed;
  }
}
