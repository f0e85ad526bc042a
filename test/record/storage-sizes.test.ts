import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { runCapture } from '../../src/cli/capture-run.js';
import { captureTask } from '../../src/cli/capture-task.js';
import { loadConfig } from '../../src/config/index.js';
import { totalBytes, type ArtifactKind } from '../../src/core/artifact-kinds.js';
import { systemClock } from '../../src/io/clock.js';
import { ResultsWalk } from '../../src/io/measure-results.js';
import { StorageWatch } from '../../src/record/storage-watch.js';

const never = (): never => expect.unreachable();

/** What a capture beside other runs says of the results at its end, and the run's files. */
async function watched(overrides: readonly string[]) {
  const output = mkdtempSync(join(tmpdir(), 'sizes-'));
  const old = join(output, 'demo', 'run-20250101-000000');
  mkdirSync(old, { recursive: true });
  writeFileSync(join(old, 'steps.parquet'), Buffer.alloc(1234));
  const given = [`output=${output}`, 'env.grid_size=[8,8]', 'env.max_steps=30', 'storage.stats_interval=1'];
  const configuration = await loadConfig({
    configPath: null,
    configName: 'data_capture/config',
    overrides: [...given, ...overrides],
    env: {},
  });
  const task = captureTask(configuration, []);
  const told: (number | null)[] = [];
  const watch = new StorageWatch(output, task.storage, {
    clock: systemClock,
    diskSpace: () => ({ free: 1e12, total: 2e12, share: 0.5 }),
    onLow: never,
    onLarge: never,
    onNoSpace: never,
    onUnread: never,
    onStatistics: ({ results }) => told.push(results && totalBytes(results)),
    onStop: never,
  });
  const { directory, files } = await runCapture(task, {
    signal: new AbortController().signal,
    cores: 1,
    onWarning: () => {},
    onStart: (run) => void watch.begin(run.directory),
    onProgress: ({ episodes }) => watch.update(episodes),
  });
  watch.end(task.settings.episodes);
  return { output, directory, files, told, results: watch.results() };
}

const KIND: Readonly<Record<string, ArtifactKind>> = {
  jsonl: 'steps',
  parquet: 'parquet',
  hdf5: 'hdf5',
  sqlite: 'sqlite',
};

it('sizes kept while runs are recorded are those of a fresh walk, in every format and with parts of any size', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        backend: fc.constantFrom(...Object.keys(KIND)),
        parquet: fc.boolean(),
        rotate: fc.option(fc.integer({ min: 1, max: 2000 })),
        episodes: fc.integer({ min: 1, max: 12 }),
        clock: fc.constantFrom('wall', 'sim'),
      }),
      async ({ backend, parquet, rotate, episodes, clock }) => {
        const { output, directory, files, told, results } = await watched([
          `record=${backend}`,
          `parquet=${backend !== 'parquet' && parquet}`,
          `rotate_size=${backend === 'jsonl' ? rotate : null}`,
          `episodes=${episodes}`,
          `clock=${clock}`,
        ]);
        const fresh = (folder: string) => new ResultsWalk(folder).advance(Infinity)!.sizes;
        expect(results).toEqual(fresh(output));
        expect(told.at(-1)).toBe(totalBytes(results!));
        expect(results![KIND[backend]!].bytes).toBeGreaterThan(100);
        // and those that the manifest has, which does not list itself
        const { other, ...records } = fresh(directory);
        const listed = files.reduce((sum, { bytes }) => sum + bytes, 0);
        const meta = files.filter(({ rows }) => rows === null);
        const recorded = Object.values(records).reduce((sum, { bytes }) => sum + bytes, 0);
        expect(recorded).toBe(listed - meta.reduce((sum, { bytes }) => sum + bytes, 0));
        expect(other.files).toBe(meta.length + 1);
      },
    ),
    { numRuns: 25 },
  );
}, 120_000);
