import type { Database as NativeDatabase } from 'better-sqlite3';
import type { Database as WasmDatabase } from 'node-sqlite3-wasm';
import { MissingModuleError } from '../missing-module.js';

/** The package that writes, and reads all there is: compiled SQLite. */
export const NATIVE = 'better-sqlite3';
/**
 * The package that reads finished files where the other one is not there; it needs no compiler. It has no WAL and
 * marks a locked file by a folder beside it, which a killed writer would leave behind, so nothing is written with it.
 */
const WASM = 'node-sqlite3-wasm';

export type Native = new (path: string, options?: { readonly?: boolean; timeout?: number }) => NativeDatabase;
export type Wasm = new (path: string, options?: { readOnly?: boolean }) => WasmDatabase;

/** How packages are loaded; handed in, so that a test can be without one. */
export interface Drivers {
  readonly native: () => Promise<Native>;
  readonly wasm: () => Promise<Wasm>;
}

export const DRIVERS: Drivers = {
  async native() {
    try {
      const { default: Database } = await import('better-sqlite3');
      // the compiled part is loaded by the first database, and may be missing
      new Database(':memory:').close();
      return Database;
    } catch (error) {
      throw new MissingModuleError(NATIVE, 'writing SQLite', error);
    }
  },
  async wasm() {
    try {
      return (await import('node-sqlite3-wasm')).default.Database;
    } catch (error) {
      throw new MissingModuleError(WASM, 'reading SQLite', error);
    }
  },
};

/** What can be bound to a statement. */
export type Cell = null | number | string | Uint8Array;

/** Rows are the values of their columns, in order. */
export interface Query {
  all(values: readonly Cell[]): readonly (readonly unknown[])[];
  /** One by one: those before a damaged one come too. */
  iterate(values: readonly Cell[]): Iterable<readonly unknown[]>;
}

/** A database to read from, whichever package opened it. */
export interface ReadDatabase {
  query(sql: string): Query;
  close(): void;
}

export function nativeReader(db: NativeDatabase): ReadDatabase {
  return {
    query(sql) {
      const statement = db.prepare(sql).raw(true);
      return {
        all: (values) => statement.all(values) as unknown[][],
        iterate: (values) => statement.iterate(values) as Iterable<unknown[]>,
      };
    },
    close: () => db.close(),
  };
}

export function wasmReader(db: WasmDatabase): ReadDatabase {
  const statements: { finalize(): void }[] = [];
  return {
    query(sql) {
      const statement = db.prepare(sql);
      statements.push(statement);
      return {
        all: (values) => statement.all([...values]).map((row): unknown[] => Object.values(row)),
        *iterate(values) {
          for (const row of statement.iterate([...values])) yield Object.values(row);
        },
      };
    },
    close() {
      for (const statement of statements) statement.finalize();
      db.close();
    },
  };
}
