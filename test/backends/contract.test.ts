import { describe, expect, it } from 'vitest';
import { backends } from '../../src/backends/index.js';
import { backendContract } from '../contracts/backend.js';

/** `none` keeps nothing, so there is nothing to read back. */
const recording = backends.names.filter((name) => name !== 'none');

describe.each(recording)('backend %s', (name) => {
  backendContract(backends.get(name));

  it('has the name it is registered under', async () => {
    expect(await backends.get(name)()).toMatchObject({ name });
  });
});
