// Side-by-side measurements; ratios are what counts, the machine only sets the scale.
//   node bench/run.mjs [--short]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const binary = join(here, '../bin/plume-nav-capture.js');
const short = process.argv.includes('--short');
const rounds = short ? 3 : 5;
const maxSteps = 500;
const episodes = short ? 400 : 2000;

const scratch = mkdtempSync(join(tmpdir(), 'plume-bench-'));
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const count = (n) => Math.round(n).toLocaleString('en-US');

const python = process.env.PLUME_PEERS_PYTHON;
const hydraArgs = [
  join(here, '../test/peers/hydra_app.py'),
  ...['-cp', join(here, '../conf'), '-cn', 'data_capture/config', '--cfg', 'job'],
];

/** Runs a program, node by default; gives what it printed as JSON and the seconds of the whole process. */
function time(args, program = process.execPath) {
  const begun = performance.now();
  const text = execFileSync(program, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return {
    seconds: (performance.now() - begun) / 1000,
    result: text.startsWith('{') ? JSON.parse(text) : text,
  };
}

function benchCapture() {
  const ours = [];
  const plain = [];
  const zlib = [];
  for (let round = 0; round < rounds; round++) {
    const capture = time([
      binary,
      ...['--json', `output=${join(scratch, 'ours')}`, `episodes=${episodes}`, `env.max_steps=${maxSteps}`],
      ...['env.grid_size=[64,64]', 'env.goal_radius=0', 'policy=random', 'seed=0'],
    ]);
    const { steps } = capture.result.counts;
    ours.push(steps / capture.seconds);
    const other = time([join(here, 'plain.mjs'), join(scratch, 'plain'), String(episodes), String(maxSteps)]);
    plain.push(other.result.steps / other.seconds);
    const pace = time([join(here, 'zlib-pace.mjs'), join(capture.result.run_dir, 'steps.jsonl.gz')]);
    zlib.push(steps / pace.result.seconds);
  }
  const ratio = (values) => median(ours.map((rate, i) => rate / values[i])).toFixed(2);
  console.log(
    `capture, 64x64, ${maxSteps} steps an episode, random policy, ${episodes} episodes, median of ${rounds}`,
  );
  console.log(`  capture, whole process        ${count(median(ours))} steps/s`);
  console.log(`  plain: stringify, gzip write  ${count(median(plain))} steps/s   ratio ${ratio(plain)}`);
  console.log(`  zlib level 6 alone            ${count(median(zlib))} steps/s   ratio ${ratio(zlib)}`);
}

function benchStartup() {
  const bare = [];
  const help = [];
  const compose = [];
  const complete = [];
  const hydra = [];
  for (let round = 0; round < 4 * rounds; round++) {
    bare.push(time(['-e', '0']).seconds);
    help.push(time([binary, '--help']).seconds);
    compose.push(time([binary, '--cfg', 'job']).seconds);
    complete.push(time([binary, 'complete', '--', 'env.gr']).seconds);
    if (python !== undefined) hydra.push(time(hydraArgs, python).seconds);
  }
  const ratio = (values) => median(values.map((seconds, i) => seconds / bare[i])).toFixed(2);
  const ms = (values) => `${(median(values) * 1000).toFixed(0)} ms`;
  console.log('start-up, median');
  console.log(`  node -e 0  ${ms(bare)}`);
  console.log(`  --help     ${ms(help)}   ratio ${ratio(help)}`);
  console.log(`  --cfg job  ${ms(compose)}   ratio ${ratio(compose)}`);
  console.log(`  complete   ${ms(complete)}   ratio ${ratio(complete)}`);
  if (python === undefined) {
    console.log('  Hydra      not measured: PLUME_PEERS_PYTHON names no Python that has it');
    return;
  }
  const ofHydra = median(compose.map((seconds, i) => seconds / hydra[i])).toFixed(2);
  console.log(`  Hydra      ${ms(hydra)}   its --cfg job of the same tree; ours takes ${ofHydra} of it`);
}

try {
  benchStartup();
  benchCapture();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
