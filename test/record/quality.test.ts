import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Rejection, RejectionCounts } from '../../src/core/rejections.js';
import { Generator } from '../../src/sim/rng/generator.js';
import { validateRun } from '../../src/validate/index.js';
import { capturedRun, contents, newFolder } from '../fixtures/captured-run.js';
import { digestOf, linesOf } from '../recover/support.js';

const MANY = ['episodes=60', 'env.max_steps=150', 'env.grid_size=[64,64]', 'qc.max_stuck_steps=8'];
const SAMPLE = [...MANY, 'qc.on_reject=sample', 'qc.rejected_sample_rate=0.3'];

const rejectionsOf = (run: string): Rejection[] =>
  readFileSync(join(run, 'qc.jsonl'), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Rejection);

const countsOf = (run: string): RejectionCounts | undefined =>
  (JSON.parse(readFileSync(join(run, 'manifest.json'), 'utf8')) as { qc?: RejectionCounts }).qc;

const SAMPLES = 'rejected_samples/steps.jsonl.gz';
const stepsIn = (run: string, file = 'steps.jsonl.gz'): string[] => linesOf(join(run, file));
const episodeOf = (line: string): string => (JSON.parse(line) as { episode_id: string }).episode_id;
const episodesIn = (lines: readonly string[]): string[] => [...new Set(lines.map(episodeOf))];

describe('a capture with rules', () => {
  it('marks the episodes that fail, and is otherwise the run without them', async () => {
    const plain = await capturedRun(newFolder(), MANY.slice(0, 3));
    const run = await capturedRun(newFolder(), MANY);
    expect(digestOf(run)).toBe(digestOf(plain));
    expect(stepsIn(run)).toEqual(stepsIn(plain));
    expect(countsOf(plain)).toBeUndefined();
    expect(Object.keys(contents(plain))).not.toContain('qc.jsonl');
    const rejections = rejectionsOf(run);
    expect(rejections.length).toBeGreaterThan(5);
    expect(rejections.length).toBeLessThan(55);
    for (const { steps, rules } of rejections) {
      expect([steps, rules.map(({ rule }) => rule)]).toEqual(['kept', ['max_stuck_steps']]);
    }
    const rejected = rejections.length;
    const byRule = { max_stuck_steps: rejected };
    expect(countsOf(run)).toEqual({ checked: 60, rejected, sampled: 0, dropped: 0, by_rule: byRule });
    expect(await validateRun(run)).toMatchObject({ ok: true, notes: 0 });
  });

  it('says so with a file that is empty when none fails', async () => {
    const run = await capturedRun(newFolder(), ['qc.in_bounds=true']);
    expect(readFileSync(join(run, 'qc.jsonl'), 'utf8')).toBe('');
    expect(countsOf(run)).toEqual({ checked: 2, rejected: 0, sampled: 0, dropped: 0, by_rule: {} });
    expect(await validateRun(run)).toMatchObject({ ok: true, notes: 0 });
  });

  it('looks at every step, whatever is recorded of them', async () => {
    const all = await capturedRun(newFolder(), MANY);
    for (const recorded of [['step_interval=7'], ['full=false'], ['include_observations=false']]) {
      const run = await capturedRun(newFolder(), [...MANY, `record.recording.${recorded[0]}`]);
      expect(rejectionsOf(run)).toEqual(rejectionsOf(all));
      expect(await validateRun(run)).toMatchObject({ ok: true, notes: 0 });
    }
  });
});

