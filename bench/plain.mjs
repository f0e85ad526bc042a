// The same capture the plain way: one object, one JSON.stringify and one gzip stream write a step.
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createGzip } from 'node:zlib';
import { createStepBatch } from '../dist/core/batch.js';
import { formatEpisodeId } from '../dist/core/ids.js';
import { openSimulation } from './open-simulation.mjs';

const [directory, episodes, maxSteps] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
await mkdir(directory, { recursive: true });

const simulation = openSimulation(maxSteps);
const step = createStepBatch(1, simulation.observationWidth);
const gzip = createGzip();
gzip.pipe(createWriteStream(`${directory}/steps.jsonl.gz`));

const begun = performance.now();
let steps = 0;
for (let episode = 0; episode < episodes; episode++) {
  simulation.begin(episode, episode);
  for (let state = 'full'; state !== 'over';) {
    step.rows = 0;
    state = simulation.fill(step, 1);
    if (step.rows === 0) continue;
    const { columns: c } = step;
    const record = {
      schema_version: '1.0.0',
      ts: Date.now() / 1000,
      run_id: 'run-20261121-000000',
      episode_id: formatEpisodeId(episode + 1),
      step: c.step[0],
      action: c.action[0],
      reward: c.reward[0],
      terminated: c.terminated[0] === 1,
      truncated: c.truncated[0] === 1,
      agent_position: { x: c.agent_x[0], y: c.agent_y[0] },
      distance_to_goal: c.distance_to_goal[0],
      observation_summary: [...c.observation_summary.values],
      seed: c.seed[0],
    };
    if (!gzip.write(`${JSON.stringify(record)}\n`)) await once(gzip, 'drain');
    steps++;
  }
}
gzip.end();
await once(gzip, 'end');
console.log(JSON.stringify({ steps, seconds: (performance.now() - begun) / 1000 }));
