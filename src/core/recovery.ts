import { z } from 'zod';

const place = z.object({ episode_id: z.string(), step: z.int().nullable() });

/** `recovery` of a manifest: what was kept of a run that was damaged or had no end, and what was dropped. */
export const recoverySchema = z.object({
  /** `resumed` runs went on behind what was kept. */
  kind: z.enum(['recovered', 'resumed']),
  /** ISO 8601 UTC. */
  at: z.string(),
  kept: z.object({ episodes: z.int(), steps: z.int() }),
  /** Records of episodes that were made anew from their steps; durations are then those between timestamps. */
  rebuilt: z.int(),
  /** Bytes of record files that no record could be read from, and records that were read and not kept. */
  dropped: z.object({ bytes: z.int(), episodes: z.int(), steps: z.int() }),
  /** Where records are missing that others follow, the first of `gap_count`. */
  gaps: z.array(z.object({ after: place.nullable(), before: place })),
  gap_count: z.int(),
});
export type Recovery = z.infer<typeof recoverySchema>;

/** Whether records are known to be missing in an episode, or right before or behind it. */
export function episodesWithGaps(recovery: Recovery | null): (id: string) => boolean {
  if (recovery === null || recovery.gap_count === 0) return () => false;
  const { gaps, gap_count: count } = recovery;
  // with more than are told it may be any
  if (count > gaps.length) return () => true;
  const ids = new Set(gaps.flatMap(({ after, before }) => [after?.episode_id, before.episode_id]));
  return (id) => ids.has(id);
}
