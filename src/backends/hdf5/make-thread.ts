import { serveTasks } from '../../io/serve-tasks.js';
import { makeFile, type Made, type Making } from './make-file.js';

/* A thread that makes an HDF5 file of a journal, and says what went into it. */
serveTasks<Making, Made>(
  async () =>
    async function* (making) {
      yield { message: await makeFile(making), transfer: [] };
    },
);
