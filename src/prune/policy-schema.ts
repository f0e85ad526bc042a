import { z } from 'zod';

const text = z
  .union([z.string(), z.number()], { error: 'expected a number or a text such as 30d' })
  .transform(String);
const texts = z.union([text.transform((one) => [one]), z.array(text)]);
const count = (of: string) => text.describe(`${of}: a number, or all.`).optional();
const span = (what: string) => text.describe(`${what}: 90m, 12h, 30d, 8w, 6mo, 1y.`).optional();

export const GROUPS = ['experiment', 'config', 'none'] as const;

/** A retention policy as written in YAML; each key is that of a flag of prune, `keep_last` that of `--keep-last`. */
export const policySchema = z.strictObject({
  keep_last: count('Keep the last runs of each group'),
  keep_hourly: count('Keep the newest run of each of so many hours'),
  keep_daily: count('Keep the newest run of each of so many days'),
  keep_weekly: count('Keep the newest run of each of so many ISO weeks'),
  keep_monthly: count('Keep the newest run of each of so many months'),
  keep_yearly: count('Keep the newest run of each of so many years'),
  keep_within: span('Keep runs that ended within this span before now'),
  keep_tag: texts.describe('Keep runs with one of these tags.').optional(),
  group_by: z.enum(GROUPS).describe('What the rules count in: experiment, config or none.').optional(),
  max_size: text.describe('Remove the oldest runs while results are larger: 200GB.').optional(),
  keep_free: text.describe('Remove the oldest runs while less of the disk is free: 20% or 50GB.').optional(),
  force_size: z.boolean().describe('Whether limits of space win over rules that keep.').optional(),
  min_age: span('Never remove a younger run'),
  stale_after: span('Remove an unfinished run that nothing was written to for this span'),
  require_ingested: z
    .boolean()
    .describe('Never remove a run that is not in a dataset, file for file.')
    .optional(),
  dataset: z.string().describe('Folder of the dataset, where ingest has not noted it.').optional(),
  max_delete: text.describe('Remove nothing when it would be more runs than this: 100, or 10%.').optional(),
  keep_trash: span('Removed runs stay in the trash for this span, from where undelete brings them back'),
  archive: z.string().describe('Copy runs into this folder before they are removed.').optional(),
  archive_tag: texts.describe('Archive runs with one of these tags only.').optional(),
  runtime_logs: z
    .string()
    .describe('Folder of runtime logs to be pruned as well: data/raw/runtime.')
    .optional(),
  logs_max_age: span('Remove runtime logs older than this'),
  logs_max_size: text.describe('Remove the oldest runtime logs while they are larger: 5GB.').optional(),
  rejected_max_age: span('Empty the samples of rejected episodes of runs older than this'),
});

/** As read from a file or put together of flags, before the values are. */
export type PolicySettings = z.input<typeof policySchema>;
export type CheckedSettings = z.output<typeof policySchema>;
