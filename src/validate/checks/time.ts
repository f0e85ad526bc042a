import { numbers } from '../../core/batch.js';
import type { Check } from '../check.js';

/**
 * Timestamps do not go back within an episode; episodes may have been captured side by side. A clock that was set
 * may explain it, hence a note.
 */
export const time: Check = {
  name: 'time',
  create: ({ report }) => {
    let last = -Infinity;
    return {
      steps: ({ batch, from, to, source, episode }) => {
        const ts = numbers(batch, 'ts');
        if (ts === null) return;
        for (let i = from; i < to; i++) {
          const now = ts[i]!;
          if (now < last) {
            report(
              'time-order',
              source,
              i,
              `${episode.id}: ts ${now} lies before ${last} of the step before`,
            );
          }
          last = now;
        }
      },
      episode() {
        last = -Infinity;
      },
    };
  },
};
