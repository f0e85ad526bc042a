// What recording costs another program: a step, and the end of an episode.
import { join } from 'node:path';
import { here, MAX_STEPS, median, rate, time, withScratch } from './measure.mjs';

/** How long the end of an episode may take, in milliseconds. */
const LIMIT_MS = 10;

export function recorder({ episodes }) {
  const { result } = withScratch((scratch) => {
    const sizes = [String(Math.ceil(episodes / 4)), String(MAX_STEPS)];
    return time([join(here, 'record-episodes.mjs'), scratch, ...sizes]);
  });
  const ms = (seconds) => (seconds * 1000).toFixed(2);
  const ends = result.episode.toSorted((a, b) => a - b);
  const late = ends[Math.floor(0.99 * ends.length)];
  console.log(`recordStep and recordEpisode, ${result.episode.length} episodes of ${MAX_STEPS} steps`);
  console.log(`  a step, awaited    ${rate(MAX_STEPS / median(result.steps))}`);
  console.log(
    `  an episode's end, flushed  median ${ms(median(ends))} ms, 99 %: ${ms(late)} ms (wanted: ${LIMIT_MS})`,
  );
}
