import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { BINARY, plume } from '../e2e/binary.js';
import { capturedRun, contents, newFolder } from '../fixtures/captured-run.js';

const RUN_ID = 'run-20260101-000000';

/** Starts ingest as a process and kills it so long after its staging folder appeared. */
async function killedInTheMidst(args: readonly string[], outDir: string, delayMs: number): Promise<void> {
  const child = spawn(process.execPath, [BINARY, ...args], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  while (child.exitCode === null && !readdirSync(outDir).some(isStaging)) await setTimeout(1);
  await setTimeout(delayMs);
  child.kill('SIGKILL');
  await ended;
}

const isStaging = (name: string): boolean => name.startsWith('.staging-');

describe('a killed ingest', () => {
  it('leaves the run whole in the dataset or not at all, and the next one finishes', async () => {
    const runDir = await capturedRun(newFolder(), ['episodes=500', 'env.goal_radius=0']);
    const whole = newFolder();
    expect(await plume(['ingest', '--run-dir', runDir, '--out-dir', whole])).toMatchObject({ exitCode: 0 });

    let leftHalf = 0;
    for (const delayMs of [0, 5, 15, 40, 80, 120, 200]) {
      const outDir = newFolder();
      const args = ['ingest', '--run-dir', runDir, '--out-dir', outDir];
      await killedInTheMidst(args, outDir, delayMs);
      if (readdirSync(outDir).some(isStaging)) leftHalf++;
      if (existsSync(join(outDir, 'demo', RUN_ID))) {
        expect(contents(join(outDir, 'demo'))).toEqual(contents(join(whole, 'demo')));
      }
      expect(await plume(args)).toMatchObject({ exitCode: 0 });
      expect(contents(outDir)).toEqual(contents(whole));
      expect(readdirSync(outDir)).toEqual(['demo']);
    }
    expect(leftHalf).toBeGreaterThan(0);
  }, 180_000);

  it('two processes at once do not break each other', async () => {
    const runDir = await capturedRun(newFolder());
    const outDir = newFolder();
    const args = ['ingest', '--json', '--run-dir', runDir, '--out-dir', outDir];
    const results = await Promise.all(Array.from({ length: 4 }, () => plume(args)));
    const outcomes = results.map(({ stdout }) => (JSON.parse(stdout) as { outcome: string }).outcome);
    expect(outcomes.sort()).toEqual(['ingested', 'unchanged', 'unchanged', 'unchanged']);
    expect(readdirSync(outDir)).toEqual(['demo']);
  }, 60_000);
});
