import { canonicalHash, type JsonMap, type JsonValue } from './canonical-json.js';
import { describeFile, type FileRole } from './layout.js';
import type { ManifestFile, RunMetadata } from './records.js';
import type { RejectionCounts } from './rejections.js';
import type { Report } from './report.js';

const MANIFEST_VERSION = '1.0.0';

export interface ManifestInput {
  run: RunMetadata;
  /** `env_config` of run.json with integers and floats apart (see `parseTypedJson`). */
  envConfig: JsonValue;
  status: 'complete' | 'recovered' | 'aborted';
  /** ISO 8601 UTC. */
  createdAt: string;
  startedAt: string | null;
  endedAt: string | null;
  gitDirty: boolean | null;
  files: readonly ManifestFile[];
  counts: { episodes: number; steps: number };
  validation: Report;
  contentDigest: string;
  inputs: readonly { uri: string; sha256: string; role: string }[];
  command: readonly string[];
  software: { name: string; version: string; node: string; zlib: string };
  recovery: JsonValue;
  /** Null for a run that was recorded without rules, whose manifest does not speak of them. */
  rejections: RejectionCounts | null;
}

/** Plain data whose numbers are all integers, as JSON that prints them so. */
export function integers(value: unknown): JsonValue {
  if (typeof value === 'number') return BigInt(value);
  if (Array.isArray(value)) return value.map(integers);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, integers(inner)]));
  }
  return value as JsonValue;
}

/**
 * The inventory's entry of a file.
 * @param origin the file it was made of; or what else its role is than its name says
 */
export function manifestFile(
  file: Pick<ManifestFile, 'path' | 'bytes' | 'sha256' | 'rows'>,
  { derivedFrom = null, role }: { derivedFrom?: string | null; role?: FileRole } = {},
): ManifestFile {
  const { path, bytes, sha256, rows } = file;
  const described = describeFile(path);
  return {
    path,
    bytes,
    sha256,
    rows,
    media_type: described.mediaType,
    role: derivedFrom === null ? (role ?? described.role) : 'derived',
    derived_from: derivedFrom,
  };
}

/** How many seeds, and their range. */
export function seedSummary({ base_seed: base, episode_seeds: seeds }: RunMetadata): JsonValue {
  let min: number | null = null;
  let max: number | null = null;
  for (const seed of seeds) {
    if (min === null || seed < min) min = seed;
    if (max === null || seed > max) max = seed;
  }
  return integers({ unique_count: new Set(seeds).size, min, max, base_seed: base });
}

/** The same manifest for a folder with other files: inventory, totals and digest anew, all else as it was. */
export function withFiles(manifest: JsonMap, files: readonly ManifestFile[]): JsonMap {
  const { manifest_digest: _, ...rest } = manifest;
  const body: JsonMap = { ...rest, files: integers(files), totals: totalsOf(files) };
  return { ...body, manifest_digest: canonicalHash(body) };
}

const totalsOf = (files: readonly ManifestFile[]): JsonValue =>
  integers({ files: files.length, bytes: files.reduce((sum, file) => sum + file.bytes, 0) });

/** The manifest of a run, keys in the contract's order; `manifest_digest` is over everything before it. */
export function buildManifest(input: ManifestInput): JsonMap {
  const { run, files } = input;
  const body: JsonMap = {
    manifest_version: MANIFEST_VERSION,
    run_id: run.run_id,
    experiment: run.experiment,
    status: input.status,
    created_at: input.createdAt,
    started_at: input.startedAt,
    ended_at: input.endedAt,
    git_sha: run.git_sha,
    git_dirty: input.gitDirty,
    package_version: run.package_version,
    schema_version: run.schema_version,
    config_hash: run.config_hash,
    env_config: input.envConfig,
    env_config_hash: canonicalHash(input.envConfig),
    validation: integers(input.validation),
    files: integers(files),
    totals: totalsOf(files),
    counts: integers(input.counts),
    seed_summary: seedSummary(run),
    content_digest: input.contentDigest,
    inputs: integers(input.inputs),
    command: input.command,
    software: input.software,
    recovery: input.recovery,
    ...(input.rejections === null ? {} : { qc: integers(input.rejections) }),
  };
  return { ...body, manifest_digest: canonicalHash(body) };
}
