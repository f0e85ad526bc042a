import type { Database } from 'better-sqlite3';
import { CaptureError } from '../../core/errors.js';
import type { StorageOptions } from '../storage.js';
import type { Native } from './driver.js';

const MOST_MILLISECONDS = 0x7fffffff;

/**
 * Opens an empty file to write, set up as the options say.
 * @throws CaptureError `config` when the file system cannot do the journal mode
 */
export function openConnection(
  native: Native,
  path: string,
  { sqlite: options, durability }: Pick<StorageOptions, 'sqlite' | 'durability'>,
): Database {
  const timeout = Math.min(MOST_MILLISECONDS, Math.round(options.connection_timeout * 1000));
  const db = new native(path, { timeout });
  try {
    const mode = db.pragma(`journal_mode = ${options.journal_mode}`, { simple: true }) as string;
    if (mode.toUpperCase() !== options.journal_mode) {
      throw new CaptureError(
        'config',
        `record.storage.sqlite.journal_mode ${options.journal_mode} is not possible for ${path}`,
        { hint: `its file system allows ${mode.toUpperCase()}` },
      );
    }
    // with less, a commit is with the system and not on the disk
    const synced = durability === 'fsync' && options.synchronous !== 'EXTRA';
    db.pragma(`synchronous = ${synced ? 'FULL' : options.synchronous}`);
    db.pragma(`cache_size = ${options.cache_size}`);
    // An episode's row is there before its steps, so every key has what it refers to; looking it up for each of
    // millions of rows would cost more than writing them.
    db.pragma('foreign_keys = OFF');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
