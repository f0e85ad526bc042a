import { availableParallelism } from 'node:os';

/** As fast as the main thread takes the rows; each takes some 50 MB. */
const MOST = 3;

/** Threads to read a run in. The main one waits for them most of the time. */
export function readThreads(): number {
  const cores = availableParallelism();
  return cores === 1 ? 0 : Math.min(cores, MOST);
}
