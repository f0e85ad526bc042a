import { readFileSync } from 'node:fs';

const PACKAGE_NAME = 'plume-nav-capture';

/** Version of this package, from its package.json. */
export function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
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
