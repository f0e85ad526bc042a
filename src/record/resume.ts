import { join } from 'node:path';
import type { KeptRejections } from '../backends/rejection-files.js';
import { storageOptions } from '../backends/storage.js';
import type { JsonMap } from '../core/canonical-json.js';
import { ContentDigest } from '../core/digest.js';
import { CaptureError } from '../core/errors.js';
import { runIdEpochMs } from '../core/ids.js';
import { isRecordFile, REJECTED_STEPS_FILE, REJECTIONS_FILE, RUN_FILE } from '../core/layout.js';
import type { RowObserver, RunWriter, WrittenFile } from '../core/ports.js';
import type { Recovery } from '../core/recovery.js';
import { streamsOf } from '../core/streams.js';
import type { RunDirectory } from '../io/run-directory.js';
import { hasRules } from '../qc/config.js';
import { captureInto, type CapturePorts, type CaptureResult } from './capture.js';
import { recordingOfConfig } from './config.js';
import { prepareSimulation, type PreparedSimulation, type RunInput } from './inputs.js';
import { openToGoOn, type ChosenBackend } from './open-writers.js';
import { OutcomeTotals } from './outcomes.js';
import { holdsEpisodes } from './quality.js';
import type { Done } from './record-run.js';
import type { CaptureSettings, Provenance } from './settings.js';
import { factsOf, openRejections } from './start-run.js';

/** A run that is cut back to whole episodes, and held by this process. */
export interface ResumeFrom {
  directory: RunDirectory;
  done: Done;
  /** That hold those episodes, closed. */
  files: readonly WrittenFile[];
  /** What is said of those of them that were rejected, closed too; null for a run that says nothing. */
  rejections: KeptRejections | null;
  recovery: Recovery;
  /** Shows what is there, in its order, and hands it to other writers. */
  replay: (observers: readonly RowObserver[], writers: readonly RunWriter[]) => Promise<void>;
}

/**
 * The simulation of a run that is to go on, if all it was made from is as it was.
 * @throws CaptureError `input` for a file that is another now
 */
export async function prepareToResume(
  directory: RunDirectory,
  settings: CaptureSettings,
): Promise<PreparedSimulation> {
  requireRejections(directory, settings);
  const { path, run } = directory;
  const prepared = await prepareSimulation(settings);
  const before = (run.extra?.['inputs'] ?? []) as RunInput[];
  for (const { role, uri, sha256 } of prepared.inputs) {
    const known = before.find((input) => input.role === role);
    if (known === undefined || known.sha256 === sha256) continue;
    throw new CaptureError(
      'input',
      `${uri} has changed since ${path} was begun: its SHA-256 was ${known.sha256}`,
      {
        hint: 'a run goes on with what it was begun with: put the file back, or capture another run',
      },
    );
  }
  return prepared;
}

/** What a run says of its rejected episodes cannot be told of its records. */
function requireRejections({ path, names }: RunDirectory, { qc }: CaptureSettings): void {
  if (!hasRules(qc) || !names.some(isRecordFile)) return;
  const needed = holdsEpisodes(qc) ? [REJECTIONS_FILE, REJECTED_STEPS_FILE] : [REJECTIONS_FILE];
  const missing = needed.find((name) => !names.includes(name));
  if (missing === undefined) return;
  throw new CaptureError('input', `${join(path, missing)} is missing, and the run has rules of qc.*`, {
    hint: 'put it back, or capture the run again',
  });
}

/**
 * Captures the episodes a run lacks: with those it has, it is the run that was never interrupted.
 * @throws CaptureError as `capture` does
 */
export async function resumeCapture(
  { directory: { path, run, runJson }, done, files, rejections: kept, recovery, replay }: ResumeFrom,
  prepared: PreparedSimulation,
  chosen: ChosenBackend,
  settings: CaptureSettings,
  provenance: Provenance,
  ports: CapturePorts,
): Promise<CaptureResult> {
  const { record, rotateBytes, clock, parquet } = settings;
  const { durability } = record;
  const streams = streamsOf(recordingOfConfig(record));
  const digest = new ContentDigest(streams);
  const validation = ports.startValidation(run);
  const outcomes = new OutcomeTotals();
  const writerOptions = {
    directory: path,
    streams,
    storage: storageOptions(record.storage, { rotateBytes, timed: clock === 'wall', durability }),
    run: factsOf(run, provenance),
    continues: files,
  };
  const writers = await openToGoOn(chosen, parquet, writerOptions, (copies) =>
    replay([digest, validation, outcomes], copies),
  );
  const rejections = await openRejections(path, settings.qc, writerOptions, kept ?? undefined);
  const started = {
    runId: run.run_id,
    directory: path,
    startMs: startOf(path, run.run_id, run.start_time, clock),
    metadata: run,
    envConfig: runJson['env_config'] as JsonMap,
    gitDirty: null,
    writers,
    rejections,
  };
  const begun = { run: started, digest, validation, outcomes, done, recovery };
  return captureInto(begun, prepared, settings, provenance, ports);
}

/** Milliseconds since the epoch. */
function startOf(path: string, runId: string, startTime: string, clock: CaptureSettings['clock']): number {
  const startMs = clock === 'sim' ? runIdEpochMs(runId) : Date.parse(startTime);
  if (startMs !== null && !Number.isNaN(startMs)) return startMs;
  throw new CaptureError('input', `${join(path, RUN_FILE)} does not say when the run started`, {
    hint: 'put back the run.json that the capture wrote',
  });
}
