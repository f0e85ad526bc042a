import { describe, expect, it } from 'vitest';
import { Generator } from '../../../src/sim/rng/generator.js';
import { Pcg64 } from '../../../src/sim/rng/pcg64.js';
import { generateState } from '../../../src/sim/rng/seed-sequence.js';
import { golden } from '../support.js';

interface Seed {
  seed: number;
  seedsequence_generate_state_u32x8: number[];
  raw_u64: string[];
  mixed_sequence: [string, number][];
  [draws: string]: unknown;
}

const { seeds, entropy_lists, spawn } = golden('rng') as {
  seeds: Seed[];
  entropy_lists: { entropy: number[]; random: number[] }[];
  spawn: { seed: number; spawn_key: number[]; random: number[] }[];
};

/** A golden key, for example `integers_0_64`, as a draw. */
const DRAWS: [RegExp, (rng: Generator, a: number, b: number) => number][] = [
  [/^random$/, (rng) => rng.random()],
  [/^uniform_(\d+)_(\d+)$/, (rng, low, high) => rng.uniform(low, high)],
  [/^standard_normal$/, (rng) => rng.standardNormal()],
  [/^normal_([\d.]+)_([\d.]+)$/, (rng, mean, deviation) => rng.normal(mean, deviation)],
  [/^standard_exponential$/, (rng) => rng.standardExponential()],
  [/^poisson_lam(\d+_?\d*)()$/, (rng, mean) => rng.poisson(mean)],
  [/^integers_(\d+)_(\d+)$/, (rng, low, high) => rng.integers(low, high)],
];

function drawOf(name: string): ((rng: Generator) => number) | null {
  for (const [pattern, draw] of DRAWS) {
    const [, a = '0', b = '0'] = pattern.exec(name) ?? [];
    if (pattern.test(name)) return (rng) => draw(rng, Number(a.replace('_', '.')), Number(b));
  }
  return null;
}

describe.each(seeds)('numpy, seed $seed', (entry) => {
  const { seed } = entry;

  it('SeedSequence words', () => {
    expect([...generateState(seed, [], 8)]).toEqual(entry.seedsequence_generate_state_u32x8);
  });

  it('PCG64 words', () => {
    const bits = new Pcg64(seed);
    expect(entry.raw_u64.map(() => bits.next64().toString())).toEqual(entry.raw_u64);
  });

  const names = Object.keys(entry).filter((name) => drawOf(name) !== null);
  it.each(names)('%s', (name) => {
    const rng = new Generator(seed);
    const expected = entry[name] as number[];
    expect(expected.map(() => drawOf(name)!(rng))).toEqual(expected);
  });

  it('draws of different kinds in turn', () => {
    const rng = new Generator(seed);
    expect(entry.mixed_sequence.map(([name]) => [name, drawOf(name)!(rng)])).toEqual(entry.mixed_sequence);
  });

  it('leaves no golden draw out', () => {
    const others = ['seed', 'pcg64_state', 'pcg64_inc', 'seedsequence_generate_state_u32x8', 'raw_u64'];
    expect([...names, ...others, 'mixed_sequence'].sort()).toEqual(Object.keys(entry).sort());
  });
});

it.each(entropy_lists)('numpy, entropy $entropy', ({ entropy, random }) => {
  const rng = new Generator(entropy.length === 1 ? entropy[0]! : entropy);
  expect(random.map(() => rng.random())).toEqual(random);
});

it.each(spawn)('numpy, seed $seed spawn_key $spawn_key', ({ seed, spawn_key, random }) => {
  const rng = new Generator(seed, spawn_key);
  expect(random.map(() => rng.random())).toEqual(random);
});
