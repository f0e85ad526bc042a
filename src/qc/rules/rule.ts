import type { z } from 'zod';
import type { Batch } from '../../core/batch.js';

/** What rules may know of the run. */
export interface RuleSetting {
  /** The grid, in cells. */
  gridWidth: number;
  gridHeight: number;
}

/**
 * Looks at one episode after another: its steps in any number of pieces, then its end. Whoever hands it rows may cut
 * them as they like, so what it says depends on the episode alone.
 */
export interface EpisodeRule {
  /** Rows [from, to) of a steps batch: the next steps of the episode at hand, every one that was taken. */
  steps?(batch: Batch, from: number, to: number): void;
  /** The end of the episode, with its row of an episodes batch: why it is rejected, or null. The next one begins. */
  end(batch: Batch, row: number): string | null;
}

/** A rule, which `qc.<its name>` sets. */
export interface Rule<Option extends z.ZodType = z.ZodType> {
  /** The key of the configuration; its default turns the rule off. */
  readonly option: Option;
  /** Null when the value of the key turns the rule off. */
  readonly create: (value: z.output<Option>, setting: RuleSetting) => EpisodeRule | null;
}

/** Lets a rule's value have the type of its key. */
export const defineRule = <Option extends z.ZodType>(rule: Rule<Option>): Rule<Option> => rule;
