import type { Backend } from '../backends/backend.js';
import { CaptureError } from '../core/errors.js';
import { join } from 'node:path';
import type { Report } from '../core/report.js';
import { openRun } from '../io/run-directory.js';
import { heldError, lockRun, runHolder, unlockRun } from '../io/run-lock.js';
import { clearStaging, makeOutDir, placeFolder, repairFolder, withStaging } from './apply.js';
import { buildFolder } from './build.js';
import type { DatasetIndex } from '../core/dataset-index.js';
import { destinationFacts, requireApart, requireNoDanglingLink } from './destination.js';
import { planIngest, type DestinationFacts, type IngestPlan } from './plan.js';
import { openSource, sourceFacts } from './source.js';

export { readIngestParams } from './params.js';
export type { IngestPlan } from './plan.js';

export interface IngestSettings {
  runDir: string;
  outDir: string;
  /** Plans only; nothing is changed. */
  dryRun: boolean;
  /** A backend of one's own that recorded the run. */
  own?: Backend | undefined;
  /** Threads to read in beside the caller's own; none without it. */
  threads?: number;
}

export type Validate = (runDir: string) => Promise<Report>;

export type IngestResult =
  | { outcome: 'invalid'; report: Report }
  | {
      outcome: 'planned' | 'ingested' | 'repaired' | 'unchanged';
      plan: IngestPlan;
      index: DatasetIndex | null;
    };

/**
 * Copies one finished, valid run into a dataset: `<out_dir>/<experiment>/<run_id>/`. The source is locked and read; the
 * dataset holds the run whole or not at all, whenever we are killed.
 *
 * @throws CaptureError `input` for a run or a destination that cannot be, `busy` for a live run, `io`
 */
export async function ingest(settings: IngestSettings, validate: Validate): Promise<IngestResult> {
  const { runDir } = settings;
  // what is no run gets no lock
  await openRun(runDir);
  const letGo = await hold(settings);
  try {
    return await ingestHeld(settings, validate);
  } finally {
    await letGo();
  }
}

/** Keeps the run as it is until it is ingested. Where nothing can be written, hardly any other command can change it. */
async function hold({ runDir, dryRun }: IngestSettings): Promise<() => Promise<void>> {
  try {
    if (!dryRun) {
      await lockRun(runDir, 'ingesting');
      return () => unlockRun(runDir);
    }
  } catch (error) {
    const { code = '' } = ((error as CaptureError).cause ?? {}) as NodeJS.ErrnoException;
    if (!['EROFS', 'EACCES', 'EPERM', 'ENOSPC', 'EDQUOT'].includes(code)) throw error;
  }
  const holder = await runHolder(runDir);
  if (holder !== null) throw heldError(runDir, holder);
  return () => Promise.resolve();
}

async function ingestHeld(settings: IngestSettings, validate: Validate): Promise<IngestResult> {
  const { runDir, outDir, dryRun } = settings;
  const source = await openSource(runDir, settings);
  const { experiment, run_id: runId } = source.directory.run;
  await requireNoDanglingLink(outDir);
  await requireApart(runDir, join(outDir, experiment, runId));
  const report = await validate(runDir);
  if (!report.ok) return { outcome: 'invalid', report };
  const facts = await sourceFacts(source);

  // A second round only when another ingest of the same run was faster.
  for (let round = 1; ; round++) {
    const destination = await destinationFacts(outDir, experiment, runId);
    const plan = planIngest(facts, destination);
    if (plan.action === 'refuse') {
      throw new CaptureError('input', plan.reason, plan.hint === null ? {} : { hint: plan.hint });
    }
    if (dryRun) return { outcome: 'planned', plan, index: destination.index };
    await makeOutDir(outDir);
    const notes = [...plan.notes, ...(await clearStaging(outDir))];
    if (plan.action === 'nothing') {
      return { outcome: 'unchanged', plan: { ...plan, notes }, index: destination.index };
    }
    const index = await withStaging(outDir, async (staging) => {
      const built = join(staging, runId);
      await makeOutDir(built);
      const made = await buildFolder(source, facts, plan, report, built);
      return (await put(plan, built, made, destination)) ? made : null;
    });
    if (index !== null) {
      const outcome = plan.action === 'repair' ? 'repaired' : 'ingested';
      return { outcome, plan: { ...plan, notes }, index };
    }
    if (round === 3) {
      throw new CaptureError('busy', `${destination.path} keeps changing`, { hint: 'ingest again later' });
    }
  }
}

async function put(
  plan: IngestPlan,
  built: string,
  index: DatasetIndex,
  destination: DestinationFacts,
): Promise<boolean> {
  if (plan.action === 'create') return placeFolder(built, destination);
  await repairFolder(built, index, destination);
  return true;
}