describe('a capture that leaves out rejected episodes', () => {
  it('has every step in one place or, dropped, in none', async () => {
    const marked = await capturedRun(newFolder(), MANY);
    const run = await capturedRun(newFolder(), SAMPLE);
    const rejections = rejectionsOf(run);
    const ids = (fate: string): string[] =>
      rejections.filter(({ steps }) => steps === fate).map(({ episode_id: id }) => id);
    const [sampled, dropped] = [ids('sampled'), ids('dropped')];
    expect(sampled.length).toBeGreaterThan(0);
    expect(dropped.length).toBeGreaterThan(0);
    expect(rejections.map((each) => ({ ...each, steps: 'kept' }))).toEqual(rejectionsOf(marked));
    // under clock=sim with their times
    const whole = stepsIn(marked);
    expect(stepsIn(run, SAMPLES)).toEqual(whole.filter((line) => sampled.includes(episodeOf(line))));
    const rejected = new Set([...sampled, ...dropped]);
    expect(stepsIn(run)).toEqual(whole.filter((line) => !rejected.has(episodeOf(line))));
    expect(stepsIn(run, 'episodes.jsonl.gz')).toEqual(stepsIn(marked, 'episodes.jsonl.gz'));
    expect(countsOf(run)).toMatchObject({ sampled: sampled.length, dropped: dropped.length });
    const { ok, findings } = await validateRun(run);
    expect([ok, findings]).toEqual([true, []]);
  });

  it('has the same files with any buffer, in any number of workers', async () => {
    const run = contents(await capturedRun(newFolder(), [...SAMPLE, 'episodes=400']));
    const same = ['qc.jsonl', SAMPLES, 'steps.jsonl.gz', 'episodes.jsonl.gz'];
    for (const other of [
      ['workers=1'],
      ['workers=2'],
      ['workers=3'],
      ['workers=1', 'record.performance.buffer.max_records=150'],
      ['workers=2', 'record.performance.buffer.max_records=1000'],
    ]) {
      const files = contents(await capturedRun(newFolder(), [...SAMPLE, 'episodes=400', ...other]));
      for (const name of same) expect([other, name, files[name]]).toEqual([other, name, run[name]]);
    }
  });

  it.each([['parquet'], ['hdf5'], ['sqlite']])('has the same digest and marks in %s', async (backend) => {
    const run = await capturedRun(newFolder(), SAMPLE);
    const other = await capturedRun(newFolder(), [...SAMPLE, `record=${backend}`]);
    expect(digestOf(other)).toBe(digestOf(run));
    for (const name of ['qc.jsonl', SAMPLES]) {
      expect(contents(other)[name]).toBe(contents(run)[name]);
    }
    expect(await validateRun(other)).toMatchObject({ ok: true, notes: 0 });
  });

  it('keeps times of the clock, thinned steps and Parquet copies as any capture does', async () => {
    for (const more of [['clock=wall'], ['record.recording.step_interval=4'], ['parquet=true']]) {
      const run = await capturedRun(newFolder(), [...SAMPLE, ...more]);
      const { ok, findings } = await validateRun(run);
      expect([more, ok, findings]).toEqual([more, true, []]);
    }
  });

  it.each([
    ['0', 0, 0],
    ['1', 200, 200],
    ['0.1', 8, 35],
  ])('keeps a share of %s, which the seeds decide', async (rate, least, most) => {
    const few = ['episodes=200', 'env.max_steps=5', 'qc.min_steps=6', 'qc.on_reject=sample'];
    const run = await capturedRun(newFolder(), [
      ...few,
      'seed=7',
      ...(rate === '0.1' ? [] : [`qc.rejected_sample_rate=${rate}`]),
    ]);
    const sampled = rejectionsOf(run).filter(({ steps }) => steps === 'sampled');
    expect(sampled.length).toBeGreaterThanOrEqual(least);
    expect(sampled.length).toBeLessThanOrEqual(most);
    // numpy's default_rng([seed, 29027]).random(), as docs/quality.md has it
    for (const { seed, steps } of rejectionsOf(run)) {
      const draw = new Generator([seed, 29027]).random();
      expect(steps).toBe(draw < Number(rate) ? 'sampled' : 'dropped');
    }
    expect(episodesIn(stepsIn(run, SAMPLES))).toHaveLength(sampled.length);
    expect(stepsIn(run)).toEqual([]);
  });

  it.each([
    [
      ['env.max_steps=5000'],
      'qc.on_reject=sample holds an episode in memory until its end, and env.max_steps=5000 is more than the 4096 steps the buffer holds',
    ],
    [['record.recording.full=false'], 'expected mark, since record.recording.full: false records no steps'],
    [
      ['record.recording.include_observations=false', 'qc.finite_observations=true'],
      'expected false, since record.recording.include_observations is false',
    ],
    [['record=none'], 'expected no rules: they apply to runs that are recorded, and the backend is none'],
  ])('refuses %j', async (overrides, message) => {
    await expect(capturedRun(newFolder(), [...SAMPLE, ...overrides])).rejects.toThrow(message);
  });
});
