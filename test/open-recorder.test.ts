import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { RunRecorderOptions } from '../src/record/recorder-options.js';
import type { RunRecorder } from '../src/record/run-recorder.js';
import { openRecorder } from '../src/open-recorder.js';
import { validateRun } from '../src/validate/index.js';
import { recordWalks, walk, walkOptions } from './fixtures/walk.js';

const OWN = fileURLToPath(new URL('../docs/examples/ndjson-backend.js', import.meta.url));

const open = (more: Partial<RunRecorderOptions> = {}): Promise<RunRecorder> =>
  openRecorder(walkOptions([1, 2], more));

/** Rows of a CSV file behind its names. */
const rowsOf = (path: string): string[] => readFileSync(path, 'utf8').trim().split('\n').slice(1);

describe('exportData', () => {
  it.each<[string, Partial<RunRecorderOptions>]>([
    ['jsonl', {}],
    ['parquet', { record: { backend: 'parquet' } }],
    ['hdf5', { record: { backend: 'hdf5' } }],
    ['sqlite', { record: { backend: 'sqlite' } }],
    ['jsonl with Parquet beside it', { parquet: true }],
    ['a backend of one’s own', { record: { backend: OWN } }],
  ])('before close has all steps so far, and the run goes on: %s', async (_name, options) => {
    const recorder = await open(options);
    const at = (name: string): string => join(recorder.directory, '../..', name);
    let steps = await recordWalks(recorder, 1);
    await recorder.exportData(at('first.csv'));
    expect(rowsOf(at('first.csv')).length).toBe(steps);
    // in the midst of an episode, too
    const second = [...walk(1)];
    for (const step of second.slice(0, 3)) await recorder.recordStep(step);
    await recorder.exportData(at('midst.csv'));
    expect(rowsOf(at('midst.csv')).length).toBe(steps + 3);
    for (const step of second.slice(3)) await recorder.recordStep(step);
    await recorder.recordEpisode();
    steps += second.length;
    const { directory, validation } = await recorder.close();
    expect(validation).toMatchObject({ findings: [], counts: { episodes: 2, steps } });
    if (options.record?.['backend'] !== OWN) expect((await validateRun(directory)).findings).toEqual([]);
    await recorder.exportData(at('whole.csv'));
    expect(rowsOf(at('whole.csv')).length).toBe(steps);
  });

  it('has the episodes that are asked for, and replaces what is there only by force', async () => {
    const recorder = await open();
    await recordWalks(recorder, 2);
    await recorder.close();
    const out = join(recorder.directory, '../../second.csv');
    writeFileSync(out, 'mine');
    await expect(recorder.exportData(out, { episodes: [2] })).rejects.toThrow('second.csv');
    expect(readFileSync(out, 'utf8')).toBe('mine');
    await recorder.exportData(out, { episodes: [2], force: true });
    expect(rowsOf(out).length).toBeGreaterThan(3);
    expect(rowsOf(out).every((row) => row.includes('ep-000002'))).toBe(true);
  });

  it.each<[object, string]>([
    [{ format: 'xls' }, "unknown format 'xls'"],
    [{ column: ['ts'] }, "unknown option 'column'"],
    [{ episodes: [0] }, 'episodes[0]: expected an integer >= 1, not 0'],
    [{ episodes: [] }, 'episodes: expected numbers of episodes, from 1'],
    [{ force: 'yes' }, "force: expected true or false, not 'yes'"],
  ])('refuses %j', async (options, message) => {
    const recorder = await open();
    await recordWalks(recorder, 1);
    const out = join(recorder.directory, '../../out.csv');
    await expect(recorder.exportData(out, options)).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining(message),
    });
    expect(existsSync(out)).toBe(false);
    await recorder.close();
  });
});
