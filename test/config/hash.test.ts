import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { canonicalHash, canonicalJson } from '../../src/core/canonical-json.js';
import { ConfigError } from '../../src/config/index.js';
import { resolveTree } from '../../src/config/interpolation/resolve.js';
import { readYaml } from '../../src/config/yaml/read.js';

interface Vector {
  yaml: string;
  canonical?: string;
  sha256?: string;
  error?: string;
}

const golden = new URL('../golden/config_hash.json', import.meta.url);
const { vectors } = JSON.parse(readFileSync(golden, 'utf8')) as { vectors: Vector[] };

it.each(vectors)('hashes $yaml as Python does', ({ yaml, canonical, sha256, error }) => {
  const read = () => resolveTree(readYaml(yaml, 'golden.yaml'), {});
  if (error !== undefined) {
    expect(read).toThrow(ConfigError);
    return;
  }
  expect(canonicalJson(read())).toBe(canonical);
  expect(canonicalHash(read())).toBe(sha256);
});
