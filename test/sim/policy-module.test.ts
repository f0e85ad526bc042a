import { describe, expect, it } from 'vitest';
import { policySchema } from '../../src/sim/config.js';
import type { OwnPolicyInputs, PolicyFactory } from '../../src/sim/policies/module.js';
import { run, simulationOf, typed, type PlainConfig } from './support.js';

const with_ = (factory: unknown, more: PlainConfig = {}): PlainConfig => ({
  ...more,
  policy: { name: 'module', module: './mine.js', ...more.policy },
  factory: factory as PolicyFactory,
});
/** A policy of which one thing is different. */
const own = (different: object) => () => ({ reset: () => {}, choose: () => 1, ...different });

describe('a policy of one’s own', () => {
  it('is made with what it needs to know', () => {
    const made: OwnPolicyInputs[] = [];
    const factory: PolicyFactory = (inputs) => {
      made.push(inputs);
      return own({})();
    };
    const parameters = { gain: 2, share: 0.5, names: ['a'], deep: { x: null } };
    const env = { action_type: 'run_tumble', observation_type: 'antennae' };
    simulationOf(with_(factory, { env, policy: { parameters } }));
    simulationOf(with_(factory));
    expect(made).toMatchObject([
      { actionCount: 2, observationWidth: 2, parameters },
      { actionCount: 4, observationWidth: 1, parameters: {} },
    ]);
  });

  it('draws what policy=random draws, when it does the same with its generator', async () => {
    const config = with_(({ actionCount, rng }: OwnPolicyInputs) => ({
      reset() {},
      choose: () => rng.integers(0, actionCount),
    }));
    for (const seed of [5, 6, 5]) {
      expect(await run(simulationOf(config), seed)).toEqual(await run(simulationOf({}), seed));
    }
  });

  it('starts each episode with its seed and number, and gets every observation', async () => {
    const heard: unknown[] = [];
    const factory = own({
      reset: (seed: number, episode: number) => heard.push([seed, episode]),
      choose(observation: Float32Array) {
        heard.push([...observation]);
        return 0;
      },
    });
    const simulation = simulationOf(
      with_(factory, { env: { max_steps: 3, start_location: [0, 0], goal_radius: 0 } }),
    );
    const rows = await run(simulation, 9, 4);
    expect(heard).toHaveLength(4);
    expect(heard[0]).toEqual([9, 4]);
    // the observation before a step is what the step before it gave
    expect(heard.slice(2)).toEqual([...rows.observation.slice(0, 2)].map((value) => [value]));
  });

  it('may say how long it can act, in each episode anew', async () => {
    const policy = {
      maxSteps: 0,
      reset: (_: number, episode: number) => (policy.maxSteps = episode + 1),
      choose: () => 0,
    };
    const simulation = simulationOf(with_(() => policy, { env: { start_location: [0, 0], goal_radius: 0 } }));
    expect((await run(simulation, 1, 1)).truncated).toEqual([0, 1]);
    expect((await run(simulation, 1, 3)).truncated).toEqual([0, 0, 0, 1]);
  });

  it('never leaves a −0 in the records', async () => {
    const simulation = simulationOf(with_(own({ choose: () => -0 }), { env: { max_steps: 2 } }));
    for (const action of (await run(simulation, 1)).action) expect(Object.is(action, 0)).toBe(true);
  });
});

describe('a faulty policy of one’s own is named', () => {
  const boom = (): never => {
    throw new TypeError('boom\nand more');
  };
  const MADE: [string, unknown, RegExp][] = [
    ['that cannot be made', boom, /^policy\.module '\.\/mine\.js' makes no policy: TypeError: boom$/],
    ['that is made later', async () => own({})(), /makes a promise, not a policy$/],
    ['that is nothing', () => undefined, /makes a policy without reset\(\)$/],
    ['that is text', () => 'x', /makes a policy without reset\(\)$/],
    ['that does not choose', own({ choose: 1 }), /makes a policy without choose\(\)$/],
  ];
  it.each(MADE)('%s', (_what, factory, message) => {
    expect(() => simulationOf(with_(factory))).toThrow(
      expect.objectContaining({
        name: 'CaptureError',
        kind: 'input',
        message: expect.stringMatching(message),
      }),
    );
  });

  const PLAYED: [string, object, RegExp][] = [
    ['that fails in reset', { reset: boom }, /failed in reset of episode 3: TypeError: boom$/],
    ['that cannot act', { maxSteps: 0 }, /has maxSteps 0 in episode 3$/],
    ['that can act for NaN steps', { maxSteps: NaN }, /has maxSteps NaN in episode 3$/],
    ['that fails in choose', { choose: boom }, /failed at step 1 of episode 3: TypeError: boom$/],
    ['that chooses nothing', { choose: () => undefined }, /chose undefined at step 1 of episode 3$/],
    ['that chooses NaN', { choose: () => NaN }, /chose NaN at step 1/],
    ['that chooses a half', { choose: () => 0.5 }, /chose 0\.5 at step 1/],
    ['that chooses too much', { choose: () => 4 }, /chose 4 at step 1/],
    ['that chooses less than none', { choose: () => -1 }, /chose -1 at step 1/],
    ['that chooses text', { choose: () => '1' }, /chose '1' at step 1/],
    ['that chooses a bigint', { choose: () => 1n }, /chose a value of type bigint at step 1/],
    ['that chooses later', { choose: async () => 1 }, /chose a promise at step 1/],
  ];
  it.each(PLAYED)('%s', async (_what, different, message) => {
    const simulation = simulationOf(with_(own(different)));
    await expect(run(simulation, 1, 2)).rejects.toMatchObject({
      name: 'CaptureError',
      kind: 'input',
      message: expect.stringMatching(message),
    });
  });

  it('with the step at which it went wrong, and the actions there are', async () => {
    let steps = 0;
    const factory = own({ choose: () => (++steps < 12 ? 1 : 9) });
    const simulation = simulationOf(with_(factory, { env: { start_location: [0, 0] } }));
    await expect(run(simulation, 1)).rejects.toMatchObject({
      message: "policy.module './mine.js' chose 9 at step 12 of episode 1",
      hint: 'env.action_type has the actions 0 to 3',
    });
  });
});

describe('policy.parameters', () => {
  const parse = (parameters: unknown) => policySchema.safeParse({ name: 'module', module: 'm', parameters });

  it('come out as plain values', () => {
    const given = { a: 1, b: 0.5, c: [true, null, { d: 'x' }] };
    expect(parse(typed(given)).data).toEqual({ name: 'module', module: 'm', parameters: given });
  });

  it.each([
    [{ a: 2n ** 60n }, ['parameters', 'a']],
    [{ a: { b: [1n, Infinity] } }, ['parameters', 'a', 'b', 1]],
    [{ a: NaN }, ['parameters', 'a']],
  ])('refuse numbers that a double cannot hold: %o', (parameters, path) => {
    expect(parse(parameters).error?.issues).toMatchObject([{ path, message: /finite number.*2\^53/ }]);
  });

  it.each([[3n], ['x'], [[1n]]])('refuse what is no mapping: %o', (parameters) => {
    expect(parse(parameters).success).toBe(false);
  });
});
