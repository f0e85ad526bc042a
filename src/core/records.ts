import { z } from 'zod';
import { recoverySchema } from './recovery.js';
import { rejectionCountsSchema } from './rejections.js';
import type { ColumnSchema, StreamSchema } from './streams.js';

/** Record schemas of everything a run directory holds; JSON Schemas in conf/schema are generated from these. */

const scalar = (column: ColumnSchema): z.ZodType => {
  const { type, min, nullable } = column;
  let schema: z.ZodType;
  if (type === 'text') schema = z.string();
  else if (type === 'bool') schema = z.boolean();
  else if (type === 'floats') schema = z.array(z.number());
  else {
    const number = type === 'int' ? z.int() : z.number();
    schema = min === undefined ? number : number.min(min);
  }
  return nullable === true ? schema.nullable() : schema;
};

/**
 * The JSON record of one row of a stream: keys in column order, two-part paths nested.
 * @param optional keys of extra columns, which not every run has
 */
export function recordSchema(stream: StreamSchema, optional: readonly string[] = []): z.ZodObject {
  const shape: Record<string, z.ZodType | Record<string, z.ZodType>> = {};
  for (const column of stream.columns) {
    const [key, inner] = column.path;
    if (inner === undefined) shape[key] = scalar(column);
    else ((shape[key] ??= {}) as Record<string, z.ZodType>)[inner] = scalar(column);
  }
  return z.object(
    Object.fromEntries(
      Object.entries(shape).map(([key, value]) => {
        const schema = value instanceof z.ZodType ? value : z.object(value);
        return [key, optional.includes(key) ? schema.optional() : schema];
      }),
    ),
  );
}

const pair = z.tuple([z.number(), z.number()]);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const envConfigSchema = z.object({
  grid_size: pair,
  source_location: pair,
  max_steps: z.int().min(1),
  goal_radius: z.number().min(0),
  enable_rendering: z.boolean(),
  plume_params: z.looseObject({ source_location: pair, sigma: z.number() }),
});

/**
 * run.json, ours and plume_nav_sim's; no other top-level keys, since plume_nav_sim's loader rejects them. Its own
 * may leave out package_version, system and extra.
 */
export const runSchema = z.strictObject({
  schema_version: z.string(),
  run_id: z.string(),
  experiment: z.string(),
  package_version: z
    .string()
    .nullish()
    .transform((version) => version ?? 'unknown'),
  git_sha: z.string().nullable(),
  start_time: z.string(),
  env_config: envConfigSchema,
  config_hash: sha256.nullable(),
  base_seed: z.int().min(0).nullable(),
  episode_seeds: z.array(z.int().min(0)),
  system: z
    .object({
      hostname: z.string().nullable(),
      platform: z.string().nullable(),
      python_version: z.string().nullable(),
      pid: z.int().nullable(),
      user: z.string().nullable(),
    })
    .nullish(),
  extra: z.record(z.string(), z.unknown()).nullish(),
});
export type RunMetadata = z.infer<typeof runSchema>;

export const manifestFileSchema = z.object({
  path: z.string(),
  bytes: z.int().min(0),
  sha256,
  rows: z.int().min(0).nullable(),
  media_type: z.string(),
  role: z.enum(['raw', 'derived', 'meta']),
  derived_from: z.string().nullable(),
});
export type ManifestFile = z.infer<typeof manifestFileSchema>;

export const findingSchema = z.object({
  code: z.string(),
  severity: z.enum(['error', 'note']),
  file: z.string().nullable(),
  line: z.int().nullable(),
  message: z.string(),
});

export const reportSchema = z.object({
  ok: z.boolean(),
  /** `files`: read back from disk; `recording`: the same checks on the batches as they were written. */
  source: z.enum(['files', 'recording']),
  checks: z.array(z.string()),
  counts: z.object({ episodes: z.int(), steps: z.int() }),
  errors: z.int().min(0),
  notes: z.int().min(0),
  findings: z.array(findingSchema),
});

export const manifestSchema = z.object({
  manifest_version: z.string(),
  run_id: z.string(),
  experiment: z.string(),
  status: z.enum(['complete', 'recovered', 'aborted']),
  created_at: z.string(),
  started_at: z.string().nullable(),
  ended_at: z.string().nullable(),
  git_sha: z.string().nullable(),
  git_dirty: z.boolean().nullable(),
  package_version: z.string(),
  schema_version: z.string(),
  config_hash: sha256.nullable(),
  env_config: envConfigSchema,
  env_config_hash: sha256,
  validation: reportSchema,
  files: z.array(manifestFileSchema),
  totals: z.object({ files: z.int(), bytes: z.int() }),
  counts: z.object({ episodes: z.int(), steps: z.int() }),
  seed_summary: z.object({
    unique_count: z.int(),
    min: z.int().nullable(),
    max: z.int().nullable(),
    base_seed: z.int().nullable(),
  }),
  content_digest: sha256,
  inputs: z.array(z.object({ uri: z.string(), sha256, role: z.string() })),
  command: z.array(z.string()),
  software: z.object({ name: z.string(), version: z.string(), node: z.string(), zlib: z.string() }),
  recovery: recoverySchema.nullable(),
  qc: rejectionCountsSchema.optional(),
  manifest_digest: sha256,
});
export type Manifest = z.infer<typeof manifestSchema>;
