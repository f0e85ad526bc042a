import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

/** Packages a module loads when it is imported: `import type` and `import()` load nothing. */
function packagesOf(file: string, seen = new Set<string>(), packages = new Set<string>()): Set<string> {
  if (seen.has(file)) return packages;
  seen.add(file);
  const imports = readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?!type )[^;]*?from '([^']+)';/gms);
  for (const [, name] of imports) {
    if (!name!.startsWith('.')) packages.add(name!);
    else {
      const path = join(dirname(file), name!.replace(/\.js$/, '.ts'));
      expect(existsSync(path), path).toBe(true);
      packagesOf(path, seen, packages);
    }
  }
  return packages;
}

it('composes without loading zod, so that it starts fast', () => {
  const index = fileURLToPath(new URL('../../src/config/index.ts', import.meta.url));
  const packages = [...packagesOf(index)].filter((name) => !name.startsWith('node:'));
  expect(packages).toEqual(['yaml']);
});
