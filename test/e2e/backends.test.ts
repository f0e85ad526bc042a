import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/core/report.js';
import type { RecordingMetrics } from '../../src/record/metrics.js';
import { independentDigest } from '../fixtures/independent-digest.js';
import { BINARY, capture, plume, scratchDirectory, withoutDiskLow } from './binary.js';

type Json = Record<string, unknown>;
type Given = Record<'steps' | 'episodes', { rows: number; batches: number }>;

const SMALL = ['seed=11', 'env.grid_size=[24,16]', 'env.max_steps=120', 'workers=2'];
/** Hardly an episode ends before its last step. */
const ENDLESS = [...SMALL, 'env.goal_radius=0'];
const FILES: [backend: string, files: string[]][] = [
  ['jsonl', ['episodes.jsonl.gz', 'steps.jsonl.gz']],
  ['parquet', ['episodes.parquet', 'steps.parquet']],
  ['hdf5', ['run.h5']],
  ['sqlite', ['run.sqlite']],
];

const lines = (path: string): Json[] =>
  gunzipSync(readFileSync(path))
    .toString()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Json);

/** The records of a run whatever recorded it, by way of `export`. */
async function records(cwd: string, directory: string): Promise<{ steps: Json[]; episodes: Json[] }> {
  const out = `${directory.replaceAll('/', '-')}.jsonl.gz`;
  const { exitCode, stderr } = await plume(['export', directory, '--out', out], { cwd });
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return {
    steps: lines(join(cwd, out)),
    episodes: lines(join(cwd, out.replace('.jsonl', '.episodes.jsonl'))),
  };
}

describe.each(FILES)('record=%s', (backend, files) => {
  it('captures, validates, ingests and exports the same content', async () => {
    const cwd = scratchDirectory();
    const run = await capture(['episodes=6', ...SMALL, `record=${backend}`], { cwd });
    const reference = await capture(['episodes=6', ...SMALL, 'experiment=reference'], { cwd });
    expect(run.files.filter(({ rows }) => rows !== null).map(({ path }) => path)).toEqual(
      expect.arrayContaining(files),
    );
    expect(readdirSync(join(cwd, run.run_dir)).sort()).toEqual(
      [...files, 'config.yaml', 'manifest.json', 'overrides.yaml', 'run.json'].sort(),
    );
    expect(run.content_digest).toBe(reference.content_digest);

    expect(await plume(['validate', run.run_dir], { cwd })).toMatchObject({ exitCode: 0, stderr: '' });

    const ingest = ['ingest', '--run-dir', run.run_dir, '--out-dir', 'lake', '--json'];
    const ingested = JSON.parse((await plume(ingest, { cwd })).stdout) as Json;
    expect(ingested).toMatchObject({ outcome: 'ingested', content_digest: run.content_digest });
    expect((await plume(['validate', ingested['destination'] as string], { cwd })).exitCode).toBe(0);

    const { steps, episodes } = await records(cwd, run.run_dir);
    expect(steps).toHaveLength(run.counts.steps);
    const whole = episodes.map((record) => ({
      steps: steps.filter((step) => step['episode_id'] === record['episode_id']),
      record,
    }));
    expect(independentDigest(whole)).toBe(run.content_digest);
  }, 60_000);
});

/** What lies in a folder, by name, with its size; a file that got another name meanwhile has none. */
const sizes = (directory: string): Map<string, number> =>
  new Map(
    readdirSync(directory).map((name) => [
      name,
      statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0,
    ]),
  );

type IsUnderWay = (found: Map<string, number>) => boolean;

