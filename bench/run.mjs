// Side-by-side measurements; ratios are what counts, the machine only sets the scale.
//   node bench/run.mjs [--short] [startup] [capture] [recorder] [read] [prune] [memory]
import { capture } from './capture.mjs';
import { memory } from './memory.mjs';
import { prune } from './prune.mjs';
import { read } from './read.mjs';
import { recorder } from './recorder.mjs';
import { startup } from './startup.mjs';

const ALL = { startup, capture, recorder, read, prune, memory };
const SIZES = {
  full: { rounds: 5, episodes: 6000, memoryEpisodes: 5000, runs: 100_000 },
  short: { rounds: 3, episodes: 400, memoryEpisodes: 200, runs: 2000 },
};

const short = process.argv.includes('--short');
const named = process.argv.slice(2).filter((arg) => arg !== '--short');
const unknown = named.find((name) => !(name in ALL));
if (unknown === undefined) {
  for (const [name, measure] of Object.entries(ALL)) {
    if (named.length === 0 || named.includes(name)) measure(short ? SIZES.short : SIZES.full);
  }
} else {
  console.error(`bench: nothing is called '${unknown}'; there is ${Object.keys(ALL).join(', ')}`);
  process.exitCode = 2;
}
