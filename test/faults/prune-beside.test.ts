import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { capture, plume, scratchDirectory, type CaptureJson } from '../e2e/binary.js';
import { tries } from './runs.js';

const FOR_MS = tries(300_000, 15_000);
const PROCESSES = tries(20, 6);
const PRUNE = ['prune', 'results', '--keep-last', '1', '--require-ingested', '--yes'];

/** What an ingest or a capture that holds a run at the moment has a prune say. */
const HELD = /^not removed: \S+ live: process \d+ on \S+ is (?:ingesting|capturing) it$/;

it(
  'a prune every second beside captures and ingests touches nothing that is live or pending, and none fails',
  async () => {
    const cwd = scratchDirectory();
    const until = performance.now() + FOR_MS;
    const captured = new Map<string, CaptureJson>();
    const ingested = new Set<string>();
    const wrong: string[] = [];

    async function work(number: number): Promise<void> {
      for (let seed = number; performance.now() < until; seed += PROCESSES) {
        const run = await capture(
          [`seed=${seed}`, 'episodes=3', 'env.max_steps=60', 'workers=1', `experiment=x${number % 3}`],
          { cwd },
        );
        captured.set(run.run_dir, run);
        // every third stays pending
        if (seed % 3 === 0) continue;
        const { exitCode, stderr } = await plume(['ingest', '--run-dir', run.run_dir, '--out-dir', 'data'], {
          cwd,
        });
        if (exitCode === 0) ingested.add(run.run_dir);
        else wrong.push(`ingest of ${run.run_dir}: ${stderr}`);
      }
    }

    async function prune(): Promise<number> {
      let removed = 0;
      for (let last = false; !last; await setTimeout(1000)) {
        last = performance.now() >= until;
        const { exitCode, stdout, stderr } = await plume(PRUNE, { cwd });
        removed += Number(/^removed (\d+) run/m.exec(stdout)?.[1] ?? 0);
        const strange = stderr.split('\n').filter((line) => line !== '' && !HELD.test(line));
        if (![0, 3].includes(exitCode) || strange.length > 0) wrong.push(`prune, ${exitCode}: ${stderr}`);
      }
      return removed;
    }

    // there is a folder to prune from the start
    const first = await capture(['episodes=1'], { cwd });
    captured.set(first.run_dir, first);
    const [removed] = await Promise.all([prune(), ...Array.from({ length: PROCESSES }, (_, i) => work(i))]);

    expect(wrong).toEqual([]);
    expect(removed).toBeGreaterThan(0);
    const lost = [...captured.keys()].filter((run) => !ingested.has(run) && !existsSync(join(cwd, run)));
    expect(lost).toEqual([]);
    const copies = [...ingested].filter(
      (run) => !existsSync(join(cwd, run.replace('results', 'data'), 'manifest.json')),
    );
    expect(copies).toEqual([]);
    expect(readdirSync(join(cwd, 'results')).filter((name) => name.startsWith('.'))).toEqual([]);
    const validated = await plume(['validate', '--all', 'results'], { cwd });
    expect(validated).toMatchObject({ exitCode: 0, stderr: '' });
  },
  FOR_MS + 300_000,
);
