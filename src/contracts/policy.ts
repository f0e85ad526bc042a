import assert from 'node:assert/strict';
import { module, type OwnPolicyInputs, type PolicyFactory } from '../sim/policies/module.js';
import type { Policy } from '../sim/policies/policy.js';
import { Generator } from '../sim/rng/generator.js';
import type { ContractCase } from './contract-case.js';

/** What the policy is made for; by default three actions, one concentration and no parameters. */
export type PolicySetting = Partial<Omit<OwnPolicyInputs, 'rng'>>;

/** Seeds of the episodes that are played, the largest of all included. */
const SEEDS = [0, 1, 123, 2 ** 32 + 5, 2 ** 53 - 2];
const STEPS = 200;

/** What an agent may smell: nothing, more and more, less and less, a plume in puffs, noise. */
const SMELLS: readonly ((step: number, rng: Generator) => number)[] = [
  () => 0,
  (step) => step / STEPS,
  (step) => 1 - step / STEPS,
  (step) => (step % 20 < 5 ? 1 : 0),
  (_step, rng) => rng.random(),
];

/**
 * What every policy promises, as cases for any test runner: actions of the action space, and episodes that depend
 * on their seed and observations alone, so that they can be made again, in any order and on any thread.
 *
 * @example for (const { name, run } of policyContract(() => factory, { actionCount: 3 })) test(name, run);
 */
export function policyContract(
  load: () => PolicyFactory | Promise<PolicyFactory>,
  { actionCount = 3, observationWidth = 1, parameters = {} }: PolicySetting = {},
): ContractCase[] {
  /** A policy as a capture makes it. */
  const maker = async (): Promise<() => Policy> => {
    const factory = await load();
    const inputs = { actionCount, observationWidth, actions: null, factory };
    return () => module.create({ module: 'under test', parameters }, inputs);
  };

  const episode = (smell: number, seed: number): Float32Array[] => {
    const rng = new Generator(seed, [smell]);
    return Array.from({ length: STEPS }, (_, step) =>
      Float32Array.from({ length: observationWidth }, () => SMELLS[smell]!(step, rng)),
    );
  };

  const play = (policy: Policy, seed: number, observations: readonly Float32Array[]): number[] => {
    policy.reset(seed, 0);
    return observations
      .slice(0, policy.maxSteps)
      .map((observation) => policy.choose(Float32Array.from(observation)));
  };

  /** Runs a check on every combination of a seed and what is smelt. */
  const each = (check: (seed: number, observations: Float32Array[], what: string) => void): void => {
    for (const seed of SEEDS) {
      for (const smell of SMELLS.keys()) check(seed, episode(smell, seed), `seed ${seed}, episode ${smell}`);
    }
  };

  const cases: [name: string, check: (create: () => Policy) => void][] = [
    [
      'chooses actions of the action space, as long as it can act',
      (create) => {
        const policy = create();
        each((seed, observations) => {
          const actions = play(policy, seed, observations);
          assert.ok(actions.length > 0, 'no step to act in');
        });
      },
    ],
    [
      'starts over with reset: an episode depends on its seed and observations alone',
      (create) => {
        const used = create();
        each((seed, observations, what) => {
          play(used, seed === 0 ? 1 : seed - 1, observations.toReversed());
          const again = play(used, seed, observations);
          assert.deepStrictEqual(again, play(create(), seed, observations), what);
        });
      },
    ],
    [
      'shares nothing with another policy of the same module',
      (create) => {
        const [one, other] = [create(), create()];
        each((seed, observations, what) => {
          const alone = play(create(), seed, observations);
          one.reset(seed, 0);
          other.reset(SEEDS[2]!, 1);
          const together = observations.slice(0, one.maxSteps).map((observation, step) => {
            if (step < other.maxSteps) other.choose(Float32Array.from(observation, (value) => 1 - value));
            return one.choose(Float32Array.from(observation));
          });
          assert.deepStrictEqual(together, alone, what);
        });
      },
    ],
    [
      'neither changes nor keeps the observation, whose memory the next one takes',
      (create) => {
        const policy = create();
        const memory = new Float32Array(observationWidth);
        each((seed, observations, what) => {
          policy.reset(seed, 0);
          const actions = observations.slice(0, policy.maxSteps).map((observation) => {
            memory.set(observation);
            const action = policy.choose(memory);
            assert.deepStrictEqual(memory, observation, `${what}: the observation has changed`);
            return action;
          });
          assert.deepStrictEqual(actions, play(create(), seed, observations), what);
        });
      },
    ],
  ];
  return cases.map(([name, check]) => ({ name, run: async () => check(await maker()) }));
}
