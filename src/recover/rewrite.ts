import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Backend } from '../backends/backend.js';
import { openRecords } from '../backends/open-records.js';
import { canonicalHash, plainJson, prettyJson } from '../core/canonical-json.js';
import { ContentDigest } from '../core/digest.js';
import { CaptureError } from '../core/errors.js';
import type { FindingCodeName } from '../core/findings.js';
import { CONFIG_FILE, MANIFEST_FILE, OVERRIDES_FILE, RUN_FILE } from '../core/layout.js';
import { buildManifest, integers } from '../core/manifest.js';
import type { Clock, RecordingValidation, RowObserver, RunWriter, WrittenFile } from '../core/ports.js';
import { manifestSchema, type Manifest, type ManifestFile, type RunMetadata } from '../core/records.js';
import { episodesWithGaps, type Recovery } from '../core/recovery.js';
import type { Report } from '../core/report.js';
import { exists, writeFileAtomic } from '../io/atomic.js';
import { inventory } from '../io/inventory.js';
import { ioError } from '../io/io-error.js';
import { softwareVersions } from '../io/package-info.js';
import { readManifest, type RunDirectory } from '../io/run-directory.js';
import { copyRows } from './copy-rows.js';
import { isLossy, recoveryOf, type RecoverPlan } from './plan.js';
import { copyRejections, KeptEpisodes } from './rejections.js';
import type { Beginning } from './survey.js';
import { targetOf, type Target } from './target.js';

export interface RewritePorts {
  clock: Clock;
  /** Of a finished run on disk. */
  validate(directory: string): Promise<Report>;
  startValidation(run: RunMetadata): RecordingValidation;
  /** The texts of config.yaml and overrides.yaml, as run.json has them; null for a run another program made. */
  configFiles(run: RunDirectory): Promise<{ config: string; overrides: string } | null>;
  /** As typed. */
  command: readonly string[];
}

/** A run that has its manifest again. */
export interface Recovered {
  status: Manifest['status'];
  counts: { episodes: number; steps: number };
  files: ManifestFile[];
  contentDigest: string;
  validation: Report;
  recovery: Recovery;
  /** Whether run.json, which nothing else can tell, is another than the one that was captured. */
  isRunFileChanged: boolean;
}

export interface Rewrite {
  directory: RunDirectory;
  plan: RecoverPlan;
  /** Folder for the new files, empty. */
  aside: string;
  /** A backend named on the command line. */
  own: Backend | undefined;
}

/** Makes the run anew in a folder of its own, all of it, and reads it back. */
export async function rewriteRun(rewrite: Rewrite, ports: RewritePorts): Promise<Recovered> {
  const { directory, plan, aside } = rewrite;
  const { run, runJson } = directory;
  const { kept: counts, lastTs } = plan.survey;
  const target = await targetOf(directory, plan.backend);
  const at = new Date(ports.clock.now()).toISOString();
  const recovery = recoveryOf(plan, 'recovered', at);
  const digest = new ContentDigest(target.options.streams);
  const checks = ports.startValidation(run);
  const kept = new KeptEpisodes(run.episode_seeds.length);
  const records = await writeRecords(rewrite, target, {
    rows: counts,
    recovery,
    observers: [digest, checks, kept],
  });
  const rejections = await copyRejections(directory, aside, target, kept);
  const written = { ...records, beside: rejections?.files ?? [] };
  await copyBeside(rewrite, ports);
  const validation = checks.finish();
  const contentDigest = digest.finish();
  const old = await oldManifest(directory);
  const isWhole = counts.episodes === run.episode_seeds.length;
  const status = isLossy(plan) ? 'recovered' : (old?.status ?? (isWhole ? 'complete' : 'recovered'));
  const files = await inventory(aside, written, [RUN_FILE, CONFIG_FILE, OVERRIDES_FILE]);
  const manifest = buildManifest({
    run,
    envConfig: runJson['env_config']!,
    status,
    createdAt: at,
    startedAt: run.start_time,
    endedAt: old?.ended_at ?? (lastTs === null ? run.start_time : new Date(lastTs * 1000).toISOString()),
    gitDirty: old?.git_dirty ?? null,
    files,
    counts,
    validation,
    contentDigest,
    inputs: old?.inputs ?? ((run.extra?.['inputs'] ?? []) as Manifest['inputs']),
    command: ports.command,
    software: softwareVersions(),
    recovery: integers(recovery),
    rejections: rejections?.totals.finish(counts.episodes) ?? null,
  });
  await writeFileAtomic(join(aside, MANIFEST_FILE), prettyJson(manifest));
  const known = old?.files.find(({ path }) => path === RUN_FILE)?.sha256;
  return {
    status,
    counts,
    files,
    contentDigest,
    validation: await readBack(aside, validation, ports),
    recovery,
    isRunFileChanged: known !== undefined && !files.some(({ sha256 }) => sha256 === known),
  };
}

