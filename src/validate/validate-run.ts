import { join } from 'node:path';
import { plainJson, type JsonMap } from '../core/canonical-json.js';
import { CaptureError } from '../core/errors.js';
import { isCutEnd } from '../core/cut-end.js';
import { finding, type FindingCodeName } from '../core/findings.js';
import {
  isRecordFile,
  MANIFEST_FILE,
  REJECTIONS_FILE,
  STREAM_NAMES,
  type StreamName,
} from '../core/layout.js';
import type { ReadBatch, StreamReader } from '../core/ports.js';
import { manifestSchema } from '../core/records.js';
import { episodesWithGaps } from '../core/recovery.js';
import type { Finding, Report } from '../core/report.js';
import type { Backend } from '../backends/backend.js';
import { backends } from '../backends/index.js';
import { openRecords } from '../backends/open-records.js';
import { episodesLeftOut } from '../io/read-rejections.js';
import { openRun, readManifest, type RunDirectory } from '../io/run-directory.js';
import { isBlank } from './blank.js';
import type { RunEnd } from './check.js';
import { CHECKS } from './checks/index.js';
import { FILE_CHECKS } from './files/index.js';
import { isWritten } from './files/leftovers.js';
import { FindingList } from './finding-list.js';
import type { MissingParts } from '../core/continuity.js';
import { ParquetCopy } from './parquet-copy.js';
import { missingParts } from '../core/missing-parts.js';
import { readRecords } from './records.js';
import { RowChecks } from './row-checks.js';
import type { LoadedManifest, RunContext } from './run-context.js';
import { unreadableParts, whyUnreadable } from './unreadable.js';

export interface ValidateOptions {
  /** Told after every batch how many episodes and steps have been checked, and how many episodes there shall be. */
  onProgress?: (episodes: number, steps: number, total: number) => void;
  /** A backend of one's own that recorded the run. */
  own?: Backend | undefined;
  /** Threads to read in beside the caller's own; none without it. */
  threads?: number;
  /** What simulating the run again shows, when that is asked for. */
  deep?: ((path: string) => Promise<readonly Finding[]>) | undefined;
}

type Say = (code: FindingCodeName, file: string | null, message: string) => void;

/** Checks the readers make while they read. */
const READER_CHECKS = ['gzip', 'lines'];

/**
 * Checks a finished run on disk: its files, every record, and the sense of the whole. Reads each file once or twice
 * as a stream and changes nothing; memory does not grow with the run.
 *
 * @throws CaptureError `input` when the path is no run directory or its run.json cannot be read
 */
export async function validateRun(path: string, options: ValidateOptions = {}): Promise<Report> {
  const directory = await openRun(path);
  const findings = new FindingList();
  const say: Say = (code, file, message) => findings.add(finding(code, file, null, message));
  const foreign = directory.run.schema_version === '0.1';
  const manifest = await loadManifest(directory, foreign, say);
  const unreadable = await unreadableParts(directory);
  for (const [name, reason] of unreadable) say('file-unreadable', name, reason);
  const unfinished = !foreign && !directory.names.includes(MANIFEST_FILE);
  const blank = unfinished && (await isBlank(directory));
  const readable = directory.names.filter((name) => !unreadable.has(name) && !(blank && isRecordFile(name)));
  const { reader, format, copy } = await open(directory, readable, options);
  const context: RunContext = { directory, foreign, manifest, unfinished, format, blank, report: say };
  for (const check of FILE_CHECKS) await check.before?.(context);

  const leftOut = await leftOutOf(context);
  const checks = new RowChecks({
    run: directory.run,
    source: 'files',
    end: unfinished ? await unfinishedEnd(directory) : (manifest?.data?.status ?? 'unknown'),
    mayLack: (id) => unfinished && leftOut(id),
    add: findings.add,
  });
  const copies = openCopies(context, copy, findings.add);
  const total = directory.run.episode_seeds.length;
  const onBatch = async (stream: StreamName, read: ReadBatch, broken: boolean): Promise<void> => {
    options.onProgress?.(checks.counts.episodes, checks.counts.steps, total);
    await copies.get(stream)?.compare(read, broken);
  };
  const listed = [...unreadable.keys(), ...(manifest?.data?.files.map((file) => file.path) ?? [])];
  const missingOf = (stream: StreamName): MissingParts =>
    unfinished ? 'end' : missingParts(readable, stream, format, listed);
  const missing = { steps: missingOf('steps'), episodes: missingOf('episodes') };
  const add = (found: Finding): void => {
    // `unfinished` says so
    if (!unfinished || !isCutEnd(found, directory.names)) findings.add(found);
  };
  const hasGap = episodesWithGaps(manifest?.data?.recovery ?? null);
  const records = await readRecords({ reader, missing, checks, add, hasGap, leftOut, onBatch });
  for (const [stream, each] of copies) {
    await each.finish();
    records.rowsOf.set(`${stream}.parquet`, each.rows);
  }

  const { counts } = checks;
  for (const check of FILE_CHECKS) await check.after?.({ ...context, records, counts });
  if (options.deep !== undefined) for (const found of await options.deep(path)) findings.add(found);
  const { errors, notes } = findings;
  const names = [...READER_CHECKS, ...CHECKS, ...FILE_CHECKS].map((check) =>
    typeof check === 'string' ? check : check.name,
  );
  if (copies.size > 0) names.push('parquet');
  if (options.deep !== undefined) names.push('deep');
  return {
    ok: errors === 0,
    source: 'files',
    checks: names,
    counts: { ...counts },
    errors,
    notes,
    findings: findings.list(),
  };
}

