import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RULE_TITLES } from './hydra-cases/deliberate.js';
import { families, withFolder } from './hydra-cases/generated/families.js';
import { findPeers } from './python.js';

const peers = findPeers(['hydra', 'omegaconf']);
const SEED = 20_231_106;

describe.skipIf(peers.python === null)(`as real Hydra, generated (${peers.reason})`, () => {
  // At least so many of a hundred are read without an error, and so many refused, by Hydra.
  it.each([
    { name: 'trees', count: 2000, accepted: 40, refused: 25 },
    { name: 'overrides', count: 1500, accepted: 40, refused: 25 },
    { name: 'scalars', count: 1000, accepted: 60, refused: 10 },
    { name: 'documents', count: 600, accepted: 40, refused: 25 },
    { name: 'interpolations', count: 1000, accepted: 35, refused: 25 },
  ] as const)('reads $count $name', { timeout: 240_000 }, async ({ name, count, accepted, refused }) => {
    await withFolder(async (folder) => {
      const outcome = await families(folder)[name](peers, { seed: SEED, count });
      expect(outcome.differences.join('\n')).toBe('');
      expect(outcome.asked).toBe(count);
      expect((outcome.accepted / count) * 100).toBeGreaterThanOrEqual(accepted);
      expect((1 - outcome.accepted / count) * 100).toBeGreaterThanOrEqual(refused);
    });
  });
});

it('explains differences only with what the documentation says', () => {
  const page = readFileSync(new URL('../../docs/config.md', import.meta.url), 'utf8');
  for (const title of RULE_TITLES) expect(page).toContain(`**${title}.**`);
});
