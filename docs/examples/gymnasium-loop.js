// A Gymnasium-style loop, recorded: an environment with reset() and step(), an agent, and a run of ours.
import { openRecorder } from 'plume-nav-capture';

const SIZE = 32;
const SOURCE = [24, 16];
const SIGMA = 8;
const GOAL_RADIUS = 2;
const MAX_STEPS = 200;
const MOVES = [
  [0, 1],
  [1, 0],
  [0, -1],
  [-1, 0],
];

/** Numbers in [0, 1) that depend on the seed alone (mulberry32). */
function draws(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An agent on a grid that smells a Gaussian plume; stands for any environment with these two methods. */
class PlumeEnvironment {
  reset({ seed }) {
    const draw = draws(seed);
    this.position = [Math.floor(draw() * SIZE), Math.floor(draw() * SIZE)];
    this.steps = 0;
    return { observation: [this.odour()], info: { position: this.position } };
  }

  step(action) {
    this.position = this.position.map((at, axis) =>
      Math.min(SIZE - 1, Math.max(0, at + MOVES[action][axis])),
    );
    this.steps++;
    const terminated = this.distance() <= GOAL_RADIUS;
    return {
      observation: [this.odour()],
      reward: terminated ? 1 : -0.01,
      terminated,
      truncated: !terminated && this.steps === MAX_STEPS,
      info: { position: this.position, orientation: [90, 0, 270, 180][action] },
    };
  }

  distance() {
    return Math.hypot(this.position[0] - SOURCE[0], this.position[1] - SOURCE[1]);
  }

  odour() {
    return Math.exp(-(this.distance() ** 2) / (2 * SIGMA ** 2));
  }
}

const seeds = [7, 8, 9, 10, 11];
const recorder = await openRecorder({
  output: 'results',
  experiment: 'gymnasium',
  seeds,
  environment: {
    gridSize: [SIZE, SIZE],
    source: SOURCE,
    maxSteps: MAX_STEPS,
    goalRadius: GOAL_RADIUS,
    sigma: SIGMA,
  },
  record: { columns: ['orientation'] },
  config: { agent: 'climbs' },
});

const environment = new PlumeEnvironment();

/** Goes on while the odour grows, otherwise somewhere else. */
async function episode(seed) {
  const draw = draws(seed + 1000);
  let { observation } = environment.reset({ seed });
  let action = 0;
  for (let over = false; !over;) {
    const last = observation;
    const { reward, terminated, truncated, info, ...next } = environment.step(action);
    const { position, orientation } = info;
    observation = next.observation;
    await recorder.recordStep({ position, orientation, action, reward, terminated, truncated, observation });
    if (observation[0] <= last[0]) action = Math.floor(draw() * MOVES.length);
    over = terminated || truncated;
  }
  await recorder.recordEpisode();
}

let finished;
try {
  for (const seed of seeds) await episode(seed);
} finally {
  // after an error, too: what was recorded is then an aborted run, in order up to there
  finished = await recorder.close();
}

const { runId, directory, status, contentDigest, validation, metrics } = finished;
await recorder.exportData(`exports/${runId}.parquet`, { compression: 'zstd' });
console.log(`${status}: ${directory}, ${validation.errors} errors\ndigest ${contentDigest}`);

const { steps, write_ms_per_step: write, bytes, memory } = metrics;
const seconds = (steps * write.average) / 1000;
console.log(`${steps} steps, written in ${seconds.toFixed(3)} s, ${(bytes.files / 1000).toFixed(1)} kB`);
console.log(`${memory.peak_rss_mb} MB of memory`);