interface Records {
  rows: Beginning;
  recovery: Recovery | null;
  observers: readonly RowObserver[];
}

/** The records that are kept, in the run's own format and as Parquet beside it where it was to have that. */
export async function writeRecords(
  { directory, plan, aside, own }: Rewrite,
  { backend, copy, options, timeless }: Target,
  { rows, recovery, observers }: Records,
): Promise<{ recorded: WrittenFile[]; copied: WrittenFile[] }> {
  const { path, names, run } = directory;
  const { reader } = await openRecords(directory, plan.readable, own, { salvage: () => {} });
  const main = await backend.openWriter({ ...options, directory: aside });
  const writers: RunWriter[] = [main];
  try {
    if (copy !== null) writers.push(await copy.openWriter({ ...options, directory: aside }));
    await copyRows({
      run,
      reader,
      rows,
      hasGap: episodesWithGaps(recovery),
      leftOut: plan.leftOut,
      writers,
      observers,
      timeless,
      onDamage: () => {},
    });
    const recorded = await main.close();
    const copied = (await writers[1]?.close()) ?? [];
    return { recorded, copied };
  } catch (error) {
    for (const writer of writers) await writer.abort();
    throw ioError(`cannot write the records of ${path} (${names.length} files) anew`, error);
  }
}

/** What the run was begun with: run.json as it stands, the configuration as run.json says. */
async function copyBeside({ directory, aside }: Rewrite, ports: RewritePorts): Promise<void> {
  const { path } = directory;
  await copyDurably(join(path, RUN_FILE), join(aside, RUN_FILE));
  const texts = await ports.configFiles(directory);
  for (const [name, text, none] of [
    [CONFIG_FILE, texts?.config, '{}\n'],
    [OVERRIDES_FILE, texts?.overrides, '[]\n'],
  ] as const) {
    if (text !== undefined) await writeFileAtomic(join(aside, name), text);
    else if (await exists(join(path, name))) await copyDurably(join(path, name), join(aside, name));
    else await writeFileAtomic(join(aside, name), none);
  }
}

async function copyDurably(from: string, to: string): Promise<void> {
  const bytes = await readFile(from).catch((error: unknown) => {
    throw ioError(`cannot read ${from}`, error);
  });
  await writeFileAtomic(to, bytes);
}

/** What the manifest says that only the capture knew; null without one that is as it was written. */
async function oldManifest(directory: RunDirectory): Promise<Manifest | null> {
  try {
    const { manifest_digest: stated, ...body } = (await readManifest(directory)) ?? {};
    if (stated === undefined || canonicalHash(body) !== stated) return null;
    return manifestSchema.safeParse(plainJson({ ...body, manifest_digest: stated })).data ?? null;
  } catch (error) {
    // it is no JSON any more: a new one is about to take its place
    if (error instanceof CaptureError && error.kind === 'input') return null;
    throw error;
  }
}

/**
 * What validation says of the new files where they lie for now.
 * @param known what is wrong with the records themselves
 * @throws CaptureError `io` when the disk does not give back what was written
 */
async function readBack(aside: string, known: Report, ports: RewritePorts): Promise<Report> {
  const report = await ports.validate(aside);
  // the folder gets the files' names of the run, not its own
  const findings = report.findings.filter(({ code }) => !PLACE.has(code));
  const errors = findings.filter(({ severity }) => severity === 'error');
  const codes = new Set(known.findings.map(({ code }) => code));
  const wrong = errors.find(({ code, file }) => file !== RUN_FILE && !codes.has(code));
  if (wrong === undefined) {
    const notes = findings.length - errors.length;
    return { ...report, ok: errors.length === 0, errors: errors.length, notes, findings };
  }
  throw new CaptureError('io', `${aside} does not read back as it was written: ${wrong.message}`, {
    hint: 'the run is as it was; check the disk',
  });
}

const PLACE: ReadonlySet<string> = new Set<FindingCodeName>(['directory-run-id', 'directory-experiment']);
