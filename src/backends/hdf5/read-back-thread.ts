import { serveTasks } from '../../io/serve-tasks.js';
import { readBack, type ReadBack } from './read-back.js';

/* A thread that reads parts of an HDF5 file back and says when they are what they must be. */
serveTasks<ReadBack, 'same'>(
  async () =>
    async function* (part) {
      await readBack(part);
      yield { message: 'same', transfer: [] };
    },
);
