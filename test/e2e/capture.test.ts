import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { manifestSchema, runSchema } from '../../src/core/records.js';
import { BINARY, capture, plume, scratchDirectory, type CaptureJson } from './binary.js';

const read = (path: string): string => readFileSync(path, 'utf8');
const records = (path: string): Record<string, unknown>[] =>
  gunzipSync(readFileSync(path))
    .toString()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("the runbook's two commands", () => {
  it('flags', async () => {
    const cwd = scratchDirectory();
    const { exitCode, stdout, stderr } = await plume(
      ['--output', 'results', '--experiment', 'demo', '--episodes', '2', '--seed', '100', '--grid', '8x8'],
      { cwd },
    );
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: expect.stringContaining('capturing 2 episodes into results/demo/run-'),
    });
    expect(stdout).toMatch(/^captured 2 episodes, \d+ steps? in /);
    const [runId] = readdirSync(join(cwd, 'results/demo'));
    expect(readdirSync(join(cwd, 'results/demo', runId!)).sort()).toEqual([
      'config.yaml',
      'episodes.jsonl.gz',
      'manifest.json',
      'overrides.yaml',
      'run.json',
      'steps.jsonl.gz',
    ]);
    const run = runSchema.parse(JSON.parse(read(join(cwd, 'results/demo', runId!, 'run.json'))));
    expect(run).toMatchObject({
      run_id: runId,
      experiment: 'demo',
      base_seed: 100,
      episode_seeds: [100, 101],
    });
    expect(run.env_config.grid_size).toEqual([8, 8]);
  });

  it('config overrides', async () => {
    const cwd = scratchDirectory();
    const outcome = await plume(
      [
        '--config-name',
        'data_capture/config',
        'episodes=5',
        'env.max_steps=250',
        'env.grid_size=[64,64]',
        'experiment=batch-20231106',
      ],
      { cwd },
    );
    expect(outcome.exitCode).toBe(0);
    const [runId] = readdirSync(join(cwd, 'results/batch-20231106'));
    const directory = join(cwd, 'results/batch-20231106', runId!);
    expect(records(join(directory, 'episodes.jsonl.gz'))).toHaveLength(5);
    expect(read(join(directory, 'overrides.yaml'))).toContain('env.max_steps=250');
  });

  it('a flag is an override and wins', async () => {
    const cwd = scratchDirectory();
    const byFlag = await capture(['seed=7', '--seed', '1', 'episodes=1'], { cwd });
    const byOverride = await capture(['episodes=1', 'seed=1'], { cwd });
    expect(byFlag.config_hash).toBe(byOverride.config_hash);
    expect(byFlag.content_digest).toBe(byOverride.content_digest);
  });
});

describe('a captured run', () => {
  let cwd: string;
  let result: CaptureJson;
  beforeAll(async () => {
    cwd = scratchDirectory();
    result = await capture(
      ['episodes=3', 'env.grid_size=[32,24]', 'env.max_steps=300', 'seed=5', '--parquet'],
      { cwd },
    );
  });
  const file = (name: string): string => join(cwd, result.run_dir, name);

  it('has a manifest that keeps the contract', () => {
    const manifest = manifestSchema.parse(JSON.parse(read(file('manifest.json'))));
    expect(manifest).toMatchObject({
      status: 'complete',
      counts: result.counts,
      config_hash: result.config_hash,
      content_digest: result.content_digest,
      seed_summary: { unique_count: 3, min: 5, max: 7, base_seed: 5 },
      validation: { ok: true, errors: 0, source: 'recording' },
    });
    expect(Object.keys(manifest).at(-1)).toBe('manifest_digest');
    expect(manifest.files.map(({ path }) => path).sort()).toEqual([
      'config.yaml',
      'episodes.jsonl.gz',
      'episodes.parquet',
      'overrides.yaml',
      'run.json',
      'steps.jsonl.gz',
      'steps.parquet',
    ]);
    expect(manifest.command.slice(0, 2)).toEqual(['plume-nav-capture', 'capture']);
  });

  it('validates', async () => {
    const outcome = await plume(['validate', result.run_dir, '--json'], { cwd });
    expect(outcome.exitCode).toBe(0);
  });

  it('has as many rows as it says', () => {
    expect(records(file('steps.jsonl.gz'))).toHaveLength(result.counts.steps);
    expect(records(file('episodes.jsonl.gz'))).toHaveLength(3);
  });

  it('is no longer locked', () => {
    expect(existsSync(file('run.lock'))).toBe(false);
  });
});

