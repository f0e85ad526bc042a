import { it } from 'vitest';
import type { Backend } from '../../src/backends/backend.js';
import { backendContract as casesOf, type BackendPromises } from '../../src/contracts/index.js';

/** What every backend promises: the suite that authors of their own run. */
export function backendContract(load: () => Promise<Backend>, promises?: BackendPromises): void {
  for (const { name, run } of casesOf(load, promises)) it(name, run, 60_000);
}