/** What a finished run says only where its manifest speaks of it: nobody excuses missing steps with a file alone. */
async function leftOutOf({ directory, manifest }: RunContext): Promise<(id: string) => boolean> {
  const { path, names, run } = directory;
  const isStated = !names.includes(MANIFEST_FILE) || manifest?.data?.qc !== undefined;
  const isReadable = (await whyUnreadable(join(path, REJECTIONS_FILE))) === null;
  if (!isStated || !isReadable) return () => false;
  return episodesLeftOut(directory, run.episode_seeds.length);
}

const unfinishedEnd = async ({ path }: RunDirectory): Promise<RunEnd> =>
  (await isWritten(path)) ? 'running' : 'killed';

/** Ingest makes Parquet and manifest for runs that lack them; Parquet without a manifest of ours is not ours. */
function openCopies(
  { foreign, manifest, report }: RunContext,
  reader: StreamReader | null,
  add: (finding: Finding) => void,
): Map<StreamName, ParquetCopy> {
  if (reader === null) return new Map();
  if (foreign && manifest === null) {
    report('parquet-foreign', null, 'Parquet files written by plume_nav_sim are not compared');
    return new Map();
  }
  return new Map(STREAM_NAMES.map((stream) => [stream, new ParquetCopy(stream, reader, add)]));
}

/** The run's records, and those of the Parquet files beside them, which are a copy. */
async function open(
  directory: RunDirectory,
  readable: readonly string[],
  { own, threads = 0 }: ValidateOptions,
) {
  const { path, names } = directory;
  const { backend, streams, reader } = await openRecords(directory, readable, own, { threads });
  const parquet = await backends.get('parquet')();
  // a run without any records counts as one that lacks the usual ones
  const format = backend.has(readable) ? backend.name : 'jsonl';
  const isCopy = format !== 'parquet' && parquet.has(names);
  return { reader, format, copy: isCopy ? parquet.openReader(path, names, streams) : null };
}

async function loadManifest(
  directory: RunDirectory,
  foreign: boolean,
  say: Say,
): Promise<LoadedManifest | null> {
  let json: JsonMap | null;
  try {
    json = await readManifest(directory);
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    say(error.kind === 'io' ? 'file-unreadable' : 'manifest-json', MANIFEST_FILE, error.message);
    return null;
  }
  if (json === null) return null;
  if (foreign && !isOurs(json)) {
    say('manifest-foreign', MANIFEST_FILE, 'a manifest in the form of plume_nav_sim; it is not checked');
    return null;
  }
  const parsed = manifestSchema.safeParse(plainJson(json));
  for (const { path, message } of parsed.error?.issues.slice(0, 5) ?? []) {
    say('manifest-schema', MANIFEST_FILE, `${path.join('.')}: ${message}`);
  }
  return { json, data: parsed.data ?? null };
}

const isOurs = (json: JsonMap): boolean => 'manifest_version' in json;
