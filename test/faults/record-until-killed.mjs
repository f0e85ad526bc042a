// Records episodes without end and says after each flush how many records of each stream are acknowledged by it.
//   node record-until-killed.mjs OUTPUT BACKEND DURABILITY
import { openRecorder } from '../../dist/index.js';

const [output, backend, durability] = process.argv.slice(2);
const STEPS = 40;
const recorder = await openRecorder({
  output,
  experiment: 'killed',
  seeds: Array.from({ length: 1000 }, (_, i) => i),
  environment: { gridSize: [64, 64], source: [63, 63], maxSteps: STEPS, goalRadius: 0 },
  record: { backend, durability },
});
let steps = 0;
for (let episode = 0; ; episode++) {
  for (let step = 1; step <= STEPS; step++) {
    const position = [step, episode % 60];
    await recorder.recordStep({ position, action: episode % 4, reward: step / 8, done: step === STEPS });
    steps++;
    if (step === STEPS) await recorder.recordEpisode();
    // in the middle of episodes, at their ends, and in between
    if (steps % 17 !== 0) continue;
    await recorder.flush();
    const episodes = step === STEPS ? episode + 1 : episode;
    process.stdout.write(`${JSON.stringify({ steps, episodes, run: recorder.directory })}\n`);
  }
}