/** Kills a capture once its files are as asked; gives the run's directory. */
async function killed(cwd: string, args: readonly string[], isUnderWay: IsUnderWay): Promise<string> {
  const parent = join(cwd, 'results/demo');
  const child = execa(process.execPath, [BINARY, 'capture', 'episodes=100000', ...ENDLESS, ...args], {
    cwd,
    reject: false,
  });
  let over = false;
  void child.finally(() => (over = true));
  for (;;) {
    const [run] = existsSync(parent) ? readdirSync(parent) : [];
    if (over || (run !== undefined && isUnderWay(sizes(join(parent, run))))) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  child.kill('SIGKILL');
  const { signal, stderr } = await child;
  const said = withoutDiskLow(stderr);
  expect({ signal, said }).toEqual({
    signal: 'SIGKILL',
    said: expect.stringMatching(/^capturing .*(?:\nstorage after .*)*\n?$/),
  });
  return join('results/demo', readdirSync(parent)[0]!);
}

const journal: IsUnderWay = (found) =>
  (found.get('steps.jsonl.gz') ?? 0) > 100_000 && (found.get('episodes.jsonl.gz') ?? 0) > 0;

/** Of a record what the clock and the name of the run do not decide. */
const steady = ({ ts: _ts, run_id: _run, duration_ms: _ms, avg_step_time_ms: _avg, ...rest }: Json): Json =>
  rest;

const FLUSHED = 'record.performance.buffer.flush_interval_seconds=0.1';
const KILLED: [backend: string, args: string[], isUnderWay: IsUnderWay, left: RegExp][] = [
  ['jsonl', [FLUSHED], journal, /^(steps|episodes)\.jsonl\.gz$/],
  [
    'parquet',
    ['record.storage.parquet.part_seconds=0.1'],
    (found) => found.has('steps.part0001.parquet') && found.has('episodes.part0001.parquet'),
    // a part that is not closed has another name, so that nobody takes it for one
    /^(steps|episodes)(\.part\d+)?\.parquet(\.tmp)?$/,
  ],
  ['hdf5', [FLUSHED], journal, /^(steps|episodes)\.jsonl\.gz$/],
  [
    'sqlite',
    // transactions end by their size alone
    ['record.performance.buffer.flush_interval_seconds=600'],
    (found) => (found.get('run.sqlite') ?? 0) + (found.get('run.sqlite-wal') ?? 0) > 2_000_000,
    /^run\.sqlite(-wal|-shm)?$/,
  ],
];

describe.each(KILLED)('kill -9 while record=%s records', (backend, args, isUnderWay, left) => {
  const cwd = scratchDirectory();
  let directory: string;
  beforeAll(async () => {
    directory = await killed(cwd, [`record=${backend}`, ...args], isUnderWay);
  }, 60_000);

  it('leaves the files of the format it writes', () => {
    const always = ['config.yaml', 'overrides.yaml', 'run.json', 'run.lock'];
    const data = readdirSync(join(cwd, directory)).filter((name) => !always.includes(name));
    expect(data.filter((name) => !left.test(name))).toEqual([]);
  });

  it('leaves records that are right', async () => {
    const found = await records(cwd, directory);
    expect(found.episodes.length).toBeGreaterThan(3);
    const stepsOf = new Map<unknown, number>();
    for (const { episode_id: id } of found.steps) stepsOf.set(id, (stepsOf.get(id) ?? 0) + 1);
    const torn = found.episodes.filter((each) => stepsOf.get(each['episode_id']) !== each['total_steps']);
    expect(torn).toEqual([]);
    // as in a capture that nobody killed
    const whole = await capture(['episodes=3', ...ENDLESS, 'experiment=whole'], { cwd });
    const reference = await records(cwd, whole.run_dir);
    expect(found.steps.slice(0, whole.counts.steps).map(steady)).toEqual(reference.steps.map(steady));
    expect(found.episodes.slice(0, 3).map(steady)).toEqual(reference.episodes.map(steady));
  }, 60_000);

  it('leaves a run that is unfinished, which is not damage', async () => {
    const { exitCode, stdout } = await plume(['validate', directory, '--json'], { cwd });
    expect(exitCode).toBe(1);
    const [report] = (JSON.parse(stdout) as { runs: Report[] }).runs;
    expect(report!.counts.episodes).toBeGreaterThan(3);
    const errors = report!.findings.filter(({ severity }) => severity === 'error');
    const told = new Set(errors.map(({ code, message }) => `${code}: ${message}`));
    expect([...told]).toEqual([
      'unfinished: there is no manifest.json: the run is not finished (it was killed)',
    ]);
  }, 60_000);

  it('leaves a run that is not ingested', async () => {
    const { exitCode, stderr } = await plume(['ingest', '--run-dir', directory, '--out-dir', 'lake'], {
      cwd,
    });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('is not finished: it has no manifest.json');
    expect(existsSync(join(cwd, 'lake'))).toBe(false);
  }, 60_000);
});

describe('record=none', () => {
  it('leaves nothing on disk and says so', async () => {
    const cwd = scratchDirectory();
    const outcome = await plume(['episodes=3', ...SMALL, 'record=none'], { cwd });
    expect(outcome).toMatchObject({
      exitCode: 0,
      stderr: 'running 3 episodes; record=none keeps nothing of them',
      stdout: expect.stringMatching(/^ran 3 episodes, \d+ steps in .*; nothing was recorded$/m),
    });
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('counts the steps that a recording has, and its calls in debug mode', async () => {
    const cwd = scratchDirectory();
    const recorded = await capture(['episodes=3', ...SMALL], { cwd });
    const debug = ['record.debug.enabled=true', 'record.debug.count_calls=true'];
    const { stdout } = await plume(['episodes=3', ...SMALL, 'record=none', '--json', ...debug], { cwd });
    const result = JSON.parse(stdout) as { given: Given; calls: { write: number } };
    const { steps, episodes } = recorded.counts;
    expect(result).toMatchObject({ run_dir: null, counts: recorded.counts });
    expect(result.given).toMatchObject({ steps: { rows: steps }, episodes: { rows: episodes } });
    expect(result.calls.write).toBe(result.given.steps.batches + result.given.episodes.batches);
  });

  it.each<[string, RegExp, string]>([
    ['enabled', /^given {3}steps \d+ in \d+ writes? · episodes 3 in \d+ writes?$/m, 'calls'],
    ['count_calls', /^calls {3}write \d+ · flush \d+ · close 1 · abort 0$/m, 'given'],
  ])('does what debug.%s says when it stands alone', async (key, line, other) => {
    const args = ['episodes=3', ...SMALL, 'record=none', `record.debug.${key}=true`];
    const { stdout } = await plume(args);
    expect(stdout).toMatch(line);
    expect(stdout).not.toContain(other);
  });

  it('says with --metrics what running cost', async () => {
    const cwd = scratchDirectory();
    const args = ['episodes=3', ...SMALL, 'record=none', '--json', '--metrics', 'costs/metrics.json'];
    const { counts } = JSON.parse((await plume(args, { cwd })).stdout) as { counts: { steps: number } };
    const metrics = JSON.parse(readFileSync(join(cwd, 'costs/metrics.json'), 'utf8')) as Json;
    expect(metrics).toMatchObject({
      run_id: null,
      run_dir: null,
      steps: counts.steps,
      bytes: { files: 0, ratio: null },
    });
    expect((metrics['buffer'] as { utilization_average: number }).utilization_average).toBeGreaterThan(0);
  });
});

describe('what a backend cannot do is said before there is a directory', () => {
  it.each<[string, string[], string]>([
    [
      'filters of HDF5',
      ['record=hdf5', 'record.storage.hdf5.compression=szip'],
      'szip fails on short columns',
    ],
    [
      "options of a backend of one's own",
      ['record.backend=./mine.mjs'],
      "backend './mine.mjs' failed in check",
    ],
  ])('%s', async (_what, args, message) => {
    const cwd = scratchDirectory();
    const module = `export default {
      name: 'mine', has: () => false, openReader() {}, openWriter() {},
      check() { throw new Error('no'); },
    };`;
    writeFileSync(join(cwd, 'mine.mjs'), module);
    const { exitCode, stderr } = await plume(['episodes=3', ...SMALL, ...args], { cwd });
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining(message) as string });
    expect(stderr).not.toContain('capturing');
    expect(readdirSync(cwd)).toEqual(['mine.mjs']);
  });
});

describe('--metrics', () => {
  it.each(FILES)('of record=%s say what recording cost', async (backend, files) => {
    const cwd = scratchDirectory();
    const args = ['episodes=6', ...SMALL, `record=${backend}`, '--metrics', 'costs/metrics.json'];
    const run = await capture(args, { cwd });
    const text = readFileSync(join(cwd, 'costs/metrics.json'), 'utf8');
    const metrics = JSON.parse(text) as RecordingMetrics & { run_id: string; run_dir: string };
    const { write_ms_per_step: write, buffer, queue, waits_ms: waits, bytes, memory } = metrics;
    expect(metrics).toMatchObject({
      run_id: run.run_id,
      run_dir: run.run_dir,
      steps: run.counts.steps,
    });
    expect(write.average).toBeGreaterThan(0);
    expect(write.p99).toBeGreaterThanOrEqual(write.average);
    expect(buffer).toMatchObject({ capacity_records: 4096 });
    for (const share of [buffer.utilization_average, queue.utilization_average, queue.utilization_max]) {
      expect(share).toBeGreaterThanOrEqual(0);
      expect(share).toBeLessThanOrEqual(1);
    }
    expect(buffer.utilization_average).toBeGreaterThan(0);
    expect(queue.capacity_batches).toBe(64);
    expect(Object.keys(waits)).toEqual(['for_records', 'for_room']);
    const written = run.files.filter(({ path }) => files.includes(path));
    expect(bytes.files).toBe(written.reduce((sum, file) => sum + file.bytes, 0));
    expect(bytes.ratio).toBeCloseTo(bytes.columns / bytes.files);
    expect(memory.peak_rss_mb).toBeGreaterThanOrEqual(memory.rss_mb);
  });

  it.each([['--multirun'], ['--dry-run'], ['--cfg=job'], ['--info=config']])(
    'are refused where nothing is captured by itself: %s',
    async (flag) => {
      const { exitCode, stderr } = await plume(['--metrics', 'metrics.json', flag]);
      expect({ exitCode, stderr }).toEqual({
        exitCode: 2,
        stderr: expect.stringContaining('--metrics is of one capture') as string,
      });
    },
  );
});
