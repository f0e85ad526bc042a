import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../src/core/canonical-json.js';
import { systemClock } from '../../src/io/clock.js';
import { openRecorder } from '../../src/open-recorder.js';
import { RunRecorder } from '../../src/record/run-recorder.js';
import type { RunRecorderOptions } from '../../src/record/recorder-options.js';
import type { StepData } from '../../src/record/step-data.js';
import { createRecordingValidation, validateRun } from '../../src/validate/index.js';

const ports = {
  clock: systemClock,
  startValidation: createRecordingValidation,
  onWarning: () => {},
  exportRun: () => Promise.resolve(),
};

const open = (seeds: number[], more: Partial<RunRecorderOptions> = {}): Promise<RunRecorder> =>
  RunRecorder.open(
    {
      output: mkdtempSync(join(tmpdir(), 'recorder-')),
      experiment: 'walk',
      seeds,
      environment: { gridSize: [10, 10], source: [9, 9], maxSteps: 50, goalRadius: 1 },
      ...more,
    },
    ports,
  );

/** Walks along the diagonal to the source. */
function* walk(from: number): Generator<StepData> {
  for (let x = from + 1; ; x++) {
    const done = Math.hypot(9 - x, 9 - x) <= 1;
    yield { position: [x, x], action: 0, reward: done ? 1 : -0.01, observation: [x / 10, 0.5], done };
    if (done) return;
  }
}

async function record(recorder: RunRecorder, episodes: number): Promise<void> {
  for (let episode = 0; episode < episodes; episode++) {
    for (const step of walk(episode % 5)) await recorder.recordStep(step);
    await recorder.recordEpisode();
  }
}

const lines = (path: string): Record<string, unknown>[] =>
  gunzipSync(readFileSync(path))
    .toString()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('RunRecorder', () => {
  it.each<[string, JsonMap]>([
    ['jsonl', {}],
    ['jsonl', { performance: { buffer: { max_records: 7 } } }],
    ['parquet', {}],
    ['jsonl', { recording: { step_interval: 3 } }],
    ['jsonl', { recording: { full: false } }],
  ])('records episodes of another program as a whole run: %s %j', async (backend, more) => {
    const recorder = await open([5, 6, 7, 100], { record: { backend, ...more } });
    await record(recorder, 4);
    const result = await recorder.close();
    expect(result).toMatchObject({ status: 'complete', validation: { ok: true, findings: [] } });
    expect(await validateRun(result.directory)).toMatchObject({ ok: true, findings: [] });
  });

  it('writes what it was given', async () => {
    const recorder = await open([3], { record: { columns: ['orientation', 'velocity'] } });
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
    const recorder = await open([1, 2]);
    await record(recorder, 1);
    await recorder.flush();
    expect(lines(join(recorder.directory, 'steps.jsonl.gz')).length).toBeGreaterThan(3);
    expect(recorder.metrics().steps).toBeGreaterThan(3);
    expect(existsSync(join(recorder.directory, 'manifest.json'))).toBe(false);
    expect(await recorder.close()).toMatchObject({ status: 'aborted' });
  });

  it.each<[string, object, string]>([
    ['a position between cells', { position: [1.5, 2] }, 'position[0] is 1.5, expected an integer'],
    ['a reward that is none', { reward: Number.NaN }, 'reward is NaN, expected a finite number'],
    ['an action that is none', { action: 'left' }, 'action is left, expected an integer'],
    ['a field it does not know', { rewards: 1 }, "'rewards' is no field of a step, did you mean 'reward'"],
    ['a column nobody asked for', { wind: [0, 1] }, 'wind would not be recorded'],
    ['another width of observations', { observation: [1] }, 'observation has 1 values, expected 2'],
  ])('refuses %s, and goes on', async (_what, change, message) => {
    const recorder = await open([1]);
    const [good] = walk(0);
    await recorder.recordStep(good!);
    await expect(recorder.recordStep({ ...good!, ...change })).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining(message),
    });
    await recorder.recordStep({ position: [9, 9], action: 0, reward: 1, observation: [1, 1], done: true });
    await recorder.recordEpisode();
    expect(await recorder.close()).toMatchObject({ status: 'complete', validation: { ok: true } });
  });

  it('refuses an episode that contradicts its steps, has none, or has no seed', async () => {
    const recorder = await open([1]);
    await expect(recorder.recordEpisode()).rejects.toThrow('episode 1 has no steps');
    for (const step of walk(0)) await recorder.recordStep(step);
    await expect(recorder.recordEpisode({ total_steps: 3 })).rejects.toThrow(
      'total_steps is 3, its steps say 9',
    );
    await expect(recorder.recordEpisode({ path_efficiency: 1 } as object)).rejects.toThrow('path_efficiency');
    await recorder.recordEpisode();
    await expect(recorder.recordStep([...walk(0)][0]!)).rejects.toThrow('there are 1 seeds');
    await recorder.close();
    await expect(recorder.flush()).rejects.toThrow('is closed');
  });

  it('refuses options by name before anything is made', async () => {
    const output = mkdtempSync(join(tmpdir(), 'recorder-'));
    await expect(open([1], { output, record: { columns: ['orientatoin'] } })).rejects.toThrow('orientation');
    await expect(open([1], { output, record: { backend: 'sqlit' } })).rejects.toMatchObject({
      kind: 'config',
      hint: expect.stringContaining('sqlite'),
    });
    expect(existsSync(join(output, 'walk', 'x'))).toBe(false);
  });
});

describe('openRecorder', () => {
  it('exports what it recorded, and names the format it does not have', async () => {
    const output = mkdtempSync(join(tmpdir(), 'recorder-'));
    const recorder = await openRecorder({
      output,
      experiment: 'walk',
      seeds: [1, 2],
      environment: { gridSize: [10, 10], source: [9, 9], maxSteps: 50, goalRadius: 1 },
    });
    await record(recorder, 2);
    await expect(recorder.exportData(join(output, 'a.xls'), { format: 'xls' })).rejects.toMatchObject({
      kind: 'usage',
    });
    await recorder.close();
    await recorder.exportData(join(output, 'second.csv'), { episodes: [2] });
    const rows = readFileSync(join(output, 'second.csv'), 'utf8').trim().split('\n').slice(1);
    expect(rows.length).toBeGreaterThan(3);
    expect(rows.every((row) => row.includes('ep-000002'))).toBe(true);
  });
});
