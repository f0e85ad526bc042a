import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire, isBuiltin } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CaptureError } from '../core/errors.js';
import { thrownAt, thrownText } from '../core/thrown-at.js';
import { ioError } from './io-error.js';

export interface LoadedModule {
  /** Of the file itself, not of what it imports. */
  sha256: string;
  /** Its default export; undefined when it has none. */
  main: unknown;
  exports: Readonly<Record<string, unknown>>;
}

/** Whether a name means a file, as `./mine.js` and `mine.mjs` do; any other is that of a package. */
export const namesFile = (name: string): boolean => /^[./]|\.[cm]?js$/.test(name);

/** Whether a package of this name can be loaded from a folder. */
export const isInstalled = (name: string, cwd: string): boolean => resolvePackage(name, cwd) !== null;

/**
 * Loads a module of the user's: this runs their code, so the name must come from the user and never from a file
 * that somebody else may have written.
 *
 * @param what the key that names it, for messages
 * @param cwd relative paths start here, and packages are looked for from here
 * @throws CaptureError `input` when it is missing or does not load
 */
export async function loadModule(what: string, name: string, cwd: string): Promise<LoadedModule> {
  const file = namesFile(name) ? resolve(cwd, name) : resolvePackage(name, cwd);
  if (file === null) {
    throw new CaptureError('input', `${what} '${name}': no such package is installed in ${cwd}`, {
      hint: `install it, or name a file: ./${name}.js`,
    });
  }
  const text = await readFile(file).catch((error: unknown) => {
    const { message } = ioError(`${what} '${name}' cannot be read`, error);
    throw new CaptureError('input', message, { hint: `relative paths start at ${cwd}`, cause: error });
  });
  const sha256 = createHash('sha256').update(text).digest('hex');
  const exports = await importFile(what, name, file);
  return { sha256, main: defaultExport(exports), exports };
}

async function importFile(what: string, name: string, file: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    const message = `${what} '${name}' does not load: ${thrownText(error)}${thrownAt(error, file)}`;
    throw new CaptureError('input', message, { hint: remedy(error, name), cause: error });
  }
}

function remedy(error: unknown, name: string): string | undefined {
  // node keeps the place of these to itself
  if (error instanceof SyntaxError) return `to see where: node ${name}`;
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  return code === 'ERR_UNKNOWN_FILE_EXTENSION' ? 'give JavaScript: a .js or .mjs file' : undefined;
}

/** Compilers that make CommonJS of a module put its default export one level down. */
function defaultExport({ default: main }: Record<string, unknown>): unknown {
  const compiled = main as { __esModule?: unknown; default?: unknown } | null | undefined;
  return compiled?.__esModule === true ? compiled.default : main;
}

/** The file of an installed package; null when there is none. */
function resolvePackage(name: string, cwd: string): string | null {
  if (isBuiltin(name)) return null;
  const require = createRequire(join(cwd, 'from-here.js'));
  try {
    return require.resolve(name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ERR_PACKAGE_PATH_NOT_EXPORTED' ? importOnly(name, require.resolve.paths(name)) : null;
  }
}

/** The main file of a package that may be imported but not required, which node cannot be asked for from here. */
function importOnly(name: string, folders: readonly string[] | null): string | null {
  for (const folder of folders ?? []) {
    const description = join(folder, name, 'package.json');
    if (!existsSync(description)) continue;
    const { exports } = JSON.parse(readFileSync(description, 'utf8')) as { exports: unknown };
    const target = chosen(exports);
    return target === null ? null : join(folder, name, target);
  }
  return null;
}

function chosen(exports: unknown): string | null {
  if (typeof exports === 'string') return exports;
  if (typeof exports !== 'object' || exports === null) return null;
  for (const [condition, target] of Object.entries(exports)) {
    if (['.', 'import', 'node', 'default'].includes(condition)) return chosen(target);
  }
  return null;
}
