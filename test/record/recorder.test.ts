import { describe, expect, it } from 'vitest';
import { ContentDigest } from '../../src/core/digest.js';
import type { Batch } from '../../src/core/batch.js';
import type { RunWriter } from '../../src/core/ports.js';
import { FULL_RECORDING, STREAMS } from '../../src/core/streams.js';
import { ChunkBuilder } from '../../src/record/chunk-builder.js';
import { MetricsGatherer } from '../../src/record/metrics.js';
import { NOTHING_DONE } from '../../src/record/record-run.js';
import { Recorder } from '../../src/record/recorder.js';

const clock = { now: () => 0, monotonic: () => 0 };

const SUMMARY = {
  terminated: true,
  truncated: false,
  totalSteps: 2,
  totalReward: 1,
  finalX: 0,
  finalY: 0,
  finalDistance: 0,
};

/** A chunk builder and a recorder without files, and what they tell. */
function recording(flushMs: number | null = null, time = clock, more: Partial<RunWriter> = {}) {
  const told: string[] = [];
  const warnings: string[] = [];
  const observer = {
    addSteps: (_batch: unknown, from: number, to: number) => void told.push(`steps ${to - from}`),
    endEpisode: (batch: unknown) => void told.push(batch === null ? 'cut off' : 'end'),
  };
  const main: RunWriter = {
    write: (batch: Batch) => void told.push(`write ${batch.rows} ${batch.stream.name}`),
    flush: () => void told.push('flush'),
    close: () => Promise.resolve([]),
    abort: () => Promise.resolve(),
    ...more,
  };
  const builder = new ChunkBuilder({
    runId: 'run-1',
    recording: FULL_RECORDING,
    observationWidth: 1,
    capacity: 100,
    episodeCapacity: 10,
    timeless: true,
    encoder: null,
    digests: true,
    clock,
    reuse: true,
  });
  const metrics = new MetricsGatherer({ capacity: 100, rowBytes: 80, queueCapacity: 4 });
  const recorder = new Recorder({
    main,
    copies: [],
    observers: [observer],
    digest: new ContentDigest(STREAMS),
    rejections: null,
    metrics,
    clock: time,
    done: NOTHING_DONE,
    flushMs,
    onWarning: (message) => void warnings.push(message),
  });
  const steps = (rows: number): void => {
    const from = builder.steps.rows;
    builder.steps.rows += rows;
    builder.addSteps(from, rows);
  };
  const handOn = async (cut = false, queued: number | null = null): Promise<void> => {
    await recorder.take(builder.take({ whole: cut, cut }), queued);
    builder.renew();
  };
  return { builder, recorder, metrics, told, warnings, steps, handOn };
}

describe('Recorder', () => {
  it('shows an episode once, in however many chunks it comes', async () => {
    const { builder, recorder, told, steps, handOn } = recording();
    builder.beginEpisode(1);
    steps(3);
    await handOn();
    await handOn();
    steps(2);
    builder.endEpisode(SUMMARY, 1);
    await handOn();
    await recorder.close();
    expect(told.filter((what) => !what.startsWith('write'))).toEqual(['steps 3', 'steps 2', 'end']);
    expect(recorder.counts).toEqual({ episodes: 1, steps: 5 });
  });

  it('tells of an episode that is cut off, and not of one cut off before its first step', async () => {
    const cut = recording();
    cut.builder.beginEpisode(1);
    cut.steps(3);
    await cut.handOn(true);
    await cut.recorder.close();
    expect(cut.told).toEqual(['steps 3', 'write 3 steps', 'cut off']);

    const before = recording();
    before.builder.beginEpisode(1);
    before.steps(2);
    before.builder.endEpisode(SUMMARY, 1);
    before.builder.beginEpisode(2);
    await before.handOn(true);
    await before.recorder.close();
    expect(before.told).toEqual(['steps 2', 'end', 'write 2 steps', 'write 1 episodes']);
  });

  it('flushes when the interval is over, and when it is asked to', async () => {
    let now = 0;
    const { builder, recorder, told, steps, handOn } = recording(1000, {
      now: () => 0,
      monotonic: () => now,
    });
    builder.beginEpisode(1);
    const flushes: number[] = [];
    for (now = 0; now <= 3000; now += 300) {
      steps(1);
      await handOn();
      flushes.push(told.filter((what) => what === 'flush').length);
    }
    // what comes at 900 ms might have come of an interval of a second
    expect(flushes).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3]);
    await recorder.flush();
    expect(told.at(-1)).toBe('flush');
  });

  it('leaves a writer that keeps time alone, until it is asked to flush', async () => {
    let now = 0;
    const time = { now: () => 0, monotonic: () => now };
    const { builder, recorder, metrics, told, steps, handOn } = recording(1000, time, { keepsTime: true });
    builder.beginEpisode(1);
    for (; now <= 3000; now += 600) {
      steps(1);
      await handOn();
    }
    expect(told).not.toContain('flush');
    expect(metrics.finish(0).flushes).toBe(0);
    await recorder.flush();
    expect(told.at(-1)).toBe('flush');
  });

  it('warns once when the queue stays full', async () => {
    let now = 0;
    const { builder, warnings, steps, handOn } = recording(null, { now: () => 0, monotonic: () => now });
    builder.beginEpisode(1);
    for (now = 0; now <= 4000; now += 1000) {
      steps(1);
      await handOn(false, 1);
    }
    expect(warnings).toEqual([]);
    for (; now <= 12_000; now += 1000) {
      steps(1);
      await handOn(false, 1);
    }
    expect(warnings).toEqual([expect.stringContaining('writing is slower than simulating')]);
  });

  it('does not warn when the queue empties now and then', async () => {
    let now = 0;
    const { builder, warnings, steps, handOn } = recording(null, { now: () => 0, monotonic: () => now });
    builder.beginEpisode(1);
    for (now = 0; now <= 20_000; now += 1000) {
      steps(1);
      await handOn(false, now % 4000 === 0 ? 0.2 : 1);
    }
    expect(warnings).toEqual([]);
  });
});

describe('MetricsGatherer', () => {
  it('gives times a step, how full buffers were, and the ratio of bytes', () => {
    const metrics = new MetricsGatherer({ capacity: 100, rowBytes: 80, queueCapacity: 4 });
    for (let i = 0; i < 98; i++) metrics.addBatch(100, 0.1, 0.25);
    metrics.addBatch(100, 50, 1);
    metrics.addBatch(0, 5, 0);
    const found = metrics.finish(79_200);
    expect(found.steps).toBe(9900);
    expect(found.write_ms_per_step.average).toBeCloseTo((98 * 0.1 + 50 + 5) / 9900, 12);
    // 0.001 ms lies in the bucket up to 1024 ns, 0.5 ms in the one up to 524,288 ns
    expect(found.write_ms_per_step.p99).toBe(0.524288);
    expect(found.buffer).toEqual({ capacity_records: 100, utilization_average: 0.99 });
    expect(found.queue.utilization_max).toBe(1);
    expect(found.bytes).toEqual({ columns: 792_000, files: 79_200, ratio: 10 });
  });

  it('has no ratio without files', () => {
    const found = new MetricsGatherer({ capacity: 1, rowBytes: 8, queueCapacity: 1 }).finish(0);
    expect(found.bytes.ratio).toBeNull();
    expect(found.write_ms_per_step.average).toBe(0);
  });
});
