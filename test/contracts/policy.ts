import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Policy, PolicyInputs, PolicyVariant } from '../../src/sim/policies/policy.js';

const observations = fc.array(fc.float({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 200 });

const seeds = fc.integer({ min: 0, max: 2 ** 53 - 2 });

const play = (policy: Policy, smelt: readonly number[]): number[] =>
  smelt.map((concentration) => policy.choose(Float32Array.of(concentration)));

/** What every policy keeps to. `parameters` are valid ones, `inputs` have 3 actions. */
export function policyContract(variant: PolicyVariant, parameters: unknown, inputs: PolicyInputs): void {
  const create = (): Policy => variant.create(variant.parameters.parse(parameters), inputs);

  it('chooses actions of the action space', () => {
    fc.assert(
      fc.property(seeds, observations, (seed, smelt) => {
        const policy = create();
        policy.reset(seed, 0);
        for (const action of play(policy, smelt.slice(0, policy.maxSteps))) {
          expect(Number.isInteger(action) && action >= 0 && action < inputs.actionCount).toBe(true);
        }
      }),
    );
  });

  it('starts over with reset: an episode depends on its seed alone', () => {
    fc.assert(
      fc.property(seeds, observations, observations, (seed, before, smelt) => {
        const used = create();
        used.reset(seed + 1, 0);
        play(used, before.slice(0, used.maxSteps));
        used.reset(seed, 0);
        const fresh = create();
        fresh.reset(seed, 0);
        const heard = smelt.slice(0, fresh.maxSteps);
        expect(play(used, heard)).toEqual(play(fresh, heard));
      }),
    );
  });

  it('has at least one step to act in', () => {
    const policy = create();
    policy.reset(0, 0);
    expect(policy.maxSteps).toBeGreaterThanOrEqual(1);
  });

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