describe('one seed, one answer', () => {
  it('clock: sim with a run_id gives identical files', async () => {
    const args = ['episodes=3', 'clock=sim', 'run_id=run-20260101-000000', 'fps=10', 'env.grid_size=[16,16]'];
    const [a, b] = [scratchDirectory(), scratchDirectory()];
    const [first] = await Promise.all([capture(args, { cwd: a }), capture(args, { cwd: b })]);
    for (const name of ['steps.jsonl.gz', 'episodes.jsonl.gz']) {
      expect(
        readFileSync(join(a, first.run_dir, name)).equals(readFileSync(join(b, first.run_dir, name))),
      ).toBe(true);
    }
    const [one, two] = records(join(a, first.run_dir, 'steps.jsonl.gz'));
    expect(one!['ts']).toBe(Date.UTC(2026, 0, 1) / 1000 + 0.1);
    expect(two!['ts']).toBe(Date.UTC(2026, 0, 1) / 1000 + 0.2);
    expect(records(join(a, first.run_dir, 'episodes.jsonl.gz'))[0]).toMatchObject({
      duration_ms: null,
      avg_step_time_ms: null,
    });
  });

  it('refuses a run_id that is taken', async () => {
    const cwd = scratchDirectory();
    const args = ['episodes=1', 'run_id=run-20260101-000000'];
    await capture(args, { cwd });
    const outcome = await plume(args, { cwd });
    expect(outcome).toMatchObject({ exitCode: 2, stdout: '' });
    expect(outcome.stderr).toContain('run_id run-20260101-000000 is taken');
  });

  it('run ids never collide, even for 50 captures started at once', async () => {
    const cwd = scratchDirectory();
    const runs = await Promise.all(
      Array.from({ length: 50 }, () => capture(['episodes=1', 'env.grid_size=[8,8]'], { cwd })),
    );
    expect(new Set(runs.map(({ run_id: id }) => id)).size).toBe(50);
    expect(new Set(runs.map(({ content_digest: digest }) => digest)).size).toBe(1);
    expect((await plume(['validate', '--all', 'results'], { cwd })).exitCode).toBe(0);
  }, 120_000);
});

describe('interruption', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)(
    '%s finalises what was captured and exits %i',
    async (signal, code) => {
      const cwd = scratchDirectory();
      const child = execa(
        process.execPath,
        [BINARY, 'capture', '--json', 'episodes=1000000', 'env.max_steps=500', 'env.goal_radius=0'],
        { cwd, reject: false },
      );
      const steps = join(cwd, 'results');
      for (let waited = 0; waited < 20_000 && !existsSync(steps); waited += 20)
        await new Promise((resolve) => setTimeout(resolve, 20));
      await new Promise((resolve) => setTimeout(resolve, 500));
      child.kill(signal);
      // of a terminal that is closed the shell and the kernel each tell
      if (signal === 'SIGHUP') setTimeout(() => child.kill(signal), 2);
      const { exitCode, stdout } = await child;
      expect(exitCode).toBe(code);
      const result = JSON.parse(stdout) as CaptureJson;
      expect(result).toMatchObject({ status: 'aborted', validation: { ok: true } });
      expect((await plume(['validate', result.run_dir], { cwd })).exitCode).toBe(0);
    },
    60_000,
  );
});

