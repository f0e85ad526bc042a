import type { Backend, WriterOptions } from '../backends/backend.js';
import { loadBackend } from '../backends/load.js';
import { MissingModuleError } from '../backends/missing-module.js';
import type { RunWriter } from '../core/ports.js';
import type { RunSettings } from './settings.js';

export interface OpenWriters {
  backend: Backend;
  /** As `record.backend` or a fallback names it. */
  name: string;
  main: RunWriter;
  /** Parquet beside the records. */
  copies: RunWriter[];
  /** Why the run is not recorded in the backend that was asked for; null when it is. */
  fellBack: string | null;
}

/**
 * Opens the backend's writer, or that of the first fallback whose modules are installed, and Parquet's beside it.
 * @throws CaptureError `config` when a module is missing and no fallback is left
 */
export async function openWriters(
  { record, parquet }: RunSettings,
  options: WriterOptions,
  cwd: string,
): Promise<OpenWriters> {
  const wanted = [record.backend, ...record.fallback];
  const missing: string[] = [];
  for (const [i, name] of wanted.entries()) {
    const backend = await loadBackend(name, cwd);
    let main: RunWriter;
    try {
      main = await backend.openWriter(options);
    } catch (error) {
      if (!(error instanceof MissingModuleError) || i === wanted.length - 1) throw error;
      missing.push(error.message);
      continue;
    }
    const fellBack = missing.length === 0 ? null : `recorded as ${name}: ${missing.join('; ')}`;
    return {
      backend,
      name,
      main,
      copies: await openCopies(parquet && name !== 'parquet', options, main),
      fellBack,
    };
  }
  throw new Error('there is always a backend to try');
}

async function openCopies(wanted: boolean, options: WriterOptions, main: RunWriter): Promise<RunWriter[]> {
  if (!wanted) return [];
  try {
    const parquet = await loadBackend('parquet', '.');
    // one file a stream: parts by time are for what is recorded in Parquet itself
    return [await parquet.openWriter({ ...options, storage: { ...options.storage, timed: false } })];
  } catch (error) {
    await main.abort();
    throw error;
  }
}
