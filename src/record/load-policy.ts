import { CaptureError } from '../core/errors.js';
import { loadModule } from '../io/load-module.js';
import type { PolicyFactory } from '../sim/policies/module.js';

/** The policy factory that a module exports, and the SHA-256 of the module's file. */
export async function loadPolicy(
  name: string,
  cwd: string,
): Promise<{ factory: PolicyFactory; sha256: string }> {
  const { main, sha256 } = await loadModule('policy.module', name, cwd);
  if (typeof main !== 'function') {
    const found = main === undefined ? 'no default export' : `a default export of type ${typeof main}`;
    throw new CaptureError('input', `policy.module '${name}' has ${found}`, {
      hint: 'it must export a function that makes the policy: export default (inputs) => ({ reset() {…}, choose() {…} })',
    });
  }
  return { factory: main as PolicyFactory, sha256 };
}
