/**
 * Contract suites for authors of backends and policies, `plume-nav-capture/contracts`. They need no test runner: a
 * case is a name and a function that rejects.
 *
 * @example
 * import { test } from 'node:test';
 * for (const { name, run } of backendContract(() => backend)) test(name, run);
 */
export { backendContract, type BackendPromises } from './backend.js';
export { policyContract, type PolicySetting } from './policy.js';
export type { ContractCase } from './contract-case.js';
