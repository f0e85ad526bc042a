import { availableParallelism } from 'node:os';
import { openRun } from '../io/run-directory.js';
import {
  openRunRecords,
  replayRun,
  reproduceRun,
  type Reproduction,
  type ReproducePorts,
} from '../reproduce/index.js';
import { ownBackend } from './own-backend.js';
import { readThreads } from './read-threads.js';
import { storedTask, type OwnModules } from './stored-run.js';

export interface ReproduceRequest {
  runDir: string;
  /** Number of the only episode to simulate, 1 on; null for all. */
  episode: number | null;
  own: OwnModules;
}

/** Simulates a run of ours again from its run.json, or takes the actions of one of plume_nav_sim again. */
export async function simulateAgain(
  { runDir, episode, own }: ReproduceRequest,
  ports: Omit<ReproducePorts, 'cores'>,
): Promise<Reproduction> {
  const directory = await openRun(runDir);
  const all = { ...ports, cores: availableParallelism() };
  const reading = { own: await ownBackend(own.backend), threads: readThreads() };
  if (directory.run.schema_version === '0.1') {
    return replayRun(await openRunRecords(directory, reading), episode, all);
  }
  const records = await openRunRecords(directory, reading);
  // what recorded it has been found: here it records nothing
  const { settings } = await storedTask(directory, { ...own, backend: own.backend ?? 'none' }, []);
  return reproduceRun(records, settings, episode, all);
}
