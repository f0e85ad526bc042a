import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { canonicalHash, parseTypedJson, type JsonMap } from '../../src/core/canonical-json.js';
import type { Batch } from '../../src/core/batch.js';
import { CaptureError } from '../../src/core/errors.js';
import type { Clock } from '../../src/core/ports.js';
import type { Report } from '../../src/core/report.js';
import { loadConfig, toYaml } from '../../src/config/index.js';
import { capture, type CapturePorts } from '../../src/record/capture.js';
import { validateRun } from '../../src/validate/index.js';
import type { CaptureSettings, Provenance } from '../../src/record/settings.js';

const REPORT: Report = {
  ok: true,
  source: 'recording',
  checks: [],
  counts: { episodes: 0, steps: 0 },
  errors: 0,
  notes: 0,
  findings: [],
};

async function request(overrides: string[]): Promise<{ settings: CaptureSettings; provenance: Provenance }> {
  const output = mkdtempSync(join(tmpdir(), 'capture-'));
  const { composed, config } = await loadConfig({
    configPath: null,
    configName: 'data_capture/config',
    overrides: [`output=${output}`, ...overrides],
  });
  return {
    settings: { ...config, rotateBytes: config.rotate_size, runId: config.run_id },
    provenance: {
      config: composed.tree,
      configYaml: toYaml(composed.tree),
      configHash: composed.hash,
      overrides,
      overridesYaml: toYaml(overrides),
      command: ['test'],
      cwd: output,
    },
  };
}

/** Ports whose calendar stands still; a monotonic clock does so too unless the test brings one that moves. */
function ports(changes: Partial<CapturePorts> = {}): CapturePorts {
  return {
    clock: { now: () => Date.UTC(2026, 1, 3, 4, 5, 6, 789), monotonic: () => 1000 },
    signal: new AbortController().signal,
    startValidation: () => ({ addSteps: () => {}, endEpisode: () => {}, finish: () => REPORT }),
    onStart: () => {},
    onProgress: () => {},
    onWarning: () => {},
    cores: 1,
    ...changes,
  };
}

/** A monotonic clock on which every look takes 7 ms. */
function movingClock(): Clock {
  let ms = 0;
  return { now: () => Date.UTC(2026, 1, 3), monotonic: () => (ms += 7) };
}

