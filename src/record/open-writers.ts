import type { Backend, WriterOptions } from '../backends/backend.js';
import { loadBackend } from '../backends/load.js';
import { MissingModuleError } from '../backends/missing-module.js';
import type { StorageOptions } from '../backends/storage.js';
import type { RunWriter } from '../core/ports.js';
import type { RecordConfig } from './config.js';

export interface ChosenBackend {
  backend: Backend;
  /** As `record.backend` or a fallback names it. */
  name: string;
  /** Why the run is not recorded in the backend that was asked for; null when it is. */
  fellBack: string | null;
}

export interface OpenWriters extends ChosenBackend {
  main: RunWriter;
  /** Parquet beside the records. */
  copies: RunWriter[];
}

/**
 * The backend that is asked for, or the first fallback whose modules are installed; nothing is written yet.
 * @throws CaptureError `config` for options it cannot do, or when a module is missing and no fallback is left
 */
export async function chooseBackend(
  { backend: wanted, fallback }: RecordConfig,
  storage: StorageOptions,
  cwd: string,
): Promise<ChosenBackend> {
  const missing: string[] = [];
  const names = [wanted, ...fallback];
  for (const [i, name] of names.entries()) {
    const backend = await loadBackend(name, cwd);
    try {
      await backend.check?.(storage);
    } catch (error) {
      if (!(error instanceof MissingModuleError) || i === names.length - 1) throw error;
      missing.push(error.message);
      continue;
    }
    return {
      backend,
      name,
      fellBack: missing.length === 0 ? null : `recorded as ${name}: ${missing.join('; ')}`,
    };
  }
  throw new Error('there is always a backend to try');
}

/** Opens the backend's writer, and Parquet's beside it. */
export async function openWriters(
  chosen: ChosenBackend,
  parquet: boolean,
  options: WriterOptions,
): Promise<OpenWriters> {
  const main = await chosen.backend.openWriter(options);
  try {
    return { ...chosen, main, copies: await openCopies(chosen, parquet, options) };
  } catch (error) {
    await main.abort();
    throw error;
  }
}

/**
 * The writers of a run that goes on behind the files it has.
 * @param replay hands the records of these files, as long as they are closed, to copies that are made anew
 */
export async function openToGoOn(
  chosen: ChosenBackend,
  parquet: boolean,
  options: WriterOptions,
  replay: (copies: readonly RunWriter[]) => Promise<void>,
): Promise<OpenWriters> {
  const copies = await openCopies(chosen, parquet, { ...options, continues: undefined });
  try {
    await replay(copies);
    return { ...chosen, main: await chosen.backend.openWriter(options), copies };
  } catch (error) {
    for (const copy of copies) await copy.abort();
    throw error;
  }
}

async function openCopies(
  { name }: ChosenBackend,
  parquet: boolean,
  options: WriterOptions,
): Promise<RunWriter[]> {
  if (!parquet || name === 'parquet') return [];
  const copy = await loadBackend('parquet', '.');
  // one file a stream: parts by time are for what is recorded in Parquet itself
  return [await copy.openWriter({ ...options, storage: { ...options.storage, timed: false } })];
}
