// What the measurements share: the binary, one capture everywhere, programs that are timed, lines that compare.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const here = fileURLToPath(new URL('.', import.meta.url));
export const binary = join(here, '../bin/plume-nav-capture.js');
export const MAX_STEPS = 500;

export const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
export const count = (n) => Math.round(n).toLocaleString('en-US');
export const rate = (n) => `${count(n).padStart(11)} steps/s`;
export const ms = (seconds) => `${(seconds * 1000).toFixed(0).padStart(5)} ms`;

/**
 * Runs a program, node by default. Gives what it printed, as JSON where it is that, and the seconds of the whole
 * process; of a program that fails, what it said.
 */
export function time(args, program = process.execPath, env = process.env) {
  const begun = performance.now();
  const text = execFileSync(program, args, { encoding: 'utf8', stdio: 'pipe', env, maxBuffer: 1 << 26 });
  const seconds = (performance.now() - begun) / 1000;
  return { seconds, result: text.startsWith('{') ? JSON.parse(text) : text };
}

/** The command line of the capture that is measured: 64x64, random policy, 500 steps an episode. */
export function captureArgs(output, episodes, overrides = []) {
  return [
    binary,
    ...['--json', `output=${output}`, `episodes=${episodes}`, `env.max_steps=${MAX_STEPS}`],
    ...['env.grid_size=[64,64]', 'env.goal_radius=0', 'policy=random', 'seed=0', ...overrides],
  ];
}

/** A folder for what is measured, gone afterwards. */
export function withScratch(use) {
  const scratch = mkdtempSync(join(tmpdir(), 'plume-bench-'));
  try {
    return use(scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Most memory that a command of ours had at a time, in MB. */
export function peakMemory(args, scratch) {
  const file = join(scratch, 'peak');
  time(['--import', join(here, 'peak-memory.mjs'), ...args], process.execPath, {
    ...process.env,
    PLUME_BENCH_PEAK: file,
  });
  return Number(readFileSync(file, 'utf8'));
}

/** Median over rounds of ours divided by the other's, each pair taken side by side. */
export function ratio(ours, others) {
  return median(ours.map((value, round) => value / others[round])).toFixed(2);
}
