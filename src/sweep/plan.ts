import { z } from 'zod';

const jobSchema = z.object({
  /** From 1, in the order of the sweep. */
  job: z.int().min(1),
  /** The keys the sweep varies and the text of their values here. */
  swept: z.record(z.string(), z.string()),
  /** What makes this job's configuration, flags and all. */
  overrides: z.array(z.string()),
  config_hash: z.string(),
});

export const PLAN_VERSION = 1;

/** `multirun.yaml`: what a sweep is. Written once, before the first job; nothing in it changes. */
export const planSchema = z.object({
  plan_version: z.literal(PLAN_VERSION),
  package_version: z.string(),
  /** ISO 8601 UTC. */
  created_at: z.string(),
  /** Relative paths in the configuration start here. */
  cwd: z.string(),
  /** Output of the first job, under which the sweep's folder lies. */
  output: z.string(),
  config_path: z.string().nullable(),
  config_dir: z.string().nullable(),
  config_name: z.string(),
  /** As typed, flags as the overrides they stand for. */
  overrides: z.array(z.string()),
  /** Why the configuration was changed, where somebody said so. */
  reason: z.string().nullable().default(null),
  jobs: z.array(jobSchema).min(1),
});

export type SweepPlan = z.infer<typeof planSchema>;
export type PlannedJob = z.infer<typeof jobSchema>;

/** `seed=3 policy=surge_and_cast`; empty when nothing is swept. */
export function describeSwept(swept: Readonly<Record<string, string>>): string {
  return Object.entries(swept)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
}
