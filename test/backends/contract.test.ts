import { describe } from 'vitest';
import { backends } from '../../src/backends/index.js';
import { backendContract } from '../contracts/backend.js';

describe.each(backends.names)('backend %s', (name) => {
  backendContract(backends.get(name));
});
