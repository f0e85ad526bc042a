// One hash over everything the build reads; dist keeps the hash that it was built from.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './tools.mjs';

export const stampFile = (dist) => join(dist, '.built-from');

export function sourceHash() {
  const hash = createHash('sha256');
  for (const path of ['tsconfig.json', ...filesOf('src')]) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  }
  return hash.digest('hex');
}

function filesOf(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .sort();
}
