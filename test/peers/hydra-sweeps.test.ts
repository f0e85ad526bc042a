import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expandSweep, type ConfigValue } from '../../src/config/index.js';
import { parseOverride, parseSweepable } from '../../src/config/override/parse.js';
import { shuffled } from '../../src/config/sweep/shuffle.js';
import { ConfigSource } from '../../src/config/source.js';
import { askHydra, attempt, isSame, tagged, type Answer, type Case } from './hydra-compare.js';
import { DELIBERATE } from './hydra-cases/deliberate.js';
import { COMMAND_LINES, NOT_SWEEPS, OPTIONS, SWEEPS } from './hydra-cases/sweeps.js';
import { sweepText } from './hydra-cases/sweep-arbitrary.js';
import { findPeers } from './python.js';

const peers = findPeers(['hydra', 'numpy']);
const folder = mkdtempSync(join(tmpdir(), 'plume-hydra-sweeps-'));
const options = [...OPTIONS];
let source: ConfigSource;

beforeAll(() => {
  mkdirSync(join(folder, 'g'));
  for (const option of options) writeFileSync(join(folder, 'g', `${option}.yaml`), 'a: 1\n');
  source = ConfigSource.open(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A sweep of Hydra's without values; ours are errors. */
const NO_VALUES = { values: [], jobs: [] };

const sorted = (values: readonly unknown[]): unknown[] =>
  [...values].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

/** The values of a sweep and those its jobs read back; of a shuffle which they are, whatever the order. */
function sweep(override: string): Answer {
  const read = parseSweepable(override);
  if (!('sweep' in read)) return { ok: { value: tagged(read.value ?? null) } };
  const values = expandSweep([override], source).map(({ overrides: [job] }) =>
    tagged(parseOverride(job!).value!),
  );
  return { ok: { values, jobs: values } };
}

/** Shuffles give the same values in another order. */
function unordered(answer: Answer): Answer {
  const { values, jobs } = (answer.ok ?? {}) as { values?: unknown[]; jobs?: unknown[] };
  return values && jobs ? { ok: { values: sorted(values), jobs: sorted(jobs) } } : answer;
}

/** The jobs as Hydra lists them: of overrides of the same thing only the last, where the first was. */
function split(overrides: readonly string[]): Answer {
  const jobs = expandSweep(overrides, source).map((job) => {
    const last = new Map<string, ConfigValue>();
    for (const text of job.overrides) {
      const target = text.includes('=') ? text.slice(0, text.indexOf('=')) : text;
      last.set(target, parseOverride(text).value ?? null);
    }
    return [...last].map(([target, value]) => [target, tagged(value)]);
  });
  return { ok: jobs };
}

async function expectSame(cases: readonly Case[]): Promise<void> {
  const answers = await askHydra(
    peers,
    cases.map(({ question }) => question),
  );
  const differences = cases.flatMap(({ what, ours: run }, i) => {
    const plain = what.includes('shuffle') ? unordered : (answer: Answer): Answer => answer;
    const [ours, theirs] = [plain(attempt(run)), plain(answers[i]!)];
    if (isSame(ours, theirs) === !DELIBERATE.has(what)) return [];
    if (ours.error?.includes('there are no values in it') && isSame({ ok: NO_VALUES }, theirs)) return [];
    if (DELIBERATE.has(what)) return [`${what}: listed as different, but the same`];
    return [`${what}\n  ours   ${JSON.stringify(ours)}\n  theirs ${JSON.stringify(theirs)}`];
  });
  expect(differences.join('\n')).toBe('');
}

describe.skipIf(peers.python === null)(`sweeps as real Hydra (${peers.reason})`, () => {
  it('reads sweeps, and writes their jobs', async () => {
    const texts = SWEEPS.map((value) => `${value.includes('glob') ? 'g' : 'x'}=${value}`);
    expect(new Set(texts).size).toBe(texts.length);
    await expectSame(
      texts.map((override) => ({
        what: override,
        question: { op: 'sweep', override, options },
        ours: () => sweep(override),
      })),
    );
  });

  it('reads plain values made by the same functions', async () => {
    await expectSame(
      NOT_SWEEPS.map((value) => ({
        what: `x=${value}`,
        question: { op: 'value', override: `x=${value}` },
        ours: () => ({ ok: tagged(parseOverride(`x=${value}`).value!) }),
      })),
    );
  });

  it('lists the jobs of the basic sweeper in its order', async () => {
    await expectSame(
      COMMAND_LINES.map((overrides) => ({
        what: overrides.join(' '),
        question: { op: 'split', overrides, options },
        ours: () => split(overrides),
      })),
    );
  });

  it('reads 3,000 generated ones', async () => {
    const texts = new Set(
      fc.sample(sweepText, { numRuns: 4500, seed: 20231106 }).map((value) => `x=${value}`),
    );
    // what these differ in on purpose: bounds that are infinite, sorted ranges, the order of shuffled lists
    const different = /range\([^)]*inf|sort\((?:tag\(.*)?range|shuffle\(\[/;
    const cases = [...texts].filter((text) => !different.test(text)).slice(0, 3000);
    expect(cases).toHaveLength(3000);
    await expectSame(
      cases.map((override) => ({
        what: override,
        question: { op: 'sweep', override, options },
        ours: () => sweep(override),
      })),
    );
  });

  it('shuffles as numpy does', async () => {
    const shuffles = [0, 1, 2, 7, 123, 2 ** 32, Number.MAX_SAFE_INTEGER].flatMap((seed) =>
      [0, 1, 2, 3, 10, 1000].map((count) => ({ op: 'shuffle', seed, count })),
    );
    const answers = await askHydra(peers, shuffles);
    for (const [i, { seed, count }] of shuffles.entries()) {
      expect(shuffled([...Array(count).keys()], seed)).toEqual(answers[i]!.ok);
    }
  });
});
