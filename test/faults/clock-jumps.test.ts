import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { validateRun } from '../../src/validate/index.js';
import { BINARY, capture, plume, scratchDirectory, type CaptureJson } from '../e2e/binary.js';
import { linesOf } from '../recover/support.js';
import { needed } from './needed-tool.js';

const faketime = needed('faketime', ['-m', '-f', '+0', process.execPath, '-e', '0']);

const OPTIONS = ['seed=7', 'episodes=2', 'env.grid_size=[8,8]', 'env.max_steps=20', 'experiment=clock'];

/** What makes a process see another time; the clock that only counts on stays as it is. */
function fakedEnv(time: Record<string, string>): Record<string, string> {
  const { stdout } = spawnSync('faketime', ['-m', '-f', '+0', 'printenv', 'LD_PRELOAD'], {
    encoding: 'utf8',
  });
  return { LD_PRELOAD: stdout.trim(), FAKETIME_DONT_FAKE_MONOTONIC: '1', ...time };
}

/** A capture that begins at a time, `YYYY-MM-DD HH:MM:SS` where it is. */
async function captureAt(time: string, zone: string, cwd: string): Promise<CaptureJson> {
  const env = fakedEnv({ FAKETIME: `@${time}`, TZ: zone });
  const { exitCode, stdout, stderr } = await plume(['capture', '--json', ...OPTIONS], { cwd, env });
  expect(`${exitCode} ${stderr}`).toMatch(/^0 /);
  return JSON.parse(stdout) as CaptureJson;
}

async function pruneAt(shift: string, rules: readonly string[], cwd: string): Promise<string[]> {
  const env = fakedEnv({ FAKETIME: shift });
  const result = await plume(['prune', 'results', ...rules, '--yes'], { cwd, env });
  expect(result).toMatchObject({ exitCode: 0, stderr: '' });
  return readdirSync(join(cwd, 'results', 'clock')).sort();
}

interface Episode {
  duration_ms: number;
  avg_step_time_ms: number;
}

/** Whether a run is whole, whatever the clock did in it. */
async function expectSound(run: string): Promise<void> {
  const { findings } = await validateRun(run);
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  const episodes = linesOf(join(run, 'episodes.jsonl.gz')).map((line) => JSON.parse(line) as Episode);
  expect(episodes.length).toBeGreaterThan(0);
  for (const { duration_ms, avg_step_time_ms } of episodes) {
    expect(duration_ms).toBeGreaterThanOrEqual(0);
    // and none that takes in the jump
    expect(duration_ms).toBeLessThan(60_000);
    expect(avg_step_time_ms).toBeGreaterThanOrEqual(0);
  }
}

describe.skipIf(!faketime.works)(`a clock that is wrong (${faketime.reason})`, () => {
  it.each([
    ['goes back an hour', '-1h'],
    ['jumps ahead to 2099', '+73y'],
  ])(
    'a capture during which it %s is whole',
    async (_, shift) => {
      const cwd = scratchDirectory();
      const file = join(cwd, 'time');
      writeFileSync(file, '+0\n');
      const args = [
        ...OPTIONS,
        'episodes=300',
        'env.grid_size=[64,64]',
        'env.max_steps=300',
        'env.goal_radius=0',
      ];
      const child = spawn(process.execPath, [BINARY, ...args, 'run_id=jump'], {
        cwd,
        stdio: 'ignore',
        env: { ...process.env, ...fakedEnv({ FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: '1' }) },
      });
      const exit = once(child, 'exit');
      const run = join(cwd, 'results', 'clock', 'jump');
      const steps = join(run, 'steps.jsonl.gz');
      while ((statSync(steps, { throwIfNoEntry: false })?.size ?? 0) === 0 && child.exitCode === null)
        await setTimeout(10);
      writeFileSync(file, `${shift}\n`);
      expect(await exit).toEqual([0, null]);
      const text = readFileSync(join(run, 'manifest.json'), 'utf8');
      const { started_at, ended_at } = JSON.parse(text) as { started_at: string; ended_at: string };
      const moved = Date.parse(ended_at) - Date.parse(started_at);
      // the jump was in it
      expect(Math.abs(moved)).toBeGreaterThan(1_800_000);
      await expectSound(run);
    },
    60_000,
  );

  it.each([
    ['America/New_York', '2026-03-08 01:59:59'],
    ['America/New_York', '2026-11-01 01:59:59'],
    ['Europe/Berlin', '2026-03-29 01:59:59'],
    ['Europe/Berlin', '2026-10-25 02:59:59'],
  ])(
    'captures that start in one second as clocks change in %s (%s) have a run each',
    async (zone, time) => {
      const cwd = scratchDirectory();
      const runs = await Promise.all([1, 2, 3].map(() => captureAt(time, zone, cwd)));
      expect(new Set(runs.map(({ run_id }) => run_id)).size).toBe(3);
      for (const { run_dir } of runs) await expectSound(join(cwd, run_dir));
    },
    60_000,
  );

  it('a prune keeps runs of the future, and removes none too early when the clock has gone back', async () => {
    const cwd = scratchDirectory();
    const { run_id: future } = await captureAt('2099-01-01 00:00:00', 'UTC', cwd);
    const { run_id: now } = await capture(OPTIONS, { cwd });
    expect(await pruneAt('-1h', ['--keep-within', '1h'], cwd)).toEqual([now, future].sort());
    expect(await pruneAt('-10y', ['--keep-within', '1d'], cwd)).toEqual([now, future].sort());
    expect(await pruneAt('+0', ['--keep-within', '1h'], cwd)).toEqual([now, future].sort());
  }, 60_000);

  it('a prune on a clock that has jumped ahead keeps what keep-last names', async () => {
    const cwd = scratchDirectory();
    await capture([...OPTIONS, 'run_id=run-20260101-000001'], { cwd });
    for (const second of [2, 3]) await capture([...OPTIONS, `run_id=run-20260101-00000${second}`], { cwd });
    const rules = ['--keep-within', '30d', '--keep-last', '2'];
    expect(await pruneAt('+73y', rules, cwd)).toEqual(['run-20260101-000002', 'run-20260101-000003']);
  }, 60_000);
});
