// How fast each backend captures, beside what it can be compared with.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { captureArgs, count, here, MAX_STEPS, median, rate, ratio, time, withScratch } from './measure.mjs';

const LEVEL_6 = 'record.storage.compression.level=6';

/** What is captured, and with what its rate is compared. */
const CAPTURES = [
  { name: 'jsonl, 1 worker', overrides: ['workers=1'], beside: ['plain'] },
  { name: 'jsonl, 2 workers', overrides: ['workers=2'], beside: ['plain', 'zlib level 3'] },
  { name: 'jsonl level 6', overrides: ['workers=2', LEVEL_6], beside: ['zlib level 6'] },
  { name: 'parquet', overrides: ['workers=2', 'record=parquet'], beside: ['jsonl, 2 workers'] },
  { name: 'sqlite', overrides: ['workers=2', 'record=sqlite'], beside: ['jsonl, 2 workers'] },
  { name: 'hdf5', overrides: ['workers=2', 'record=hdf5'], beside: ['jsonl, 2 workers'] },
  { name: 'none, 1 worker', overrides: ['workers=1', 'record=none'], beside: ['simulation'] },
];

/** One round of all of it: steps/s inside the program, and of the whole process, by name. */
function measure(episodes) {
  const rates = {};
  const add = (name, steps, inside, whole) =>
    (rates[name] = { steps, inside: steps / inside, whole: steps / whole });
  withScratch((scratch) => {
    for (const { name, overrides } of CAPTURES) {
      const output = join(scratch, 'ours');
      const { result, seconds } = time(captureArgs(output, episodes, overrides));
      const { steps } = result.counts;
      add(name, steps, result.elapsed_ms / 1000, seconds);
      if (name === 'jsonl, 2 workers') {
        for (const level of [3, 6]) {
          const file = join(result.run_dir, 'steps.jsonl.gz');
          const zlib = time([join(here, 'zlib-pace.mjs'), file, String(level), '2']).result;
          add(`zlib level ${level}`, steps, zlib.seconds, Infinity);
        }
      }
      rmSync(output, { recursive: true, force: true });
    }
    const sizes = [String(episodes), String(MAX_STEPS)];
    const simulation = time([join(here, 'simulate.mjs'), ...sizes]);
    add('simulation', simulation.result.steps, simulation.result.seconds, simulation.seconds);
    // slow, and as fast after a quarter of the steps
    const fewer = [String(Math.ceil(episodes / 4)), String(MAX_STEPS)];
    const plain = time([join(here, 'plain.mjs'), join(scratch, 'plain'), ...fewer]);
    add('plain', plain.result.steps, plain.result.seconds, plain.seconds);
  });
  return rates;
}

export function capture({ rounds, episodes }) {
  const measured = Array.from({ length: rounds }, () => measure(episodes));
  const inside = (name) => measured.map((rates) => rates[name].inside);
  const whole = (name) => measured.map((rates) => rates[name].whole);
  const { steps } = measured[0].simulation;
  console.log(
    `capture, 64x64, ${MAX_STEPS} steps an episode, random policy, ${count(steps)} steps, median of ${rounds};`,
  );
  console.log('  ratio of the rates, start-up not counted: above 1, ours is faster');
  for (const { name, beside } of CAPTURES) {
    console.log(
      `  ${name.padEnd(18)}${rate(median(inside(name)))}   whole process ${rate(median(whole(name)))}`,
    );
    for (const other of beside) {
      const line = `${rate(median(inside(other)))}   ratio ${ratio(inside(name), inside(other))}`;
      console.log(`    ${other.padEnd(16)}${line}`);
    }
  }
}
