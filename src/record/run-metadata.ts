import { hostname, platform, release, arch, userInfo } from 'node:os';
import type { JsonMap, JsonValue } from '../core/canonical-json.js';
import { FULL_RECORDING, schemaVersionOf } from '../core/streams.js';
import { packageVersion, softwareVersions } from '../io/package-info.js';
import { integers } from '../core/manifest.js';
import type { Simulation } from '../sim/simulation.js';
import type { RunInput } from './inputs.js';
import { recordingOfConfig } from './config.js';
import type { CaptureSettings, Provenance, RunSettings } from './settings.js';

function userName(): string | null {
  try {
    return userInfo().username;
  } catch {
    // a container's user id without a passwd entry has no name
    return null;
  }
}

const pair = (x: number, y: number): JsonValue => [BigInt(x), BigInt(y)];

/** `env_config` of run.json: the resolved environment, lengths in cells. */
export function envConfigJson({ env }: CaptureSettings, simulation: Simulation): JsonMap {
  const source = pair(simulation.sourceX, simulation.sourceY);
  return {
    grid_size: pair(simulation.gridWidth, simulation.gridHeight),
    source_location: source,
    max_steps: BigInt(env.max_steps),
    goal_radius: simulation.goalRadius,
    enable_rendering: false,
    plume_params: { source_location: source, sigma: env.plume_sigma },
  };
}

/** The first of seeds that follow each other; null for any others. */
function baseSeed(seeds: readonly number[]): bigint | null {
  const [first] = seeds;
  return first !== undefined && seeds.every((seed, i) => seed === first + i) ? BigInt(first) : null;
}

export interface RunFacts {
  runId: string;
  startMs: number;
  gitSha: string | null;
  envConfig: JsonMap;
  /** Of each episode. */
  seeds: readonly number[];
  inputs: readonly RunInput[];
}

/** run.json, keys as plume_nav_sim's loader knows them; everything else of ours lies in `extra`. */
export function runJson(settings: RunSettings, provenance: Provenance, facts: RunFacts): JsonMap {
  const { node, zlib } = softwareVersions();
  const recording = recordingOfConfig(settings.record);
  return {
    schema_version: schemaVersionOf(recording),
    run_id: facts.runId,
    experiment: settings.experiment,
    package_version: packageVersion(),
    git_sha: facts.gitSha,
    start_time: new Date(facts.startMs).toISOString(),
    env_config: facts.envConfig,
    config_hash: provenance.configHash,
    base_seed: baseSeed(facts.seeds),
    episode_seeds: facts.seeds.map(BigInt),
    system: {
      hostname: hostname(),
      platform: `${platform()}-${release()}-${arch()}`,
      python_version: null,
      pid: BigInt(process.pid),
      user: userName(),
    },
    extra: {
      config: provenance.config as JsonMap,
      overrides: [...provenance.overrides],
      runtime: { node, zlib },
      ...(facts.inputs.length === 0 ? {} : { inputs: integers(facts.inputs) }),
      ...(recording === FULL_RECORDING ? {} : { recording: integers(recording) }),
    },
  };
}
