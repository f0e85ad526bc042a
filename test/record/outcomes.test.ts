import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { captureTask, type CaptureTask } from '../../src/cli/capture-task.js';
import { runCapture } from '../../src/cli/capture-run.js';
import { loadConfig } from '../../src/config/index.js';
import { OutcomeTotals, readOutcome } from '../../src/record/outcomes.js';

async function task(...overrides: string[]): Promise<CaptureTask> {
  const output = mkdtempSync(join(tmpdir(), 'outcomes-'));
  const all = [`output=${output}`, ...overrides];
  return captureTask(
    await loadConfig({ configPath: null, configName: 'data_capture/config', overrides: all }),
    ['test'],
  );
}

const ports = {
  signal: new AbortController().signal,
  onStart: () => {},
  onProgress: () => {},
  onWarning: () => {},
  cores: 1,
};

describe('the outcome of a run', () => {
  it.each([[[]], [['parquet=true']], [['rotate_size=300']]])(
    'is the same while recording and from the records, %j',
    async (more) => {
      const result = await runCapture(
        await task(
          'episodes=20',
          'policy=surge_and_cast',
          'env.grid_size=[32,32]',
          'env.max_steps=30',
          ...more,
        ),
        ports,
      );
      const { terminated, meanReturn, meanSteps } = result.outcome;
      expect(terminated).toBeGreaterThan(0);
      expect(terminated).toBeLessThan(20);
      expect(meanSteps! * 20).toBeCloseTo(result.counts.steps);
      expect(meanReturn).toBeLessThan(1);
      expect(await readOutcome(result.directory)).toEqual(result.outcome);
    },
  );

  it('has no means without a finished episode', async () => {
    const abort = AbortSignal.abort();
    const result = await runCapture(await task('episodes=5'), { ...ports, signal: abort });
    expect(result).toMatchObject({
      status: 'aborted',
      counts: { episodes: 0 },
      outcome: { terminated: 0, meanReturn: null, meanSteps: null },
    });
  });

  it('does not count the open last episode of an aborted run', () => {
    const totals = new OutcomeTotals();
    totals.endEpisode(null, 0);
    expect(totals.finish()).toEqual({ terminated: 0, meanReturn: null, meanSteps: null });
  });

  it('of records that are damaged or not there is an error that names them', async () => {
    const { directory } = await runCapture(await task('episodes=50', 'env.max_steps=3'), ports);
    truncateSync(join(directory, 'episodes.jsonl.gz'), 200);
    await expect(readOutcome(directory)).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining(directory),
    });
    const empty = join(directory, 'empty');
    mkdirSync(empty);
    copyFileSync(join(directory, 'run.json'), join(empty, 'run.json'));
    await expect(readOutcome(empty)).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining('no records'),
    });
  });
});

describe('onStart', () => {
  it('is waited for before anything is recorded', async () => {
    const seen: string[][] = [];
    await runCapture(await task('episodes=1'), {
      ...ports,
      onStart: async ({ directory }) => {
        seen.push(readdirSync(directory));
        await new Promise((resolve) => setTimeout(resolve, 50));
        seen.push(readdirSync(directory));
      },
    });
    expect(seen).toEqual([['run.lock'], ['run.lock']]);
  });

  it('leaves nothing when it refuses', async () => {
    const refused = await task('episodes=1');
    const run = runCapture(refused, { ...ports, onStart: () => Promise.reject(new Error('no')) });
    await expect(run).rejects.toThrow('no');
    expect(readdirSync(join(refused.settings.output, 'demo'))).toEqual([]);
  });
});
