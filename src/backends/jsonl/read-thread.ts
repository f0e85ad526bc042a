import { serveTasks } from '../../io/serve-tasks.js';
import { buffersOf, RangeReader, type RangeRows, type ReadSetup, type ReadTask } from './read-range.js';

/* A thread that inflates and reads ranges of JSONL files. */
serveTasks<ReadTask, RangeRows>(async (setup: ReadSetup) => {
  const reader = new RangeReader(setup);
  return async function* (task) {
    const rows = reader.read(task);
    yield { message: rows, transfer: buffersOf(rows) };
  };
});
