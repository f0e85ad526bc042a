import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { STREAM_NAMES } from '../../src/core/layout.js';
import { capturedRun, newFolder } from '../fixtures/captured-run.js';
import { reproduce, reproduction, withJson, withRecords, type JsonRecord } from './support.js';

const RUN = fileURLToPath(
  new URL('../golden/upstream-runs/upstream-demo/run-20261120-232758', import.meta.url),
);

describe('a run that plume_nav_sim wrote', () => {
  it('is replayed from its seeds and recorded actions', async () => {
    const { code, out, err } = await reproduce(RUN);
    expect(out).toBe(
      'replayed 3 episodes, 61 steps: the same to 1e-6\nfound   action_type oriented, reward_type step_penalty, observation_type concentration\n',
    );
    expect(err).toMatch(
      /^note: written by plume_nav_sim, without a configuration: .* 1e-6 of their value\n$/,
    );
    expect(code).toBe(0);
  });

  it.each<[stream: 'steps' | 'episodes', line: number, key: string, value: unknown, message: string]>([
    ['steps', 7, 'reward', 0, 'ep-000002 step 6: reward is -0.01, recorded 0.0'],
    ['steps', 31, 'action', 1, 'ep-000003 step 10: agent_y is 1, recorded 2'],
    ['steps', 30, 'seed', 7, 'ep-000003 step 9: seed is 102, recorded 7'],
    ['episodes', 2, 'total_steps', 19, 'ep-000002 record: total_steps is 20, recorded 19'],
  ])('%s line %i, %s %j', async (stream, line, key, value, message) => {
    const changed = withRecords(RUN, stream, (all) => void (all[line - 1]![key] = value));
    expect(await reproduction(changed)).toMatchObject({
      difference: { message, file: `${stream}.jsonl.gz` },
    });
  });

  it('allows floats the last digits, and no more', async () => {
    const by = (share: number): string =>
      withRecords(RUN, 'steps', (all) => {
        for (const step of all) {
          step['distance_to_goal'] = (step['distance_to_goal'] as number) * (1 + share);
          step['observation_summary'] = (step['observation_summary'] as number[]).map((c) => c * (1 + share));
        }
      });
    expect(await reproduction(by(5e-7))).toMatchObject({ identical: true });
    await expect(reproduce(by(5e-6))).rejects.toMatchObject({ kind: 'input' });
  });

  it('one episode of it', async () => {
    expect(await reproduction(RUN, { episode: '3' })).toMatchObject({
      identical: true,
      counts: { episodes: 1, steps: 40 },
    });
    await expect(reproduce(RUN, { episode: '4' })).rejects.toMatchObject({ kind: 'usage' });
  });

  it('killed in its last episode', async () => {
    const cut = withRecords(
      withRecords(RUN, 'steps', (all) => all.slice(0, 40)),
      'episodes',
      (all) => all.slice(0, 2),
    );
    expect(await reproduction(cut)).toMatchObject({
      identical: true,
      counts: { episodes: 2, steps: 40 },
      open_episode: { episode: 3, steps: 19 },
    });
  });
});

describe('what cannot be replayed', () => {
  const set = (key: string, value: (record: JsonRecord) => unknown): string =>
    withRecords(RUN, 'steps', (all) => {
      for (const record of all) record[key] = value(record);
    });
  it.each<[what: string, make: () => string, message: RegExp]>([
    [
      'actions of an unknown kind',
      () => set('action', ({ action }) => (action as number) + 7),
      /with none of the action types discrete, oriented, run_tumble do its actions lead where it says/,
    ],
    [
      'another start',
      () => withJson(RUN, 'run.json', (run) => void (run['episode_seeds'] = [7, 8, 9])),
      /none of the action types/,
    ],
    [
      'another reward',
      () => set('reward', ({ step }) => (step as number) / 3),
      /its reward is none of sparse, step_penalty/,
    ],
  ])('%s is an error of the input', async (_, make, message) => {
    const path = make();
    await expect(reproduce(path)).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringMatching(message) as string,
    });
  });

  it('observations of another kind are not compared, and it says so', async () => {
    const path = set('observation_summary', () => [0.25, 0.5, 0.125]);
    const { identical, replay, notes } = await reproduction(path);
    expect({ identical, replay }).toMatchObject({ identical: true, replay: { observation_type: null } });
    expect(notes[1]).toMatch(/^observation_summary is not compared/);
  });

  it('a run without a record', async () => {
    const path = withRecords(
      withRecords(RUN, 'steps', () => []),
      'episodes',
      () => [],
    );
    await expect(reproduce(path)).rejects.toMatchObject({ kind: 'input', message: `${path} has no records` });
  });
});

/** A run of ours as plume_nav_sim would have written it. */
function asUpstream(runDir: string): string {
  let path = runDir;
  for (const stream of STREAM_NAMES) {
    path = withRecords(path, stream, (all) => {
      for (const record of all) {
        record['schema_version'] = '0.1';
        if (stream === 'episodes') Object.assign(record, { duration_ms: 1, avg_step_time_ms: 1 });
      }
    });
  }
  path = withJson(path, 'run.json', (run) => {
    Object.assign(run, { schema_version: '0.1', config_hash: null, extra: {} });
  });
  for (const name of ['manifest.json', 'config.yaml', 'overrides.yaml']) rmSync(join(path, name));
  return path;
}

describe('an environment is found by its records alone', () => {
  const CASES = ['discrete', 'oriented', 'run_tumble'].flatMap((action) =>
    ['sparse', 'step_penalty'].flatMap((reward) =>
      ['concentration', 'antennae'].map((observation) => [action, reward, observation] as const),
    ),
  );
  it.each(CASES)('%s, %s, %s', async (action_type, reward_type, observation_type) => {
    const runDir = await capturedRun(newFolder(), [
      'episodes=12',
      'env.grid_size=[20,20]',
      'env.goal_radius=2',
      'policy=random',
      ...Object.entries({ action_type, reward_type, observation_type }).map(
        ([key, value]) => `env.${key}=${value}`,
      ),
    ]);
    const result = await reproduction(asUpstream(runDir));
    expect(result).toMatchObject({
      identical: true,
      status: 'foreign',
      counts: { episodes: 12 },
      replay: { action_type, reward_type, observation_type },
    });
  });

  it('also when the first episodes do not tell them apart', async () => {
    // nine episodes forward, which a run is, too; the tenth tumbles
    const actions = join(newFolder(), 'actions.json');
    writeFileSync(actions, JSON.stringify([...Array.from({ length: 9 }, () => [0, 0, 0, 0]), [0, 1, 0, 1]]));
    for (const action_type of ['oriented', 'run_tumble']) {
      const runDir = await capturedRun(newFolder(), [
        'episodes=10',
        'env.grid_size=[20,20]',
        'env.goal_radius=0',
        'env.max_steps=4',
        `env.action_type=${action_type}`,
        'policy=scripted',
        `policy.actions_file=${actions}`,
      ]);
      const { replay, difference } = await reproduction(asUpstream(runDir));
      expect({ difference, ...replay }).toMatchObject({ difference: null, action_type });
    }
  });
});
