import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../src/core/canonical-json.js';
import { validateRun } from '../../src/validate/index.js';
import { lines, openWalk, recordWalks, walk } from '../fixtures/walk.js';

describe('RunRecorder', () => {
  it.each<[string, JsonMap]>([
    ['jsonl', {}],
    ['jsonl', { performance: { buffer: { max_records: 7 } } }],
    ['parquet', {}],
    ['jsonl', { recording: { step_interval: 3 } }],
    ['jsonl', { recording: { full: false } }],
  ])('records episodes of another program as a whole run: %s %j', async (backend, more) => {
    const recorder = await openWalk([5, 6, 7, 100], { record: { backend, ...more } });
    await recordWalks(recorder, 4);
    const result = await recorder.close();
    expect(result).toMatchObject({ status: 'complete', validation: { ok: true, findings: [] } });
    expect(await validateRun(result.directory)).toMatchObject({ ok: true, findings: [] });
  });

  it('notes in the history of its results what changed in how runs are made', async () => {
    const output = mkdtempSync(join(tmpdir(), 'recorder-'));
    const warnings: string[] = [];
    for (const [speed, runId] of [
      [1n, 'a'],
      [1n, 'b'],
      [2.5, 'c'],
    ] as const) {
      const more = { output, runId, config: { agent: { speed } } };
      const recorder = await openWalk([5], more, { onWarning: (text) => warnings.push(text) });
      await recordWalks(recorder, 1);
      await recorder.close();
    }
    const events = readFileSync(join(output, 'config_history.jsonl'), 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events[0]).toMatchObject({ run_id: 'a', key: 'agent.speed', old: null, new: 1, reason: null });
    expect(events.map(({ key }) => key)).toContain('environment.gridSize');
    const { config_hash } = JSON.parse(readFileSync(join(output, 'walk/c/run.json'), 'utf8')) as object & {
      config_hash: string;
    };
    expect(events.filter(({ run_id }) => run_id !== 'a')).toMatchObject([
      { run_id: 'c', key: 'agent.speed', old: 1, new: 2.5, config_hash },
    ]);
    expect(warnings).toEqual([]);
  });

  it('writes what it was given', async () => {
    const recorder = await openWalk([3], { record: { columns: ['orientation', 'velocity'] } });
    const step = { position: [8, 8] as const, action: 2, reward: 1, observation: [0.25], timestamp: 12.5 };
    await recorder.recordStep({
      ...step,
      position: [2, 3],
      reward: 0,
      orientation: 90,
      velocity: [0, 1],
      done: false,
    });
    await recorder.recordStep({ ...step, position: [9, 9], orientation: 0, velocity: [7, 6], done: true });
    await recorder.recordEpisode({ total_steps: 2, total_reward: 1, success: true, final_position: [9, 9] });
    const { directory } = await recorder.close();
    const [first, last] = lines(join(directory, 'steps.jsonl.gz'));
    expect(first).toMatchObject({
      schema_version: '1.1.0',
      ts: 12.5,
      episode_id: 'ep-000001',
      agent_position: { x: 2, y: 3 },
      observation_summary: [0.25],
      distance_to_goal: Math.hypot(7, 6),
      orientation: 90,
      velocity: { x: 0, y: 1 },
      seed: 3,
    });
    expect(last).toMatchObject({ step: 2, terminated: true, truncated: false });
  });

  it('has flushed records on disk', async () => {
    const recorder = await openWalk([1, 2]);
    await recordWalks(recorder, 1);
    await recorder.flush();
    expect(lines(join(recorder.directory, 'steps.jsonl.gz')).length).toBeGreaterThan(3);
    expect(recorder.metrics().steps).toBeGreaterThan(3);
    expect(existsSync(join(recorder.directory, 'manifest.json'))).toBe(false);
    expect(await recorder.close()).toMatchObject({ status: 'aborted' });
  });

  it('refuses an episode that contradicts its steps, has none, or has no seed', async () => {
    const recorder = await openWalk([1]);
    await expect(recorder.recordEpisode()).rejects.toThrow('episode 1 has no steps');
    for (const step of walk(0)) await recorder.recordStep(step);
    await expect(recorder.recordEpisode({ total_steps: 3 })).rejects.toThrow(
      'total_steps is 3, its steps say 9',
    );
    for (const [refused, message] of [
      [{ path_efficiency: 1 }, "'path_efficiency' is no field"],
      [{ toString: 1 }, "'toString' is no field"],
      [
        { final_position: Int8Array.of(9, 8) },
        'final_position is Int8Array(2) [ 9, 8 ], its steps say [ 9, 9 ]',
      ],
      [null, 'it is null'],
    ] as const) {
      await expect(recorder.recordEpisode(refused as object)).rejects.toMatchObject({
        kind: 'input',
        message: expect.stringContaining(`episode 1: ${message}`),
      });
    }
    await recorder.recordEpisode();
    await expect(recorder.recordStep([...walk(0)][0]!)).rejects.toThrow('there are 1 seeds');
    await recorder.close();
    await expect(recorder.flush()).rejects.toThrow('is closed');
  });

  it.each([undefined, { max_records: 1 }])(
    'is not changed by a step that it refused: buffer %j',
    async (buffer) => {
      const record: JsonMap = buffer === undefined ? {} : { performance: { buffer } };
      const recorder = await openWalk([1, 2], { record });
      const [good] = walk(0);
      // the first of the run must not say how wide observations are, nor begin an episode
      const refused = { ...good!, reward: Number.NaN, observation: [1, 2, 3] };
      await expect(recorder.recordStep(refused)).rejects.toThrow('reward');
      await expect(recorder.recordEpisode()).rejects.toThrow('episode 1 has no steps');
      await recordWalks(recorder, 1);
      await expect(recorder.recordStep(refused)).rejects.toThrow('step 1: observation');
      await expect(recorder.recordEpisode()).rejects.toThrow('episode 2 has no steps');
      await recordWalks(recorder, 1);
      const { directory, status, validation } = await recorder.close();
      expect({ status, validation }).toMatchObject({ status: 'complete', validation: { findings: [] } });
      expect(lines(join(directory, 'steps.jsonl.gz'))[0]).toMatchObject({ observation_summary: [0.1, 0.5] });
    },
  );

  it('takes typed arrays', async () => {
    const recorder = await openWalk([1], { record: { columns: ['wind'] } });
    await recorder.recordStep({
      position: Int32Array.of(9, 9),
      observation: Float32Array.of(0.25, 0.5),
      wind: Float64Array.of(0, -1.5),
      action: 0,
      reward: 1,
      done: true,
    });
    await recorder.recordEpisode({ final_position: Uint8Array.of(9, 9) });
    const { directory } = await recorder.close();
    expect(lines(join(directory, 'steps.jsonl.gz'))).toMatchObject([
      { agent_position: { x: 9, y: 9 }, observation_summary: [0.25, 0.5], wind: { x: 0, y: -1.5 } },
    ]);
  });

  it('adds rewards up that are not recorded', async () => {
    const recorder = await openWalk([1], { record: { recording: { include_rewards: false } } });
    const unrewarded = { ...[...walk(6)][0]!, reward: undefined };
    await expect(recorder.recordStep(unrewarded as never)).rejects.toThrow('reward is not given');
    for (const step of walk(6)) await recorder.recordStep(step);
    await recorder.recordEpisode({ total_reward: 0.98 });
    const { directory } = await recorder.close();
    expect(lines(join(directory, 'steps.jsonl.gz'))[0]).toMatchObject({ reward: null });
    expect(lines(join(directory, 'episodes.jsonl.gz'))).toMatchObject([{ total_reward: 0.98 }]);
  });
});
