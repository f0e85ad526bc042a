/** Consecutive episodes that are simulated and encoded on one thread; gzip members end where a block does. */
export interface EpisodeBlock {
  readonly number: number;
  /** Episodes [from, to), counted from 0. */
  readonly from: number;
  readonly to: number;
}

/** Steps a block is meant to have: some milliseconds of work, so that handing it over costs nothing beside it. */
const BLOCK_STEPS = 16_384;
/** Where there are many episodes, at least so many a block: `max_steps` may be far more than they take. */
const BLOCK_EPISODES = 16;
const MANY = 256;

/** Episodes of a block: of the configuration alone, so that files do not depend on the number of threads. */
export function blockEpisodes(episodes: number, maxSteps: number): number {
  const bySteps = Math.floor(BLOCK_STEPS / maxSteps);
  return Math.max(1, bySteps, Math.min(BLOCK_EPISODES, Math.floor(episodes / MANY)));
}

/**
 * The blocks of a run, in order.
 * @param first episode to begin with, counted from 0; blocks end where they would in a run that begins with 0
 */
export function* episodeBlocks(episodes: number, maxSteps: number, first = 0): Generator<EpisodeBlock> {
  const size = blockEpisodes(episodes, maxSteps);
  for (let number = 0, from = first; from < episodes; number++) {
    const to = Math.min(episodes, from - (from % size) + size);
    yield { number, from, to };
    from = to;
  }
}
