import { HDF5_FILE } from '../../core/layout.js';
import type { Backend } from '../backend.js';
import { jsonl } from '../jsonl/index.js';
import { datasetLayout } from './filters.js';
import { openHdf5Reader } from './read.js';
import { journalStorage, openHdf5Writer } from './write.js';

/** One HDF5 file a run, groups `/<run_id>/<episode_id>` with a dataset a column. */
export const hdf5: Backend = {
  name: 'hdf5',
  // its journal
  continuesFrom: 'jsonl',
  has: (names) => names.includes(HDF5_FILE),
  openWriter: openHdf5Writer,
  openEncoder({ streams, storage }) {
    datasetLayout(storage.hdf5);
    return jsonl.openEncoder!({ streams, storage: journalStorage(storage) });
  },
  openReader: openHdf5Reader,
};
