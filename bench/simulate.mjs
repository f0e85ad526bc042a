// The bare simulation: steps into the columns of one batch, over and over; nobody looks at them.
//   node bench/simulate.mjs EPISODES MAX_STEPS
import { createStepBatch } from '../dist/core/batch.js';
import { openSimulation } from './open-simulation.mjs';

const BATCH = 4096;

const [episodes, maxSteps] = [Number(process.argv[2]), Number(process.argv[3])];
const simulation = openSimulation(maxSteps);
const batch = createStepBatch(BATCH, simulation.observationWidth);
const begun = performance.now();
let steps = 0;
for (let episode = 0; episode < episodes; episode++) {
  simulation.begin(episode, episode);
  while (simulation.fill(batch, BATCH) === 'full') {
    steps += batch.rows;
    batch.rows = 0;
  }
}
steps += batch.rows;
console.log(JSON.stringify({ steps, seconds: (performance.now() - begun) / 1000 }));
