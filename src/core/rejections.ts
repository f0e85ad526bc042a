import { z } from 'zod';
import { CaptureError } from './errors.js';
import { parseEpisodeId } from './ids.js';

/** What became of a rejected episode's steps: in the records, under `rejected_samples/`, or nowhere. */
export const FATES = ['kept', 'sampled', 'dropped'] as const;
export type Fate = (typeof FATES)[number];

/** A line of qc.jsonl: an episode that failed rules of `qc.*`, all that it failed. */
export const rejectionSchema = z.object({
  episode_id: z.string(),
  seed: z.int().min(0),
  rules: z.array(z.object({ rule: z.string(), reason: z.string() })).min(1),
  steps: z.enum(FATES),
});
export type Rejection = z.infer<typeof rejectionSchema>;

/** `qc` of a manifest, of a run that was recorded with rules: all episodes, and those that were rejected. */
export const rejectionCountsSchema = z.object({
  checked: z.int().min(0),
  rejected: z.int().min(0),
  /** Of those rejected: whose steps lie under `rejected_samples/`, and whose nobody kept. */
  sampled: z.int().min(0),
  dropped: z.int().min(0),
  /** Episodes that failed a rule; one may fail several. */
  by_rule: z.record(z.string(), z.int().min(1)),
});
export type RejectionCounts = z.infer<typeof rejectionCountsSchema>;

/** The line, newline included. */
export const printRejection = ({ episode_id, seed, rules, steps }: Rejection): string =>
  `${JSON.stringify({ episode_id, seed, rules, steps })}\n`;

/** @throws CaptureError `input` for what is no rejection, in words that follow the place of the line */
export function parseRejection(line: string): Rejection & { number: number } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new CaptureError('input', 'not one JSON object', { cause: error });
  }
  const { data, error } = rejectionSchema.safeParse(value);
  if (data === undefined) {
    const [issue] = error.issues;
    throw new CaptureError('input', [...issue!.path, issue!.message].join(': '));
  }
  const number = parseEpisodeId(data.episode_id);
  if (number === null) throw new CaptureError('input', 'episode_id: expected ep-000001 and so on');
  return { ...data, number };
}

/** Counts rejections as they come. */
export class RejectionTotals {
  private rejected = 0;
  private readonly fates: Record<Fate, number> = { kept: 0, sampled: 0, dropped: 0 };
  private readonly byRule = new Map<string, number>();

  add({ rules, steps }: Rejection): void {
    this.rejected++;
    this.fates[steps]++;
    for (const { rule } of rules) this.byRule.set(rule, (this.byRule.get(rule) ?? 0) + 1);
  }

  /** @param checked episodes of the run */
  finish(checked: number): RejectionCounts {
    const { sampled, dropped } = this.fates;
    // in an order that depends on nothing but the names
    const byRule = Object.fromEntries([...this.byRule].sort(([a], [b]) => (a < b ? -1 : 1)));
    return { checked, rejected: this.rejected, sampled, dropped, by_rule: byRule };
  }
}
