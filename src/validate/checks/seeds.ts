import { numbers } from '../../core/batch.js';
import { parseEpisodeId } from '../../core/ids.js';
import type { Check } from '../check.js';

/** Every step carries the seed that run.json lists for its episode. */
export const seeds: Check = {
  name: 'seeds',
  create: ({ run, report }) => ({
    steps: ({ batch, from, to, source, episode }) => {
      const seed = numbers(batch, 'seed');
      if (seed === null) return;
      const expected = run.episode_seeds[(parseEpisodeId(episode.id) ?? episode.number) - 1];
      for (let i = from; i < to; i++) {
        if (seed[i] === expected) continue;
        const says =
          expected === undefined ? `lists ${run.episode_seeds.length} seeds` : `says ${String(expected)}`;
        report('seed', source, i, `${episode.id}: seed is ${seed[i]}, run.json ${says}`);
      }
    },
  }),
};
