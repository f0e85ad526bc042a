import { describe, test } from 'node:test';
import { backendContract, policyContract } from 'plume-nav-capture/contracts';
import createPolicy from './klinotaxis-policy.js';
import backend from './ndjson-backend.js';

await describe('klinotaxis', () => {
  const setting = { actionCount: 3, observationWidth: 1, parameters: { wander: 0.2 } };
  for (const { name, run } of policyContract(() => createPolicy, setting)) void test(name, run);
});

await describe('ndjson', () => {
  for (const { name, run } of backendContract(() => backend)) void test(name, run);
});
