import { expect, it } from 'vitest';
import { policyContract as casesOf } from '../../src/contracts/index.js';
import type { Policy, PolicyInputs, PolicyVariant } from '../../src/sim/policies/policy.js';

const play = (policy: Policy, smelt: readonly number[]): number[] =>
  smelt.map((concentration) => policy.choose(Float32Array.of(concentration)));

/** What every policy keeps to: the suite that authors of their own run, and what ours promise besides. */
export function policyContract(variant: PolicyVariant, parameters: unknown, inputs: PolicyInputs): void {
  const create = (): Policy => variant.create(variant.parameters.parse(parameters), inputs);

  for (const { name, run } of casesOf(() => create, inputs)) it(name, run);

  it('describes every parameter and refuses keys it does not have', () => {
    for (const [key, schema] of Object.entries(variant.parameters.shape)) {
      expect((schema as { description?: string }).description, key).toMatch(/\.$|dataset states/);
    }
    const strange = { ...(parameters as object), unheard_of: true };
    expect(variant.parameters.safeParse(strange).success).toBe(false);
  });

  if (!variant.followsOdour) return;

  it('goes forward on its first call, and while the concentration rises', () => {
    const policy = create();
    policy.reset(1, 0);
    expect(play(policy, [0.1, 0.2, 0.3, 0.4])).toEqual([0, 0, 0, 0]);
  });

  it('counts a change of exactly the threshold as an increase', () => {
    const exact = { ...(parameters as object), threshold: 0.25 };
    const policy = variant.create(variant.parameters.parse(exact), inputs);
    policy.reset(1, 0);
    expect(play(policy, [0, 0.25, 0.5, 0.75, 1])).toEqual([0, 0, 0, 0, 0]);
  });

  it('turns sooner or later where the concentration falls', () => {
    const policy = create();
    policy.reset(1, 0);
    const falling = Array.from({ length: 100 }, (_, i) => 1 - i / 100);
    expect(play(policy, falling).some((action) => action !== 0)).toBe(true);
  });
}