const lines = (path: string): Record<string, unknown>[] =>
  gunzipSync(readFileSync(path))
    .toString()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('capture', () => {
  it('names the run after the clock and stamps the records with it', async () => {
    const { settings, provenance } = await request([
      'episodes=2',
      'env.grid_size=[16,16]',
      'env.max_steps=20',
    ]);
    const result = await capture(settings, provenance, ports());
    expect(result.runId).toBe('run-20260203-040506');
    const steps = lines(join(result.directory, 'steps.jsonl.gz'));
    expect(new Set(steps.map(({ ts }) => ts))).toEqual(new Set([1770091506.789]));
    expect(lines(join(result.directory, 'episodes.jsonl.gz'))[0]).toMatchObject({
      duration_ms: 0,
      avg_step_time_ms: 0,
    });
  });

  it('gives a second run of the same second the next name', async () => {
    const { settings, provenance } = await request(['episodes=1']);
    const first = await capture(settings, provenance, ports());
    const second = await capture(settings, provenance, ports());
    expect(second.runId).toBe(`${first.runId}-2`);
    expect(second.contentDigest).toBe(first.contentDigest);
  });

  it('has run.json before the first step and the manifest after the last', async () => {
    const { settings, provenance } = await request(['episodes=1', 'env.max_steps=50', 'env.goal_radius=0']);
    const seen: string[][] = [];
    let directory = '';
    await capture(
      settings,
      provenance,
      ports({
        onStart: (run) => void (directory = run.directory),
        startValidation: () => ({
          addSteps: () => void seen.push(readdirSync(directory).sort()),
          endEpisode: () => {},
          finish: () => REPORT,
        }),
      }),
    );
    expect(seen[0]).toEqual([
      'config.yaml',
      'episodes.jsonl.gz',
      'overrides.yaml',
      'run.json',
      'run.lock',
      'steps.jsonl.gz',
    ]);
    expect(readdirSync(directory)).toContain('manifest.json');
    expect(readdirSync(directory)).not.toContain('run.lock');
  });

  it('shows observers every row once, in order, whatever the batches', async () => {
    const { settings, provenance } = await request([
      'episodes=9',
      'env.max_steps=1500',
      'env.goal_radius=0',
      'seed=3',
    ]);
    const seen: [string, number][] = [];
    const ended: number[] = [];
    const result = await capture(
      settings,
      provenance,
      ports({
        startValidation: () => ({
          addSteps: (batch: Batch, from, to) => {
            const { episode_id: id, step } = batch.columns as {
              episode_id: { codes: Int32Array; dictionary: string[] };
              step: Float64Array;
            };
            for (let row = from; row < to; row++) seen.push([id.dictionary[id.codes[row]!]!, step[row]!]);
          },
          endEpisode: () => void ended.push(seen.length),
          finish: () => REPORT,
        }),
      }),
    );
    const recorded = lines(join(result.directory, 'steps.jsonl.gz')).map((r) => [r['episode_id'], r['step']]);
    expect(seen).toEqual(recorded);
    expect(seen.length).toBeGreaterThan(3 * 4096);
    let before = 0;
    const ends = lines(join(result.directory, 'episodes.jsonl.gz')).map(
      (r) => (before += r['total_steps'] as number),
    );
    expect(ended).toEqual(ends);
  });

  it('finalises what was captured when it is aborted, as status aborted', async () => {
    const { settings, provenance } = await request([
      'episodes=1000',
      'env.max_steps=700',
      'env.goal_radius=0',
    ]);
    const abort = new AbortController();
    const result = await capture(
      settings,
      provenance,
      ports({
        clock: movingClock(),
        signal: abort.signal,
        onProgress: ({ steps }) => steps > 10_000 && abort.abort(),
      }),
    );
    expect(result).toMatchObject({ status: 'aborted' });
    expect(result.counts.episodes).toBeLessThan(1000);
    const steps = lines(join(result.directory, 'steps.jsonl.gz'));
    expect(steps).toHaveLength(result.counts.steps);
    expect(lines(join(result.directory, 'episodes.jsonl.gz'))).toHaveLength(result.counts.episodes);
  });

  it.each([1, 8, 64, 700])('validates after an abort anywhere, episodes of %i steps', async (maxSteps) => {
    for (let after = 1; after <= 6; after++) {
      const { settings, provenance } = await request([
        'episodes=5000',
        'record.performance.buffer.max_records=50',
        `env.max_steps=${maxSteps}`,
        'env.goal_radius=0',
      ]);
      const abort = new AbortController();
      let calls = 0;
      const result = await capture(
        settings,
        provenance,
        ports({
          clock: movingClock(),
          signal: abort.signal,
          onProgress: () => ++calls === after && abort.abort(),
        }),
      );
      expect(result.status).toBe('aborted');
      expect(await validateRun(result.directory)).toMatchObject({ ok: true, findings: [] });
    }
  });

  it('is on disk after the flush interval, however slow the steps are', async () => {
    const { settings, provenance } = await request([
      'episodes=1',
      'env.max_steps=2000',
      'env.goal_radius=0',
      'record.performance.buffer.flush_interval_seconds=0.1',
    ]);
    let directory = '';
    const sizes: number[] = [];
    await capture(
      settings,
      provenance,
      ports({
        clock: movingClock(),
        onStart: (run) => void (directory = run.directory),
        onProgress: () => void sizes.push(statSync(join(directory, 'steps.jsonl.gz')).size),
      }),
    );
    expect(new Set(sizes).size).toBeGreaterThan(1);
  });

  it('writes the same bytes whatever the size of the buffer', async () => {
    const bytes: Record<string, Buffer[]> = {};
    for (const records of [1, 7, 4096, 100_000]) {
      const { settings, provenance } = await request([
        'episodes=3',
        'env.max_steps=300',
        'clock=sim',
        'run_id=run-20260203-040506',
        `record.performance.buffer.max_records=${records}`,
      ]);
      const { directory } = await capture(settings, provenance, ports());
      for (const name of ['steps.jsonl.gz', 'episodes.jsonl.gz'])
        (bytes[name] ??= []).push(readFileSync(join(directory, name)));
    }
    for (const [first, ...others] of Object.values(bytes))
      for (const other of others) expect(other.equals(first!)).toBe(true);
  });

  it.each(['snappy', 'gzip', 'lz4', 'brotli', 'zstd', 'none'])('writes Parquet with %s', async (codec) => {
    const { settings, provenance } = await request([
      'parquet=true',
      `record.storage.parquet.compression=${codec}`,
    ]);
    const { directory } = await capture(settings, provenance, ports());
    expect(await validateRun(directory)).toMatchObject({ ok: true, findings: [] });
  });

  it('refuses actions for fewer episodes than asked before it makes anything', async () => {
    const { settings, provenance } = await request([
      'policy=scripted',
      'policy.actions_file=a.json',
      'episodes=3',
    ]);
    const file = join(settings.output, 'a.json');
    writeFileSync(file, '[[0], [1]]');
    const policy = { name: 'scripted' as const, actions_file: file };
    await expect(capture({ ...settings, policy }, provenance, ports())).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining('actions for 2 episodes, not for 3'),
    });
    expect(readdirSync(settings.output)).toEqual(['a.json']);
  });

  it('leaves nothing when run.json cannot be written', async () => {
    const { settings, provenance } = await request(['episodes=1']);
    // what no file can hold: the write fails after the directory is claimed
    const failing = { ...provenance, configYaml: { toString: () => 'no text' } as unknown as string };
    await expect(capture(settings, failing, ports())).rejects.toMatchObject({ kind: 'io' });
    expect(readdirSync(join(settings.output, 'demo'))).toEqual([]);
  });

  it('leaves nothing when a writer cannot be opened', async () => {
    const { settings, provenance } = await request(['episodes=1']);
    const onStart = ({ directory }: { directory: string }): void =>
      writeFileSync(join(directory, 'steps.jsonl.gz'), '');
    await expect(capture(settings, provenance, ports({ onStart }))).rejects.toMatchObject({
      kind: 'io',
      message: expect.stringContaining('steps.jsonl.gz: it exists already'),
    });
    expect(readdirSync(join(settings.output, 'demo'))).toEqual([]);
  });

  it('writes a manifest whose digests Python would compute', async () => {
    const { settings, provenance } = await request(['episodes=1', 'env.goal_radius=5']);
    const { directory } = await capture(settings, provenance, ports());
    const manifest = parseTypedJson(readFileSync(join(directory, 'manifest.json'), 'utf8')) as JsonMap;
    const { manifest_digest: digest, ...rest } = manifest;
    expect(canonicalHash(rest)).toBe(digest);
    expect(canonicalHash(manifest['env_config']!)).toBe(manifest['env_config_hash']);
    const run = parseTypedJson(readFileSync(join(directory, 'run.json'), 'utf8')) as {
      extra: { config: JsonMap };
    };
    expect(canonicalHash(run.extra.config)).toBe(manifest['config_hash']);
  });

  it('ends in order when the disk refuses: no manifest, no lock, an io error', async () => {
    const { settings, provenance } = await request(['episodes=1']);
    let directory = '';
    const failing = capture(
      settings,
      provenance,
      ports({
        onStart: (run) => void (directory = run.directory),
        startValidation: () => ({
          addSteps: () => {
            throw new CaptureError('io', 'cannot write steps.jsonl.gz: the disk is full');
          },
          endEpisode: () => {},
          finish: () => REPORT,
        }),
      }),
    );
    await expect(failing).rejects.toMatchObject({
      kind: 'io',
      message: expect.stringContaining('steps.jsonl.gz'),
    });
    expect(existsSync(join(directory, 'run.json'))).toBe(true);
    expect(existsSync(join(directory, 'manifest.json'))).toBe(false);
    expect(existsSync(join(directory, 'run.lock'))).toBe(false);
  });
});
