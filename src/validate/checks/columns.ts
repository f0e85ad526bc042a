import { streamsOf } from '../../core/streams.js';
import type { Check } from '../check.js';

/** Columns of the steps are null when run.json says that they are left out, and only then. */
export const columns: Check = {
  name: 'columns',
  create: ({ recording, report }) => {
    const expected = streamsOf(recording).steps.columns;
    /** Columns of the episode that have been reported. */
    const reported = new Set<string>();
    return {
      steps: ({ batch, from, source, episode }) => {
        for (const { name, nullable } of expected) {
          const isNull = (batch.columns[name] ?? null) === null;
          if (isNull === (nullable === true) || reported.has(name)) continue;
          const message = isNull ? 'is null' : 'has values, but run.json says that it is left out';
          report('column-null', source, from, `${episode.id}: ${name} ${message}`);
          reported.add(name);
        }
      },
      episode: () => reported.clear(),
    };
  },
};
