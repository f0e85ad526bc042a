import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { FULL_RECORDING, streamsOf } from '../../src/core/streams.js';
import { recordAs } from '../fixtures/recorded-model.js';
import { byEpisode, runModel } from '../fixtures/run-model.js';
import { sqliteFolder, writeSqliteRun } from '../fixtures/sqlite-run.js';
import { ask, findPeers } from './python.js';

const SCRIPT = fileURLToPath(new URL('read_sqlite.py', import.meta.url));
const peers = findPeers(['sqlite3', 'pandas']);
const shell = spawnSync('sqlite3', ['--version'], { encoding: 'utf8' });
if (shell.status !== 0 && process.env['CI'])
  throw new Error('peer tests must run in CI: there is no sqlite3 shell');
const shellReason = shell.status === 0 ? shell.stdout.trim() : 'sqlite3 is not installed';

const recording = { ...FULL_RECORDING, columns: ['orientation', 'agent_id'] as const };
const model = runModel(5);
recordAs(model, recording);
const path = join(sqliteFolder(), 'run.sqlite');
beforeAll(async () => {
  await writeSqliteRun(join(path, '..'), model, { streams: streamsOf(recording) });
});

interface Answer {
  tables: Record<string, [name: string, type: string, notNull: number, key: number][]>;
  keys: Record<string, [table: string, from: string, to: string][]>;
  checks: { integrity: string; foreign_keys: unknown[]; journal: string };
  steps: Record<string, unknown>[];
  episodes: Record<string, unknown>[];
  types: Record<string, string[]>;
  joined: [episode: string, steps: number, reward: number][];
  dtypes: Record<string, string>;
}

describe.skipIf(peers.python === null)(`Python's sqlite3 and pandas (${peers.reason})`, () => {
  let answer: Answer;
  beforeAll(() => {
    [answer] = ask(peers, SCRIPT, [{ path }]) as [Answer];
  }, 60_000);

  it('find the file whole and its keys right', () => {
    expect(answer.checks).toEqual({ integrity: 'ok', foreign_keys: [], journal: 'delete' });
    expect(answer.keys).toEqual({
      runs: [],
      episodes: [['runs', 'run_id', 'run_id']],
      steps: [
        ['episodes', 'episode_id', 'episode_id'],
        ['episodes', 'run_id', 'run_id'],
      ],
    });
    const keyOf = (table: string): string[] =>
      answer.tables[table]!.filter(([, , , key]) => key > 0).map(([name]) => name);
    expect({ runs: keyOf('runs'), episodes: keyOf('episodes'), steps: keyOf('steps') }).toEqual({
      runs: ['run_id'],
      episodes: ['episode_id', 'run_id'],
      steps: ['step_id'],
    });
  });

  it('find the columns of the recording', () => {
    expect(answer.tables['runs']!.map(([name, type]) => `${name} ${type}`)).toEqual([
      'run_id TEXT',
      'start_timestamp REAL',
      'end_timestamp REAL',
      'configuration TEXT',
      'metadata TEXT',
    ]);
    expect(answer.tables['steps']!.map(([name, type]) => `${name} ${type}`)).toEqual([
      ...['step_id INTEGER', 'episode_id INTEGER', 'run_id TEXT', 'step_number INTEGER', 'timestamp REAL'],
      ...['agent_id INTEGER', 'position_x INTEGER', 'position_y INTEGER', 'orientation REAL'],
      ...['action_data TEXT', 'observation_data TEXT', 'reward REAL', 'schema_version TEXT'],
      ...['terminated BOOLEAN', 'truncated BOOLEAN', 'distance_to_goal REAL', 'seed INTEGER'],
    ]);
  });

  it('read the values, bit for bit, in their types', () => {
    expect(answer.steps).toEqual(
      model.steps.map((step, i) => ({
        step_id: i + 1,
        episode_id: Number(step.episode_id.slice(3)),
        run_id: step.run_id,
        step_number: step.step,
        timestamp: step.ts,
        agent_id: 0,
        position_x: step.agent_position.x,
        position_y: step.agent_position.y,
        orientation: (step as unknown as { orientation: number }).orientation,
        action_data: step.action,
        observation_data: step.observation_summary,
        reward: step.reward,
        schema_version: '1.1.0',
        terminated: Number(step.terminated),
        truncated: Number(step.truncated),
        distance_to_goal: step.distance_to_goal,
        seed: step.seed,
      })),
    );
    expect(answer.types).toMatchObject({
      step_number: ['integer'],
      timestamp: ['real'],
      position_x: ['integer'],
      orientation: ['real'],
      action_data: ['text'],
      reward: ['real'],
      terminated: ['integer'],
    });
    expect(answer.dtypes).toMatchObject({ seed: 'int64', reward: 'float64', distance_to_goal: 'float64' });
  });

  it('join steps and episodes', () => {
    expect(answer.joined).toEqual(
      byEpisode(model).map(({ steps, record }) => [record!.episode_id, steps.length, record!.total_reward]),
    );
  });
});

describe.skipIf(shell.status !== 0)(`the sqlite3 shell (${shellReason})`, () => {
  const query = (sql: string): string => {
    const { stdout, stderr } = spawnSync('sqlite3', ['-readonly', '-batch', path, sql], { encoding: 'utf8' });
    expect(stderr).toBe('');
    return stdout.trim();
  };

  it('opens it', () => {
    expect(query('PRAGMA integrity_check; PRAGMA foreign_key_check;')).toBe('ok');
    expect(query('SELECT count(*) FROM steps; SELECT count(*) FROM episodes; SELECT run_id FROM runs')).toBe(
      [model.steps.length, model.episodes.length, model.steps[0]!.run_id].join('\n'),
    );
    expect(query('SELECT json_array_length(observation_data) FROM steps WHERE step_id = 1')).toBe(
      String(model.steps[0]!.observation_summary.length),
    );
  });

  it('dumps what makes the same database again', () => {
    const again = spawnSync('sqlite3', ['-batch', ':memory:'], {
      input: `${query('.dump')}\nSELECT count(*), sum(reward) FROM steps;`,
      encoding: 'utf8',
    });
    expect(again.stderr).toBe('');
    expect(again.stdout.trim()).toBe(query('SELECT count(*), sum(reward) FROM steps'));
  });
});