describe('bad input ends in one clear line and nothing half-written', () => {
  const cwd = scratchDirectory();
  mkdirSync(join(cwd, 'conf/data_capture'), { recursive: true });
  writeFileSync(join(cwd, 'conf/data_capture/config.yaml'), 'a: 1\nb: [1, 2\nc: 3\n');
  mkdirSync(join(cwd, 'not-zarr'));
  writeFileSync(join(cwd, 'file'), '');
  cpSync(
    fileURLToPath(new URL('../golden/gaussian_plume_demo.zarr', import.meta.url)),
    join(cwd, 'corrupt.zarr'),
    { recursive: true },
  );
  truncateSync(join(cwd, 'corrupt.zarr/concentration/7.1.0'), 20_000);
  writeFileSync(join(cwd, 'actions.json'), '[0, 1, 9]');
  it.each([
    ['unknown key', ['env.grid_sise=[8,8]'], 2, 'env.grid_size'],
    ['bad grid', ['--grid', '8by8'], 2, '--grid'],
    ['grid of nothing', ['--grid', '0x8'], 2, '0x8'],
    ['grid of nothing, as an override', ['env.grid_size=[0,8]'], 2, 'env.grid_size'],
    ['no episodes', ['episodes=0'], 2, 'episodes'],
    ['negative seed', ['seed=-1'], 2, 'seed'],
    ['seed beyond 2^53', ['seed=9007199254740991'], 2, 'seed'],
    ['missing config', ['--config-name', 'data_capture/nope'], 2, 'data_capture/nope'],
    ['unreadable YAML', ['--config-path', 'conf'], 2, 'config.yaml:'],
    ['missing movie', ['env/plume=movie', 'movie.path=nowhere.zarr'], 2, 'nowhere.zarr'],
    ['no movie path', ['env/plume=movie'], 2, 'movie.path'],
    ['a movie that is none', ['env/plume=movie', 'movie.path=not-zarr'], 2, 'not-zarr'],
    [
      'a movie with a damaged chunk',
      ['env/plume=movie', 'movie.path=corrupt.zarr'],
      2,
      'corrupt chunk 7.1.0',
    ],
    ['group set as a value', ['env.plume=movie'], 2, 'env/plume=movie'],
    ['unknown policy', ['policy=surge'], 2, 'surge_and_cast'],
    ['experiment that escapes', ['experiment=../x'], 2, '../x'],
    ['output that is a file', ['output=file'], 5, 'file'],
    ['no actions file', ['policy=scripted', 'policy.actions_file=none.json'], 2, 'none.json'],
    ['an action there is not', ['policy=scripted', 'policy.actions_file=actions.json'], 2, 'actions.json'],
    ['an output that cannot be made', ['output=/proc/none'], 5, '/proc/none'],
    ['a value JSON cannot hold', ['+vars.x=nan'], 2, 'vars.x'],
    ['a clock that never ticks', ['clock=sim', 'fps=1e-300'], 2, 'fps'],
    ['more episodes than a run can list', ['episodes=5000000000'], 2, 'episodes'],
    ['a key of another policy', ['policy.persistence=2'], 2, 'policy.persistence'],
    ['a line break in a value', ['experiment="a\nb"'], 2, 'a\\nb'],
    ['mistyped command', ['validte'], 2, "did you mean 'validate'?"],
    ['unknown flag', ['--episode', '3'], 2, '--episodes'],
  ])('%s', async (_what, args, code, names) => {
    const outcome = await plume(args, { cwd });
    expect(outcome).toMatchObject({ exitCode: code, stdout: '' });
    expect(outcome.stderr).toContain(names);
    expect(outcome.stderr).not.toMatch(/^\s+at /m);
    expect(outcome.stderr.trim().split('\n').length).toBe(1);
    expect(existsSync(join(cwd, 'results'))).toBe(false);
  });
});

describe('help', () => {
  it.each([
    [['--help']],
    [['capture', '--help']],
    [['validate', '--help']],
    [['ingest', '--help']],
    [['prune', '--help']],
  ])('%j has examples and exit codes', async (args) => {
    const { exitCode, stdout } = await plume(args);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Examples:');
    expect(stdout).toContain('Exit codes:');
  });

  it('a full disk behind stdout is an I/O failure, in one line', async () => {
    const { exitCode, stderr } = await execa(
      'bash',
      ['-c', `"${process.execPath}" "${BINARY}" --cfg job > /dev/full`],
      { reject: false },
    );
    expect(exitCode).toBe(5);
    expect(stderr).toMatch(/^plume-nav-capture: cannot write to stdout: .*ENOSPC.*$/);
  });

  it('a working directory that is gone is said in one line', async () => {
    const script = `d=$(mktemp -d) && cd "$d" && rmdir "$d" && "${process.execPath}" "${BINARY}" --cfg job`;
    const { exitCode, stderr } = await execa('bash', ['-c', script], { reject: false });
    expect(exitCode).toBe(2);
    expect(stderr.split('\n').at(-1)).toContain('the working directory no longer exists');
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('--dry-run --json keeps integers and floats apart', async () => {
    const { stdout } = await plume(['--dry-run', '--json', '+vars.x=12345678901234567890', '+vars.y=5.0']);
    expect(stdout).toContain('"vars":{"x":12345678901234567890,"y":5.0}');
    expect(JSON.parse(stdout)).toMatchObject({ dry_run: true, episodes: 2 });
  });

  it('a closed pipe is not an error', async () => {
    const { stdout } = await execa('bash', [
      '-c',
      `set -o pipefail; "${process.execPath}" "${BINARY}" --cfg job | head -1; echo "\${PIPESTATUS[0]}"`,
    ]);
    expect(stdout.split('\n').at(-1)).toBe('0');
  });
});
