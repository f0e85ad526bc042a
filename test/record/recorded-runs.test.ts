import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { validateRun } from '../../src/validate/index.js';
import { capturedRun, newFolder } from '../fixtures/captured-run.js';

const json = (directory: string, file: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(directory, file), 'utf8')) as Record<string, unknown>;
const records = (directory: string, stream: string): Record<string, unknown>[] =>
  gunzipSync(readFileSync(join(directory, `${stream}.jsonl.gz`)))
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const ALL = 'record.columns=[orientation,velocity,concentration,gradient,wind,agent_id]';
const BASE = ['episodes=5', 'env.goal_radius=0', 'env.max_steps=23', 'env.wind.enabled=true', 'workers=1'];

const CASES: [string, string[]][] = [
  ['everything', []],
  ['no steps', ['record.recording.full=false']],
  ['every seventh step', ['record.recording.step_interval=7']],
  ['steps further apart than an episode is long', ['record.recording.step_interval=100']],
  ['no actions', ['record.recording.include_actions=false']],
  [
    'no rewards and no observations',
    ['record.recording.include_rewards=false', 'record.recording.include_observations=false'],
  ],
  ['every extra column', [ALL]],
  ['all of it', [ALL, 'record.recording.step_interval=4', 'record.recording.include_actions=false']],
];

describe.each(CASES)('a run that records %s', (_, overrides) => {
  it.each([['clock=sim'], ['clock=wall']])('has no findings, under %s', async (clock) => {
    const run = await capturedRun(newFolder(), [...BASE, 'parquet=true', ...overrides, clock]);
    expect((await validateRun(run)).findings).toEqual([]);
    expect(json(run, 'manifest.json')['validation']).toMatchObject({ ok: true, findings: [] });
  });

  it('has the steps of one that records everything, less what is left out', async () => {
    const whole = await capturedRun(newFolder(), BASE);
    const run = await capturedRun(newFolder(), [...BASE, ...overrides]);
    const version = overrides.includes(ALL) ? '1.1.0' : '1.0.0';
    const extra = json(run, 'run.json')['extra'] as { recording?: Record<string, unknown> };
    const { full = true, step_interval = 1, omitted = [] } = extra.recording ?? {};
    const expected = records(whole, 'steps')
      .filter(
        ({ step, terminated, truncated }) =>
          full === true &&
          (((step as number) - 1) % (step_interval as number) === 0 ||
            terminated === true ||
            truncated === true),
      )
      .map((step) => {
        const left = Object.fromEntries((omitted as string[]).map((name) => [name, null]));
        return { ...step, ...left, schema_version: version };
      });
    const found = records(run, 'steps');
    expect(found).toHaveLength(expected.length);
    expect(found).toMatchObject(expected);
    expect(records(run, 'episodes')).toEqual(
      records(whole, 'episodes').map((episode) => ({ ...episode, schema_version: version })),
    );
  });

  it('is the same for any size of the buffer', async () => {
    const run = await capturedRun(newFolder(), [...BASE, ...overrides]);
    const small = await capturedRun(newFolder(), [
      ...BASE,
      ...overrides,
      'record.performance.buffer.max_records=5',
    ]);
    expect(records(small, 'steps')).toEqual(records(run, 'steps'));
    expect(json(small, 'manifest.json')['content_digest']).toBe(json(run, 'manifest.json')['content_digest']);
  });
});

describe.each(CASES)('in every backend a run that records %s', (_, overrides) => {
  it('has the same content and no findings', async () => {
    const digests = new Set<unknown>();
    for (const backend of ['jsonl', 'parquet', 'hdf5', 'sqlite']) {
      const run = await capturedRun(newFolder(), [...BASE, ...overrides, `record=${backend}`]);
      expect((await validateRun(run)).findings).toEqual([]);
      digests.add(json(run, 'manifest.json')['content_digest']);
    }
    expect(digests.size).toBe(1);
  });
});
