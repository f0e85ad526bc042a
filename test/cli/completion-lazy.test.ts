import { expect, it, vi } from 'vitest';
import { complete } from '../../src/cli/completion/complete.js';

vi.mock('zod', () => {
  throw new Error('zod takes as long to load as node to start');
});
vi.mock('yaml', () => {
  throw new Error('yaml too, nearly');
});
vi.mock('commander', () => {
  throw new Error('and so, half of it, does commander');
});

it('completes keys, options and values without loading what composing and parsing need', async () => {
  expect(await complete(['env.gr'])).toContain('env.grid_size=\t');
  expect(await complete(['seed=1', 'policy=ran'])).toContain('policy=random\t');
  expect(await complete(['capture', '+env/plume='])).toContain('+env/plume=movie\t');
  expect(await complete(['parquet=t'])).toContain('parquet=true\t');
  // and the mocks do stand where the packages were
  expect(await complete(['--cf'])).toBe(':4\n');
});
