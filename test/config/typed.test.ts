import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig, type CaptureConfig } from '../../src/config/index.js';
import { writeTree } from './tree.js';

const load = async (...overrides: string[]): Promise<CaptureConfig> =>
  (await loadConfig({ configPath: null, configName: 'data_capture/config', overrides, env: {} })).config;

async function problems(...overrides: string[]): Promise<readonly string[]> {
  try {
    await load(...overrides);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ line }) => line);
    throw error;
  }
  throw new Error('expected a ConfigError');
}

it("gives the runbook's configuration as plain numbers", async () => {
  const config = await load(
    'episodes=5',
    'env.max_steps=250',
    'env.grid_size=[64,64]',
    'experiment=batch-20231106',
  );
  expect(config).toMatchObject({
    episodes: 5,
    experiment: 'batch-20231106',
    seed: 123,
    output: 'results',
    parquet: false,
  });
  expect(config.env).toMatchObject({ max_steps: 250, grid_size: [64, 64], plume: 'static', goal_radius: 5 });
  expect(config.policy).toEqual({ name: 'random' });
  expect(config.record.storage.compression?.level).toBe(3);
});

it('takes the parameters of the chosen policy', async () => {
  expect((await load('policy=surge_and_cast', 'policy.persistence=2')).policy).toMatchObject({
    name: 'surge_and_cast',
    persistence: 2,
  });
});

it('takes anything under vars', async () => {
  expect((await load('+vars.lr={a: [1, x]}', 'env.goal_radius=${vars.lr.a.0}')).env.goal_radius).toBe(1);
});

