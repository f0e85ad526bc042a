import type { JsonMap, JsonValue } from '../core/canonical-json.js';
import { parseStreamFile, recordedIn, RUN_FILE } from '../core/layout.js';
import { buildManifest, manifestFile, withFiles } from '../core/manifest.js';
import type { WrittenFile } from '../core/ports.js';
import type { ManifestFile } from '../core/records.js';
import type { Report } from '../core/report.js';
import type { RunFile } from './plan.js';
import type { Source } from './source.js';
import type { Survey } from './survey.js';

/** The run's own manifest for the folder that also holds the Parquet files made of it. */
export function completeManifest(
  { directory, manifest, manifestJson }: Source,
  made: readonly WrittenFile[],
): JsonMap {
  if (manifest !== null)
    return withFiles(manifestJson!, [
      ...manifest.files,
      ...made.map((file) => madeFile(file, directory.names)),
    ]);
  // plume_nav_sim's lists plain names
  const files = (manifestJson!['files'] ?? []) as readonly JsonValue[];
  return { ...manifestJson, files: [...files, ...made.map((file) => file.path)] };
}

/**
 * A manifest for a run of plume_nav_sim, which never has one. Everything in it is of the run, times included, so
 * that it comes out the same whenever and wherever it is made.
 */
export function firstManifest(
  { directory: { names, run, runJson } }: Source,
  copied: readonly RunFile[],
  made: readonly WrittenFile[],
  survey: Survey,
  validation: Report,
): JsonMap {
  const { counts } = validation;
  const start = run.start_time;
  const end = isoTime(survey.lastTs) ?? start;
  const rowsOf = new Map([...survey.rows, ...made.map((file) => [file.path, file.rows] as const)]);
  const files = [
    ...copied.map((file) => manifestFile({ ...file, rows: rowsOf.get(file.path) ?? null })),
    ...made.map((file) => madeFile(file, names)),
  ];
  return buildManifest({
    run,
    envConfig: runJson['env_config']!,
    status: survey.openEnd || counts.episodes < run.episode_seeds.length ? 'aborted' : 'complete',
    createdAt: end,
    startedAt: start,
    endedAt: end,
    gitDirty: null,
    files: [
      ...files.filter((file) => file.path === RUN_FILE),
      ...files.filter((file) => file.path !== RUN_FILE),
    ],
    counts,
    validation: withoutPlace(validation),
    contentDigest: survey.contentDigest,
    inputs: [],
    command: [],
    // what wrote the run, not what wrote this
    software: { name: 'plume_nav_sim', version: run.package_version, node: 'none', zlib: 'unknown' },
    recovery: null,
    rejections: null,
  });
}

/** The entry of a Parquet file made of what the run is recorded in. */
function madeFile(file: WrittenFile, names: readonly string[]): ManifestFile {
  return manifestFile(file, { derivedFrom: recordedIn(parseStreamFile(file.path)!.stream, names) });
}

/** Seconds since the epoch as a date; null for what is none, such as a count of milli- or nanoseconds. */
function isoTime(seconds: number | null): string | null {
  if (seconds === null) return null;
  const date = new Date(seconds * 1000);
  const year = date.getUTCFullYear();
  return year >= 0 && year <= 9999 ? date.toISOString() : null;
}

/** The report without what it says of the folder the run happens to lie in. */
function withoutPlace(report: Report): Report {
  const findings = report.findings.filter(({ code }) => !code.startsWith('directory-'));
  const dropped = report.findings.length - findings.length;
  return { ...report, findings, notes: report.notes - dropped };
}
