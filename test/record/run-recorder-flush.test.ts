import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../src/core/canonical-json.js';
import { validateRun } from '../../src/validate/index.js';
import { lines, openWalk, recordWalks, walk } from '../fixtures/walk.js';

/** A recorder of two episodes whose clock is set by hand. */
async function timed(record: JsonMap) {
  const time = { ms: 0 };
  const clock = { now: () => 0, monotonic: () => time.ms };
  const recorder = await openWalk([1, 2], { record }, { clock });
  return { time, recorder, steps: () => lines(join(recorder.directory, 'steps.jsonl.gz')).length };
}

const parts = (directory: string): string[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.parquet'))
    .sort();

/** Lets what is being written come to its end. */
const written = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('RunRecorder', () => {
  it('puts steps on disk when the interval is over, however few they are', async () => {
    const { time, recorder, steps } = await timed({
      performance: { buffer: { flush_interval_seconds: 0.1 } },
    });
    const [step] = walk(0);
    const found: number[] = [];
    for (time.ms = 0; time.ms <= 250; time.ms += 50) {
      await recorder.recordStep(step!);
      await written();
      found.push(steps());
    }
    expect(found).toEqual([0, 0, 3, 3, 5, 5]);
    // the end of an episode is a record as well
    time.ms = 300;
    await recorder.recordEpisode();
    await written();
    expect(lines(join(recorder.directory, 'episodes.jsonl.gz')).length).toBe(1);
    expect(recorder.metrics().flushes).toBe(3);
    await recorder.close();
  });

  it('counts the interval from a flush that was asked for', async () => {
    const { time, recorder, steps } = await timed({});
    const [step] = walk(0);
    await recorder.recordStep(step!);
    time.ms = 900;
    await recorder.flush();
    expect(steps()).toBe(1);
    time.ms = 1500;
    await recorder.recordStep(step!);
    await written();
    expect(steps()).toBe(1);
    time.ms = 1900;
    await recorder.recordStep(step!);
    await written();
    expect(steps()).toBe(3);
    await recorder.close();
  });

  it('begins a part of Parquet after a flush that was asked for, and none after an interval', async () => {
    const { time, recorder } = await timed({ backend: 'parquet' });
    const [step] = walk(0);
    for (time.ms = 0; time.ms < 20_000; time.ms += 700) await recorder.recordStep(step!);
    await written();
    expect(parts(recorder.directory)).toEqual([]);
    await recorder.flush();
    expect(parts(recorder.directory)).toEqual(['steps.parquet']);
    await recorder.flush();
    // as a process that is killed now leaves it
    const { counts, errors } = await validateRun(recorder.directory);
    expect({ counts, errors }).toEqual({ counts: { episodes: 0, steps: 29 }, errors: 1 });
    await recorder.recordEpisode();
    await recordWalks(recorder, 1);
    const { status, files, metrics } = await recorder.close();
    expect(status).toBe('complete');
    expect(metrics.flushes).toBe(2);
    const names = files.map(({ path }) => path).filter((path) => path.endsWith('.parquet'));
    expect(names.sort()).toEqual(['episodes.parquet', 'steps.parquet', 'steps.part0001.parquet']);
  });

  it('writes and flushes in order where nobody waits', async () => {
    const recorder = await openWalk([1, 2], {
      record: { backend: 'parquet', performance: { buffer: { max_records: 2 } } },
    });
    const jobs: Promise<void>[] = [];
    let steps = 0;
    for (const step of walk(0)) {
      jobs.push(recorder.recordStep(step));
      if (++steps % 3 === 0) jobs.push(recorder.flush());
    }
    jobs.push(recorder.recordEpisode());
    await Promise.all(jobs);
    await recordWalks(recorder, 1);
    const { validation } = await recorder.close();
    expect(validation).toMatchObject({ findings: [], counts: { episodes: 2, steps: 2 * steps } });
  });
});
