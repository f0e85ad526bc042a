import { serveTasks } from '../../io/serve-tasks.js';
import { makeFile, type Making } from './make-file.js';

/* A thread that makes an HDF5 file of a journal, and says when it stands. */
serveTasks<Making, 'made'>(
  async () =>
    async function* (making) {
      await makeFile(making);
      yield { message: 'made', transfer: [] };
    },
);
