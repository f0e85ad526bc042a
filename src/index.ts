/**
 * The public API: what the command line does, for other programs.
 *
 * @example
 * const { composed, config } = await loadConfig({ configPath: null, configName: 'data_capture/config', overrides: ['seed=1'] });
 */
export { CaptureError, type ErrorKind } from './core/errors.js';
export {
  createBatch,
  createEpisodeBatch,
  createStepBatch,
  type Batch,
  type Column,
  type EpisodeBatch,
  type ListColumn,
  type StepBatch,
  type TextColumn,
} from './core/batch.js';
export { ContentDigest } from './core/digest.js';
export { canonicalHash, canonicalJson, type JsonValue } from './core/canonical-json.js';
export type { Manifest, ManifestFile, RunMetadata } from './core/records.js';
export type { Finding, Report } from './core/report.js';
export type {
  Clock,
  EncodedRows,
  ReadBatch,
  RowEncoder,
  RunWriter,
  StreamReader,
  WrittenFile,
} from './core/ports.js';
export {
  EPISODES,
  SCHEMA_VERSION,
  STEPS,
  type ColumnSchema,
  type RunStreams,
  type StreamSchema,
} from './core/streams.js';
export { backends } from './backends/index.js';
export { loadBackend } from './backends/load.js';
export type { Backend, RunFacts, WriterOptions } from './backends/backend.js';
export {
  compose,
  loadConfig,
  type CaptureConfig,
  type ComposedConfig,
  type ComposeRequest,
} from './config/index.js';
export { capture, type CapturePorts, type CaptureResult } from './record/capture.js';
export type { CaptureSettings, Provenance } from './record/settings.js';
export { Simulation, type EpisodeSummary, type SimulationInputs } from './sim/simulation.js';
export { createRecordingValidation, validateRun } from './validate/index.js';
export { systemClock } from './io/clock.js';
export type { OwnPolicy, OwnPolicyInputs, PolicyFactory } from './sim/policies/module.js';
export type { Generator } from './sim/rng/generator.js';
export { openRecorder } from './open-recorder.js';
export type { FinishedRun, RunRecorder } from './record/run-recorder.js';
export type { ExportDataOptions } from './record/recorder-ports.js';
export type { RunRecorderOptions } from './record/recorder-options.js';
export type { StepData } from './record/step-data.js';
export type { EpisodeData } from './record/episode-data.js';
export type { RecordingMetrics } from './record/metrics.js';
