import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE_NAME = 'plume-nav-capture';

/** Folder of this package, from wherever a module of it came to lie: the first one above with a package.json. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    if (dirname(folder) === folder) throw new Error(`no package.json above ${import.meta.url}`);
    folder = dirname(folder);
  }
  return folder;
}

/**
 * A program of the built package that runs in a thread or process of its own: in the package's place, and not in that of
 * the module that starts it, which a bundler may have moved.
 */
export const builtEntry = (name: string): string => join(packageRoot(), `dist/cli/${name}.js`);

/** Version of this package, from its package.json. */
export function packageVersion(): string {
  const text = readFileSync(join(packageRoot(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** What wrote a run: this package, Node and its zlib (compressed bytes depend on it). */
export function softwareVersions(): { name: string; version: string; node: string; zlib: string } {
  return {
    name: PACKAGE_NAME,
    version: packageVersion(),
    node: process.versions.node,
    zlib: process.versions.zlib,
  };
}
