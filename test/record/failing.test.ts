import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { captureTask } from '../../src/cli/capture-task.js';
import { runCapture } from '../../src/cli/capture-run.js';
import { loadConfig } from '../../src/config/index.js';
import { validateRun } from '../../src/validate/index.js';

/** Fails at the 7th step of an episode. */
function failingPolicy(seed: number): string {
  const path = join(mkdtempSync(join(tmpdir(), 'policy-')), 'policy.mjs');
  const choose = `choose() { if (of === ${seed} && ++n === 7) throw new Error('lost my way'); return 0; }`;
  writeFileSync(
    path,
    `export default () => { let of, n; return { reset(s) { of = s; n = 0; }, ${choose} }; };`,
  );
  return path;
}

/** Captures with a policy that fails; gives what is left. */
async function left(seed: number, overrides: string[]) {
  const output = mkdtempSync(join(tmpdir(), 'failing-'));
  const policy = failingPolicy(seed);
  const given = [`output=${output}`, 'seed=0', 'policy=module', `policy.module=${policy}`];
  const request = { configPath: null, configName: 'data_capture/config' };
  const config = await loadConfig({ ...request, overrides: [...given, ...overrides] });
  let directory = '';
  const capture = runCapture(captureTask(config, ['test']), {
    signal: new AbortController().signal,
    onStart: (run) => void ({ directory } = run),
    onProgress: () => {},
    onWarning: () => {},
    cores: 2,
  });
  await expect(capture).rejects.toMatchObject({
    kind: 'input',
    message: `policy.module '${policy}' failed at step 7 of episode ${seed + 1}: Error: lost my way (policy.mjs:1)`,
  });
  return { directory, report: await validateRun(directory) };
}

const SMALL = ['episodes=5', 'env.max_steps=100', 'env.goal_radius=0', 'env.start_location=[0,0]'];
const UNFINISHED = [
  { code: 'unfinished', message: expect.stringContaining('(it was killed, or failed)') },
  {
    code: 'unfinished-end',
    message: expect.stringContaining('follow 6 steps of an episode without a record'),
  },
];

describe('what was recorded before a policy failed', () => {
  it.each([
    [['record=jsonl']],
    [['record=jsonl', 'clock=sim', 'run_id=run-20260101-000000']],
    [['record=parquet']],
    [['record=hdf5']],
    [['record=sqlite']],
  ])('can be read: %s', async (recorded) => {
    const { directory, report } = await left(2, [...SMALL, ...recorded]);
    expect(report.findings).toMatchObject(UNFINISHED);
    // two whole episodes, and the third as far as it came
    expect(report.counts).toEqual({ episodes: 2, steps: 206 });
    expect(existsSync(join(directory, 'run.lock'))).toBe(false);
  });

  it('can be read when threads simulate, up to the same step', async () => {
    const large = ['episodes=900', 'env.max_steps=400', 'env.goal_radius=0', 'env.start_location=[0,0]'];
    for (const workers of [1, 3]) {
      const { report } = await left(700, [...large, `workers=${workers}`]);
      expect(report.findings).toMatchObject(UNFINISHED);
      expect(report.counts).toEqual({ episodes: 700, steps: 280_006 });
    }
  }, 60_000);
});