describe('refuses in one line, with key, value, origin and what was expected', () => {
  it.each<[string, string]>([
    ['episodes=0', "episodes: expected an integer >= 1 and <= 10000000, not 0 (override 'episodes=0')"],
    ['episodes=1.0', "episodes: expected an integer >= 1 and <= 10000000, not 1.0 (override 'episodes=1.0')"],
    [
      'episodes=many',
      "episodes: expected an integer >= 1 and <= 10000000, not 'many' (override 'episodes=many')",
    ],
    ['seed=-1', "seed: expected an integer >= 0, not -1 (override 'seed=-1')"],
    [
      'seed=9007199254740991',
      "seed: expected an integer <= 9007199254740989 (2^53 - 1 - episodes), not 9007199254740991 (override 'seed=9007199254740991')",
    ],
    [
      'experiment=../x',
      "experiment: expected 1 to 128 of A-Z a-z 0-9 . _ -, not starting with a dot or dash, not '../x' (override 'experiment=../x')",
    ],
    ['env.grid_size=[8]', "env.grid_size: expected a list of 2, not [8] (override 'env.grid_size=[8]')"],
    [
      'env.grid_size=[8,8,8]',
      "env.grid_size: expected a list of 2, not [8,8,8] (override 'env.grid_size=[8,8,8]')",
    ],
    [
      'env.grid_size=[8,0]',
      "env.grid_size.1: expected an integer >= 1, not 0 (override 'env.grid_size=[8,0]')",
    ],
    [
      'env.grid_size=8x8',
      "env.grid_size: expected a list, such as [64,64], not '8x8' (override 'env.grid_size=8x8')",
    ],
    ['parquet=1', "parquet: expected true or false, not 1 (override 'parquet=1')"],
    ['clock=moon', "clock: expected wall or sim, not 'moon' (override 'clock=moon')"],
    ['fps=0', "fps: expected a number >= 0.001 and <= 1000000000, not 0 (override 'fps=0')"],
    [
      'env.goal_radius=nan',
      "env.goal_radius: expected a number >= 0, not nan (override 'env.goal_radius=nan')",
    ],
    ['rotate_size=0', "rotate_size: expected an integer >= 1, not 0 (override 'rotate_size=0')"],
    ['output=', "output: expected text that is not empty, not '' (override 'output=')"],
    [
      'run_id=../r',
      "run_id: expected 1 to 128 of A-Z a-z 0-9 . _ -, not starting with a dot or dash, not '../r' (override 'run_id=../r')",
    ],
    ['env.wind=3', "env.wind: expected a mapping, not 3 (override 'env.wind=3')"],
    [
      'env.max_steps=${vars}',
      "env.max_steps: expected an integer >= 1, not {} (${vars} in override 'env.max_steps=${vars}')",
    ],
    [
      '+env.grid_sise=3',
      "unknown key 'env.grid_sise' (override '+env.grid_sise=3'); did you mean 'env.grid_size'?",
    ],
    [
      '+grid_size=[8,8]',
      "unknown key 'grid_size' (override '+grid_size=[8,8]'); did you mean 'env.grid_size'?",
    ],
    ['+mine=3', "unknown key 'mine' (override '+mine=3'); keys of your own go under vars"],
    [
      '+policy.persistance=3',
      "unknown key 'policy.persistance' (override '+policy.persistance=3'); keys of your own go under vars",
    ],
    [
      'policy=scripted',
      "no value for 'policy.actions_file' (??? in conf/policy/scripted.yaml:4); give one with 'policy.actions_file=…'",
    ],
    [
      'env.grid_sise=[1,2]',
      "unknown key 'env.grid_sise' in override 'env.grid_sise=[1,2]'; did you mean 'env.grid_size'?",
    ],
    ['env.plume=movie', "override 'env.plume=movie': 'env.plume' is a group; write 'env/plume=movie'"],
    [
      'policy=surge',
      "override 'policy=surge': unknown option 'surge' for the group 'policy'; did you mean 'surge_and_cast'?",
    ],
  ])('%s', async (override, problem) => {
    expect(await problems(override)).toEqual([problem]);
  });

  it.each([
    ['env.action_type=orient', /^env\.action_type: .*oriented.* \(override 'env\.action_type=orient'\)$/],
    ['env.grid_size=64x64', /^env.grid_size: expected a list, such as \[64,64\], not '64x64'/],
    [
      'seed=9007199254740993',
      /^seed: expected an integer >= 0 and <= 9007199254740991, not 9007199254740993/,
    ],
    ['env.wind=3', /^env.wind: expected a mapping, not 3 \(override 'env.wind=3'\)$/],
    ['policy.name=surge', /^policy.*surge_and_cast/],
  ])('%s', async (override, problem) => {
    expect((await problems(override))[0]).toMatch(problem);
  });
});

it('reports everything at once: overrides, types, unknown keys and missing values', async () => {
  const all = await problems('policy=scripted', 'seed=-1', '+env.grid_sise=3', 'nope=1', 'x=a=b');
  expect(all.map((problem) => problem.split(/[ :]/).slice(0, 4).join(' '))).toHaveLength(5);
  expect(all.join('\n')).toMatch(/x=a=b[^]*nope[^]*actions_file[^]*seed[^]*grid_sise/);
});

it('names file and line of a value in a file', async () => {
  const root = writeTree({ config: 'experiment: e\npolicy: {name: random}\nenv:\n  max_steps: -3\n' });
  const loaded = loadConfig({ configPath: root, configName: 'config', overrides: [] });
  await expect(loaded).rejects.toThrow(
    `env.max_steps: expected an integer >= 1, not -3 (${root}/config.yaml:4)`,
  );
});

it("tells how to change the policy of a run's own config, where there is no group", async () => {
  const configPath = writeTree({ config: 'policy: {name: surge_and_cast}\n' });
  const loadOwn = (overrides: string[]) =>
    loadConfig({ configPath, configName: 'config', overrides, env: {} });
  await expect(loadOwn(['policy=random'])).rejects.toThrow(
    "policy: expected a mapping, not 'random' (override 'policy=random'); this config has no group 'policy', so write: '~policy' '+policy={name: random}'",
  );
  expect((await loadOwn(['~policy', '+policy={name: random}'])).config.policy.name).toBe('random');
});
