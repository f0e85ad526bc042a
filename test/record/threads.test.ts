import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { captureTask } from '../../src/cli/capture-task.js';
import { runCapture } from '../../src/cli/capture-run.js';
import { loadConfig } from '../../src/config/index.js';
import type { CapturePorts, CaptureResult } from '../../src/record/capture.js';
import { validateRun } from '../../src/validate/index.js';

const quiet: Omit<CapturePorts, 'clock' | 'startValidation'> = {
  signal: new AbortController().signal,
  onStart: () => {},
  onProgress: () => {},
  onWarning: () => {},
  cores: 4,
};

/** Enough steps for threads to be started. */
const LARGE = ['episodes=500', 'env.max_steps=400', 'env.grid_size=[24,24]', 'env.goal_radius=1'];

async function captured(overrides: string[], ports: Partial<typeof quiet> = {}): Promise<CaptureResult> {
  const output = mkdtempSync(join(tmpdir(), 'threads-'));
  const all = [`output=${output}`, ...overrides];
  const request = { configPath: null, configName: 'data_capture/config', overrides: all };
  return runCapture(captureTask(await loadConfig(request), ['test']), { ...quiet, ...ports });
}

/** Of the files with records. Parquet says its run's config_hash, and the number of threads is in that. */
function bytesOf({ directory, files }: CaptureResult): string[] {
  const { config_hash: hash } = JSON.parse(readFileSync(join(directory, 'run.json'), 'utf8'));
  return files
    .filter(({ rows }) => rows !== null)
    .map(({ path }) => readFileSync(join(directory, path), 'latin1').replaceAll(hash, ''));
}

describe('capture in threads', () => {
  it.each([
    ['random'],
    ['surge_and_cast', 'env.start_location=[3,3]'],
    ['random', 'rotate_size=30000', 'parquet=true'],
    ['random', 'env.observation_type=wind_vector', 'env.wind.noise_std=0.2', 'env.wind.enabled=true'],
    ['random', 'record.recording.step_interval=7', 'record.columns=[orientation,gradient]'],
    ['random', 'record.recording.full=false'],
  ])(
    'gives the same files for any number of threads and any buffer: %s %s',
    async (policy, ...more) => {
      const run = (workers: number, buffer: number): Promise<CaptureResult> =>
        captured([
          ...LARGE,
          `policy=${policy}`,
          'clock=sim',
          'run_id=run-20260203-040506',
          `workers=${workers}`,
          `record.performance.buffer.max_records=${buffer}`,
          ...more,
        ]);
      const alone = await run(1, 4096);
      expect(alone.validation).toMatchObject({ ok: true, findings: [] });
      for (const [workers, buffer] of [
        [2, 4096],
        [3, 1000],
        [4, 100_000],
      ] as const) {
        const together = await run(workers, buffer);
        expect(together.contentDigest).toBe(alone.contentDigest);
        expect(together.counts).toEqual(alone.counts);
        expect(together.validation).toEqual(alone.validation);
        expect(bytesOf(together)).toEqual(bytesOf(alone));
      }
    },
    60_000,
  );

  it('validates under the machine’s clock, where episodes overlap in time', async () => {
    const result = await captured([...LARGE, 'workers=4']);
    expect(result.validation).toMatchObject({ ok: true, findings: [] });
    expect(await validateRun(result.directory)).toMatchObject({ ok: true, findings: [] });
  }, 60_000);

  it('finalises what was captured when it is aborted', async () => {
    for (const after of [1, 3, 10, 30]) {
      const abort = new AbortController();
      let calls = 0;
      const result = await captured(['episodes=20000', 'env.max_steps=50', 'workers=3'], {
        signal: abort.signal,
        onProgress: () => ++calls === after && abort.abort(),
      });
      expect(result.status).toBe('aborted');
      expect(result.counts.steps).toBeGreaterThan(0);
      expect(await validateRun(result.directory)).toMatchObject({ ok: true, findings: [] });
    }
  }, 60_000);

  it('is aborted within an episode without end', async () => {
    const abort = new AbortController();
    let calls = 0;
    const result = await captured(
      ['episodes=2', 'env.max_steps=1000000000', 'env.goal_radius=0', 'workers=2'],
      {
        signal: abort.signal,
        onProgress: () => ++calls === 5 && abort.abort(),
      },
    );
    expect(result).toMatchObject({ status: 'aborted', counts: { episodes: 0 } });
    expect(await validateRun(result.directory)).toMatchObject({ ok: true, findings: [] });
  }, 60_000);

  it('says what went wrong in a thread, as if it had gone wrong here', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'policy-'));
    const policy = join(folder, 'policy.mjs');
    writeFileSync(
      policy,
      'export default () => { let n = 0; return { reset(seed) { n = seed; }, choose() { if (n === 400) throw new Error("lost my way"); return 0; } }; };',
    );
    const request = [...LARGE, 'seed=0', 'policy=module', `policy.module=${policy}`];
    for (const workers of [1, 3]) {
      await expect(captured([...request, `workers=${workers}`])).rejects.toMatchObject({
        kind: 'input',
        message: expect.stringContaining('lost my way'),
      });
    }
  }, 60_000);
});
