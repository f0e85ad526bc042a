import { hostname, platform, release, arch, userInfo } from 'node:os';
import type { JsonMap, JsonValue } from '../core/canonical-json.js';
import { SCHEMA_VERSION } from '../core/streams.js';
import { packageVersion, softwareVersions } from '../io/package-info.js';
import type { Simulation } from '../sim/simulation.js';
import type { CaptureSettings, Provenance } from './settings.js';

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

export interface RunFacts {
  runId: string;
  startMs: number;
  gitSha: string | null;
  envConfig: JsonMap;
}

/** run.json, keys as plume_nav_sim's loader knows them; everything else of ours lies in `extra`. */
export function runJson(settings: CaptureSettings, provenance: Provenance, facts: RunFacts): JsonMap {
  const { node, zlib } = softwareVersions();
  return {
    schema_version: SCHEMA_VERSION,
    run_id: facts.runId,
    experiment: settings.experiment,
    package_version: packageVersion(),
    git_sha: facts.gitSha,
    start_time: new Date(facts.startMs).toISOString(),
    env_config: facts.envConfig,
    config_hash: provenance.configHash,
    base_seed: BigInt(settings.seed),
    episode_seeds: Array.from({ length: settings.episodes }, (_, i) => BigInt(settings.seed + i)),
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
    },
  };
}
