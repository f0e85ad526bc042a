// Episodes of another program, recorded step by step: what a step costs, and an episode until it lies in its file.
//   node bench/record-episodes.mjs OUTPUT EPISODES STEPS
import { openRecorder } from '../dist/index.js';

const [output, episodes, steps] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const SIZE = 64;
const recorder = await openRecorder({
  output,
  experiment: 'bench',
  seeds: Array.from({ length: episodes }, (_, i) => i),
  environment: { gridSize: [SIZE, SIZE], source: [0, 0], maxSteps: steps, goalRadius: 0, sigma: 20 },
});
const seconds = { steps: [], episode: [] };
const now = () => performance.now() / 1000;
for (let episode = 0; episode < episodes; episode++) {
  const begun = now();
  for (let step = 1; step <= steps; step++) {
    // up and down the column, never at the source
    const position = [1 + (episode % (SIZE - 1)), (step >> 1) % SIZE];
    const observation = [1 / (1 + position[1])];
    await recorder.recordStep({ position, action: 0, reward: -0.01, done: step === steps, observation });
  }
  const over = now();
  await recorder.recordEpisode();
  await recorder.flush();
  seconds.steps.push(over - begun);
  seconds.episode.push(now() - over);
}
await recorder.close();
console.log(JSON.stringify(seconds));
