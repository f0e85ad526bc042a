import { loadBackend } from '../backends/load.js';
import { systemClock } from '../io/clock.js';
import { serveTasks } from '../io/serve-tasks.js';
import type { EpisodeBlock } from './blocks.js';
import { buffersOf, type Chunk } from './chunk.js';
import { createLoop, type EpisodeThread } from './episode-source.js';
import { prepareSimulation } from './inputs.js';
import { SharedOffsets } from './step-offsets.js';

/* A thread that simulates blocks of episodes and encodes their records. */
serveTasks<EpisodeBlock, Chunk>(async (setup: EpisodeThread) => {
  const [{ simulation }, backend] = await Promise.all([
    prepareSimulation(setup.settings, { checked: true }),
    loadBackend(setup.backend, setup.cwd),
  ]);
  const stop = new Int32Array(setup.stop);
  const loop = createLoop(setup, {
    simulation,
    backend,
    clock: systemClock,
    offsets: new SharedOffsets(setup.offsets, setup.done.taken),
    reuse: false,
    interrupted: () => Atomics.load(stop, 0) !== 0,
  });
  return async function* (block) {
    for await (const chunk of loop.run([block])) yield { message: chunk, transfer: buffersOf(chunk) };
  };
});
