import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { run as exportCommand } from '../../src/cli/commands/export.js';
import { exported, newFolder, rowsOf } from '../export/support.js';
import { capturedRun } from '../fixtures/captured-run.js';
import { buildRun } from '../fixtures/run-builder.js';
import { ask, findPeers } from './python.js';

const peers = findPeers(['minari', 'h5py', 'PIL']);
const SCRIPT = fileURLToPath(new URL('read_minari.py', import.meta.url));

interface Episode {
  id: number;
  observations: (number | null)[][];
  actions: number[];
  rewards: number[];
  terminations: boolean[];
  truncations: boolean[];
  infos: Record<string, (number | null)[]>;
  dtypes: string[];
}
interface Answer {
  listed: boolean;
  spec: Record<string, unknown>;
  shown: string;
  terminated: number;
  sampled: number;
  episodes: Episode[];
  metadata: Record<string, unknown>[];
}
type Row = Record<string, unknown>;

const load = (root: string, id: string): Answer =>
  ask<unknown, Answer>(peers, SCRIPT, [{ id }], { MINARI_DATASETS_PATH: root })[0]!;

/** What Minari should give of each episode, from the JSON lines. */
async function expectedEpisodes(runDir: string): Promise<Omit<Episode, 'id' | 'infos' | 'dtypes'>[]> {
  const groups = new Map<unknown, Row[]>();
  for (const row of await rowsOf('jsonl', runDir, 'steps')) {
    const id = row['episode_id'];
    groups.set(id, [...(groups.get(id) ?? []), row]);
  }
  const column = <T>(rows: Row[], name: string): T[] => rows.map((row) => row[name] as T);
  return [...groups.values()].map((rows) => {
    const observations = column<number[]>(rows, 'observation_summary');
    return {
      // the observation before the first step is not recorded
      observations: [observations[0]!.map(() => null), ...observations],
      actions: column(rows, 'action'),
      rewards: column(rows, 'reward'),
      terminations: column(rows, 'terminated'),
      truncations: column(rows, 'truncated'),
    };
  });
}

describe.skipIf(peers.python === null)(`minari (${peers.reason})`, () => {
  let runDir: string;
  let root: string;
  let answer: Answer;
  beforeAll(async () => {
    runDir = await capturedRun(newFolder(), [
      'episodes=5',
      'env.observation_type=antennae',
      'env.max_steps=60',
      'policy=random',
    ]);
    root = newFolder();
    const io = { stdout: () => {}, stderr: () => {} };
    expect(await exportCommand(runDir, { format: 'minari', out: join(root, 'plume-v1') }, io)).toBe(0);
    answer = load(root, 'plume-v1');
  }, 60_000);

  it('loads the dataset, lists it and knows its spaces', async () => {
    const steps = await rowsOf('jsonl', runDir, 'steps');
    expect(answer.listed).toBe(true);
    expect(answer.spec).toEqual({
      total_episodes: 5,
      total_steps: steps.length,
      observation_space: 'Box(-inf, inf, (2,), float64)',
      action_space: 'Discrete(3)',
      version: 1,
    });
    expect(answer.shown).toMatch(/^EpisodeData\(id=0, total_steps=/);
    expect(answer.sampled).toBe(2);
  });

  it('gives the observations, actions, rewards and ends of the JSON lines', async () => {
    const episodes = await expectedEpisodes(runDir);
    const found = answer.episodes.map(({ id: _id, infos: _infos, dtypes: _dtypes, ...rest }) => rest);
    expect(found).toEqual(episodes);
    expect(answer.episodes.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4]);
    expect(answer.episodes[0]).toMatchObject({
      dtypes: ['float64', 'int64', 'float64', 'bool', 'bool'],
      infos: {},
    });
    expect(answer.terminated).toBe(episodes.filter(({ terminations }) => terminations.at(-1)).length);
  });

  it('gives what is known of each episode', async () => {
    const rows = await rowsOf('jsonl', runDir, 'episodes');
    const steps = await rowsOf('jsonl', runDir, 'steps');
    expect(answer.metadata).toEqual(
      rows.map((row, id) => ({
        id,
        seed: steps.find(({ episode_id: own }) => own === row['episode_id'])!['seed'],
        total_steps: row['total_steps'],
        total_reward: row['total_reward'],
        episode_id: row['episode_id'],
        run_id: row['run_id'],
      })),
    );
  });

  it.each(['none', 'gzip'])(
    'gives chosen columns as infos, in step with the observations (%s)',
    async (compression) => {
      const built = await buildRun();
      const columns = 'action,reward,terminated,truncated,observation_summary,agent_x,ts,episode_id';
      const out = join(root, `${compression}-v0`);
      await exported({ runDir: built, out, format: 'minari', columns, compression, episodes: '2' });
      const { episodes } = load(root, `${compression}-v0`);
      const rows = (await rowsOf('jsonl', built, 'steps')).filter((row) => row['episode_id'] === 'ep-000002');
      const { id, observations, infos } = episodes[0]!;
      expect({ id, observations: observations.slice(1) }).toEqual({
        id: 0,
        observations: rows.map((row) => row['observation_summary']),
      });
      expect(infos).toEqual({
        agent_x: [null, ...rows.map((row) => row['agent_x'])],
        ts: [null, ...rows.map((row) => row['ts'])],
      });
    },
  );
});
