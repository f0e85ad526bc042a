// How much memory a command has at most, for a run and for one of four times the steps.
import { join } from 'node:path';
import { binary, captureArgs, count, MAX_STEPS, peakMemory, time, withScratch } from './measure.mjs';

const BACKENDS = ['jsonl', 'parquet', 'sqlite', 'hdf5', 'none'];

export function memory({ memoryEpisodes }) {
  const sizes = [memoryEpisodes, 4 * memoryEpisodes];
  const steps = sizes.map((episodes) => count(episodes * MAX_STEPS)).join(' and ');
  console.log(`peak memory for ${steps} steps or a little less, and the ratio of the two`);
  const peaks = (measure) => sizes.map((episodes) => withScratch((scratch) => measure(episodes, scratch)));
  const line = (name, [once, fourTimes]) => {
    const both = `${once.toFixed(0).padStart(5)} MB ${fourTimes.toFixed(0).padStart(5)} MB`;
    console.log(`  ${name.padEnd(18)}${both}   ratio ${(fourTimes / once).toFixed(2)}`);
  };
  for (const backend of BACKENDS) {
    const capture = (episodes, scratch) =>
      peakMemory(captureArgs(scratch, episodes, [`record=${backend}`]), scratch);
    line(`capture ${backend}`, peaks(capture));
  }
  const reading = peaks((episodes, scratch) => {
    const { run_dir: run } = time(captureArgs(scratch, episodes)).result;
    return {
      exported: peakMemory([binary, 'export', run, '--out', join(scratch, 'steps.parquet')], scratch),
      validated: peakMemory([binary, 'validate', run], scratch),
    };
  });
  line(
    'export',
    reading.map(({ exported }) => exported),
  );
  line(
    'validate',
    reading.map(({ validated }) => validated),
  );
}
