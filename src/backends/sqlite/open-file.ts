import { constants } from 'node:fs';
import { copyFile, mkdtemp, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { exists } from '../../io/atomic.js';
import { MissingModuleError } from '../missing-module.js';
import { NATIVE, nativeReader, wasmReader, type Drivers, type Native, type ReadDatabase } from './driver.js';
import { codeOf } from './errors.js';
import { JOURNALS } from './journals.js';

/** A file that is open to be read; nothing in its folder changes. */
export interface OpenFile {
  readonly db: ReadDatabase;
  /** Of the file, with its journal. */
  close(): Promise<void>;
}

/** A database a stranger made must not run anything: no function of ours in its schema, no damaged cell trusted. */
const GUARDS = ['trusted_schema = OFF', 'cell_size_check = ON', 'query_only = ON'];

/**
 * Opens a file with the package there is.
 * @throws MissingModuleError when neither package can read it
 */
export async function openFile(path: string, drivers: Drivers): Promise<OpenFile> {
  const file = resolve(path);
  let native: Native;
  try {
    native = await drivers.native();
  } catch (error) {
    if (error instanceof MissingModuleError) return openWasm(file, drivers);
    throw error;
  }
  try {
    const db = openNative(native, file, true);
    return { db, close: async () => db.close() };
  } catch (error) {
    // a journal must be joined in or made beside it, and SQLite may not do so here: in a copy it may
    if (!/^SQLITE_(?:CANTOPEN|READONLY)/.test(codeOf(error))) throw error;
    return openCopy(native, file);
  }
}

function openNative(native: Native, path: string, readonly: boolean): ReadDatabase {
  const db = new native(path, { readonly });
  try {
    for (const guard of GUARDS) db.pragma(guard);
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return nativeReader(db);
  } catch (error) {
    db.close();
    throw error;
  }
}

const openCopy = (native: Native, path: string): Promise<OpenFile> =>
  openInFolder(path, async (copy) => {
    await copyFile(path, copy, constants.COPYFILE_FICLONE);
    for (const suffix of JOURNALS) {
      if (await exists(path + suffix)) await copyFile(path + suffix, copy + suffix);
    }
    return openNative(native, copy, false);
  });

/** Reached by a link in a folder of its own, since this package locks a file by a folder beside it. */
async function openWasm(path: string, drivers: Drivers): Promise<OpenFile> {
  const wasm = await drivers.wasm();
  for (const suffix of JOURNALS) {
    const size = await stat(path + suffix).then(
      (stats) => stats.size,
      () => 0,
    );
    if (size > 0) throw new MissingModuleError(NATIVE, `reading ${path}, which its writer did not finish,`);
  }
  return openInFolder(path, async (link) => {
    await symlink(path, link);
    const opened = new wasm(link, { readOnly: true });
    const db = wasmReader(opened);
    try {
      for (const guard of GUARDS) opened.exec(`PRAGMA ${guard}`);
    } catch (error) {
      db.close();
      throw error;
    }
    return db;
  });
}

/** @param open gets the path's name in a folder of its own, which goes when the file is closed */
async function openInFolder(
  path: string,
  open: (inside: string) => Promise<ReadDatabase>,
): Promise<OpenFile> {
  const folder = await mkdtemp(join(tmpdir(), 'plume-nav-capture-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const db = await open(join(folder, basename(path)));
    return {
      db,
      async close() {
        db.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
