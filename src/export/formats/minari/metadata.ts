import { plainJson } from '../../../core/canonical-json.js';
import { selectionJson } from '../../selection.js';
import type { ExportJob } from '../format.js';
import type { DatasetFacts } from './dataset-file.js';

/** Every Minari 0.5 reads a dataset of this version. */
const MINARI_VERSION = '0.5.0';

/** What stands where Minari wants the observation of the reset. */
export const UNKNOWN_OBSERVATION =
  "a run does not record the observation before an episode's first step: the first row of observations is NaN";

/** `metadata.json`, keys as Minari names them and ours below one of our own. */
export function datasetMetadata(
  { source, name, actionCount }: ExportJob,
  { episodes, steps, width, largestAction }: DatasetFacts,
  bytes: number,
): Record<string, unknown> {
  const { run } = source.directory;
  // the space is as large as the actions found when the configuration does not say
  const actions = Math.max(actionCount ?? 0, largestAction + 1);
  return {
    dataset_id: name,
    total_episodes: episodes,
    total_steps: steps,
    data_format: 'hdf5',
    jpeg_encoding: false,
    observation_space: boxSpace(width ?? 1),
    action_space: JSON.stringify({ type: 'Discrete', dtype: 'int64', start: 0, n: actions }),
    minari_version: MINARI_VERSION,
    // megabytes
    dataset_size: Math.round(bytes / 1e5) / 10,
    ...policyOf(run.extra),
    description: `Odour-plume navigation, run ${run.run_id} of experiment ${run.experiment}`,
    plume_nav_capture: {
      run_id: run.run_id,
      experiment: run.experiment,
      schema_version: run.schema_version,
      config_hash: run.config_hash,
      start_time: run.start_time,
      selection: plainJson(selectionJson(source)),
      first_observation: UNKNOWN_OBSERVATION,
      action_space_from: actionCount === null ? 'the largest action found' : 'the configuration',
    },
  };
}

/** A space without bounds as Minari writes it: text in Python's JSON, which has infinities. */
function boxSpace(width: number): string {
  const bounds = (value: string): string => `[${Array.from({ length: width }, () => value).join(', ')}]`;
  return `{"type": "Box", "dtype": "float64", "shape": [${width}], "low": ${bounds('-Infinity')}, "high": ${bounds('Infinity')}}`;
}

function policyOf(extra: unknown): { algorithm_name?: string } {
  const { config } = (extra ?? {}) as { config?: { policy?: { name?: unknown } } };
  const name = config?.policy?.name;
  return typeof name === 'string' ? { algorithm_name: name } : {};
}
