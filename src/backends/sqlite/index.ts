import { SQLITE_FILE } from '../../core/layout.js';
import type { Backend } from '../backend.js';
import { DRIVERS } from './driver.js';
import { openSqliteReader } from './read.js';
import { openSqliteWriter } from './write.js';

/** One SQLite file a run: tables runs, episodes and steps. */
export const sqlite: Backend = {
  name: 'sqlite',
  continuesFrom: 'sqlite',
  has: (names) => names.includes(SQLITE_FILE),
  check: async () => void (await DRIVERS.native()),
  openWriter: (options) => openSqliteWriter(options),
  openReader: (directory, names, streams) => openSqliteReader(directory, names, streams),
};
