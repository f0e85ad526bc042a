import { open, readFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { CaptureError } from '../core/errors.js';
import { syncDirectory } from '../io/atomic.js';
import { ioError } from '../io/io-error.js';
import { parseLedger, type LedgerEntry } from './ledger.js';
import { LEDGER_FILE } from './names.js';

/** Adds an entry; it is on disk when this resolves. Processes may append at the same time. */
export async function appendEntry(directory: string, entry: LedgerEntry): Promise<void> {
  const path = join(directory, LEDGER_FILE);
  try {
    const handle = await open(path, 'a+');
    try {
      const torn = entry.status === 'opened' && (await endsTorn(handle));
      await handle.appendFile(`${torn ? '\n' : ''}${JSON.stringify(entry)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (entry.status === 'opened') await syncDirectory(directory);
  } catch (error) {
    throw ioError(`cannot write ${path}`, error);
  }
}

/** Whether a killed process left a line without its end, which the next must not continue. */
async function endsTorn(handle: FileHandle): Promise<boolean> {
  const { size } = await handle.stat();
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
  return size > 0 && buffer.toString() !== '\n';
}

/** @throws CaptureError `input` when a line in it is damaged; a sweep that was never run has no ledger */
export async function readLedger(directory: string): Promise<LedgerEntry[]> {
  const path = join(directory, LEDGER_FILE);
  try {
    return parseLedger(await readFile(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    if (!(error instanceof SyntaxError)) throw ioError(`cannot read ${path}`, error);
    throw new CaptureError('input', `${path}: ${error.message}`, {
      hint: 'remove that line when its job may run again',
      cause: error,
    });
  }
}
