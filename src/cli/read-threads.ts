import { availableParallelism } from 'node:os';

/** As fast as the main thread checks; each takes some 50 MB. */
const MOST_TO_CHECK = 3;

/** Threads to read a run in beside the main one, which is busy with the rows. */
export const readThreads = (): number => availableParallelism() - 1;

/** The same where the main thread only checks the rows, and so waits most of the time. */
export const checkThreads = (): number => {
  const cores = availableParallelism();
  return cores === 1 ? 0 : Math.min(cores, MOST_TO_CHECK);
};
