import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { BINARY, capture, plume, scratchDirectory } from './binary.js';

interface Job {
  job: number;
  swept: Record<string, string>;
  overrides: string[];
  status: string;
  run_id: string | null;
  run_dir: string | null;
  counts: { episodes: number; steps: number } | null;
  outcome: { terminated: number; mean_return: number; mean_steps: number } | null;
  config_hash: string;
  content_digest: string | null;
  elapsed_ms: number | null;
  error: string | null;
}
interface Sweep {
  sweep_dir: string;
  jobs: Job[];
  summary: Record<string, number>;
}

const sweepOf = (stdout: string): Sweep => JSON.parse(stdout) as Sweep;

async function sweep(args: readonly string[], cwd: string): Promise<Sweep> {
  const { exitCode, stdout, stderr } = await plume(['--json', ...args], { cwd });
  if (exitCode !== 0) throw new Error(`the sweep exited ${exitCode}: ${stderr}`);
  return sweepOf(stdout);
}

/** Run directories of an experiment, each with the status in its manifest, null without one. */
function runsOf(cwd: string, experiment = 'demo'): Map<string, string | null> {
  const folder = join(cwd, 'results', experiment);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return new Map(
    names.map((name) => {
      const manifest = join(folder, name, 'manifest.json');
      const text = existsSync(manifest) ? readFileSync(manifest, 'utf8') : null;
      return [name, text === null ? null : (JSON.parse(text) as { status: string }).status];
    }),
  );
}

const completeRuns = (cwd: string): string[] =>
  [...runsOf(cwd)].filter(([, status]) => status === 'complete').map(([name]) => name);

async function until(what: string, condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 5) {
    if (waited > 20_000) throw new Error(`waited in vain until ${what}`);
    await sleep(5);
  }
}

/**
 * Processes that write a run now, by the locks of the runs; the last to start first. One that has not begun to record,
 * or is through with it, is not among them.
 */
function writers(cwd: string): number[] {
  const folders = [...runsOf(cwd).keys()].map((name) => join(cwd, 'results/demo', name));
  const begun = folders.filter(
    (folder) => existsSync(join(folder, 'steps.jsonl.gz')) && !existsSync(join(folder, 'manifest.json')),
  );
  const locks = begun.map((folder) => join(folder, 'run.lock'));
  const found = locks.flatMap((lock) => {
    try {
      const { pid } = JSON.parse(readFileSync(lock, 'utf8')) as { pid: number };
      return [{ pid, since: statSync(lock).mtimeMs }];
    } catch {
      // not there, or not all written
      return [];
    }
  });
  return found.sort((a, b) => b.since - a.since).map(({ pid }) => pid);
}

/** Some hundred milliseconds a job. */
const SLOW = ['episodes=500', 'env.max_steps=500', 'env.goal_radius=0'];
const SLOW_SWEEP = ['-m', 'seed=range(1,7)', ...SLOW, '--jobs', '2'];

/** Starts a sweep and gives it back when its first job has ended and others are at work. */
async function startSweep(args: readonly string[], cwd: string, options: { detached?: boolean } = {}) {
  const child = execa(process.execPath, [BINARY, ...args], {
    cwd,
    reject: false,
    stdin: 'ignore',
    ...options,
  });
  let stderr = '';
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  await until(
    'a job has ended and another is at work',
    () => /^job \d/m.test(stderr) && writers(cwd).length > 0,
  );
  const [name] = readdirSync(join(cwd, 'results/multirun'));
  return { child, directory: join('results/multirun', name!) };
}

/** The digests of single captures with what each job of the slow sweep has. */
let slowDigests: string[];
beforeAll(async () => {
  slowDigests = [];
  const cwd = scratchDirectory();
  for (let seed = 1; seed < 7; seed++) {
    slowDigests.push((await capture([...SLOW, `seed=${seed}`], { cwd })).content_digest);
  }
}, 60_000);

const runIds = ({ jobs }: Sweep): string[] => jobs.map(({ run_id: runId }) => runId ?? '').sort();
const digests = ({ jobs }: Sweep): (string | null)[] => jobs.map(({ content_digest: digest }) => digest);

describe('a sweep of twelve', () => {
  const ARGS = [
    '-m',
    'seed=1,2,3',
    'policy=random,surge_and_cast',
    'env.grid_size=[32,32],[64,64]',
    '--jobs',
    '2',
  ];
  let cwd: string;
  let stderr: string;
  let result: Sweep;
  beforeAll(async () => {
    cwd = scratchDirectory();
    const outcome = await plume([...ARGS, '--json'], { cwd });
    ({ stderr } = outcome);
    expect(outcome.exitCode).toBe(0);
    result = sweepOf(outcome.stdout);
  });

  it('has a run for each combination, the last key fastest', () => {
    expect(result.summary).toMatchObject({ jobs: 12, complete: 12, failed: 0 });
    expect(result.jobs.map(({ job }) => job)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(result.jobs.slice(0, 5).map(({ swept }) => Object.values(swept).join(' '))).toEqual([
      '1 random [32,32]',
      '1 random [64,64]',
      '1 surge_and_cast [32,32]',
      '1 surge_and_cast [64,64]',
      '2 random [32,32]',
    ]);
    expect(new Set(result.jobs.map(({ run_dir: runDir }) => runDir)).size).toBe(12);
    expect(completeRuns(cwd)).toHaveLength(12);
  });

  it('records what single captures with the same overrides record', async () => {
    const elsewhere = scratchDirectory();
    for (const job of result.jobs) {
      const alone = await capture(job.overrides, { cwd: elsewhere });
      expect(alone).toMatchObject({
        content_digest: job.content_digest,
        config_hash: job.config_hash,
        counts: job.counts,
      });
    }
  }, 60_000);

  it('sums up the episodes as the records have them', async () => {
    for (const { run_dir: runDir, outcome } of result.jobs) {
      const { stdout } = await execa('zcat', [join(cwd, runDir!, 'episodes.jsonl.gz')]);
      const episodes = stdout.split('\n').map((line) => JSON.parse(line) as Record<string, number | boolean>);
      const mean = (key: string): number =>
        episodes.reduce((sum, episode) => sum + (episode[key] as number), 0) / episodes.length;
      expect(outcome).toEqual({
        terminated: episodes.filter(({ terminated }) => terminated).length,
        mean_return: mean('total_reward'),
        mean_steps: mean('total_steps'),
      });
    }
  });

  it('says on stderr where it goes and how each job ends', () => {
    const lines = stderr.split('\n');
    expect(lines[0]).toBe(`sweep of 12 jobs into ${result.sweep_dir}`);
    const job = result.jobs[2]!;
    expect(lines).toContain(
      `job 3/12  seed=1 policy=surge_and_cast env.grid_size=[32,32]  complete  ${job.counts!.steps} steps  ${job.run_dir}`,
    );
    expect(lines).toHaveLength(13);
  });

  it('keeps its plan and its ledger in a folder of its own', () => {
    expect(readdirSync(join(cwd, result.sweep_dir)).sort()).toEqual(['jobs.jsonl', 'multirun.yaml']);
    expect(readFileSync(join(cwd, result.sweep_dir, 'multirun.yaml'), 'utf8')).toContain(
      'overrides: ["seed=1,2,3","policy=random,surge_and_cast","env.grid_size=[32,32],[64,64]"]\n',
    );
  });

  it('has nothing left: --resume-sweep says so and prints the same', async () => {
    const again = await plume(['--resume-sweep', result.sweep_dir, '--json'], { cwd });
    expect(again).toMatchObject({
      exitCode: 0,
      stderr: `${result.sweep_dir} is finished, nothing is left to run`,
    });
    expect(sweepOf(again.stdout)).toEqual(result);
    expect(completeRuns(cwd)).toHaveLength(12);
  });

  it('prints a table without --json', async () => {
    const { stdout } = await plume(['--resume-sweep', result.sweep_dir], { cwd });
    const lines = stdout.split('\n');
    expect(lines).toHaveLength(14);
    expect(lines[0]).toMatch(
      /^job {2}seed {2}policy +env\.grid_size {2}status +episodes {2}success +return +steps {2}run in results\/demo$/,
    );
    expect(lines[3]).toMatch(
      /^ {2}3 {2}1 +surge_and_cast {2}\[32,32\] +complete +2 +1\.00 +0\.72 +29\.0 {2}run-/,
    );
    expect(lines[13]).toBe('12 jobs: 12 complete');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(110);
  });

  it('is passed over by the other commands, in an experiment called multirun, too', async () => {
    await sweep(['-m', 'experiment=multirun', 'episodes=1', 'env.max_steps=5'], cwd);
    const validated = await plume(['validate', '--all', 'results'], { cwd });
    expect(validated).toMatchObject({ exitCode: 0, stderr: '' });
    expect(validated.stdout).not.toContain('sweep-');
    const pruned = await plume(['prune', 'results', '--keep-last', '1', '--yes'], { cwd });
    expect(pruned.exitCode).toBe(0);
    expect(pruned.stdout + pruned.stderr).not.toContain('sweep-');
    expect(existsSync(join(cwd, result.sweep_dir, 'multirun.yaml'))).toBe(true);
    const ingested = await plume(['ingest', '--run-dir', result.sweep_dir, '--out-dir', 'data'], { cwd });
    expect(ingested.exitCode).toBe(2);
    expect(ingested.stderr).toContain('is not a run directory');
    expect(existsSync(join(cwd, 'data'))).toBe(false);
  });
});

describe('without a sweep in the overrides', () => {
  it('is one job', async () => {
    const cwd = scratchDirectory();
    const { jobs, summary } = await sweep(['-m', 'seed=5', 'episodes=1'], cwd);
    expect(summary['jobs']).toBe(1);
    expect(jobs[0]).toMatchObject({
      job: 1,
      swept: {},
      status: 'complete',
      overrides: ['seed=5', 'episodes=1'],
    });
  });

  it('flags are part of every job and win', async () => {
    const cwd = scratchDirectory();
    const { jobs } = await sweep(['-m', 'seed=5,6', '--grid', '8x8', '--episodes', '1'], cwd);
    const alone = await capture(['seed=6', '--grid', '8x8', '--episodes', '1'], { cwd });
    expect(jobs[1]).toMatchObject({ config_hash: alone.config_hash, content_digest: alone.content_digest });
  });
});

describe('a dry run', () => {
  it('lists the jobs and writes nothing', async () => {
    const cwd = scratchDirectory();
    const outcome = await plume(['-m', 'seed=1,2', 'policy=random,surge_and_cast', '--dry-run'], { cwd });
    expect(outcome).toMatchObject({ exitCode: 0, stderr: '4 jobs would run; every one was checked' });
    expect(outcome.stdout.split('\n').map((line) => line.replace(/ +[0-9a-f]{12}$/, ''))).toEqual([
      'job  seed  policy          config_hash',
      '  1  1     random',
      '  2  1     surge_and_cast',
      '  3  2     random',
      '  4  2     surge_and_cast',
    ]);
    const { stdout } = await plume(['-m', 'seed=1,2', '--dry-run', '--json'], { cwd });
    expect(JSON.parse(stdout)).toMatchObject({
      dry_run: true,
      jobs: [
        {
          job: 1,
          swept: { seed: '1' },
          overrides: ['seed=1'],
          config_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
        { job: 2 },
      ],
    });
    expect(readdirSync(cwd)).toEqual([]);
  });
});

describe('what is wrong is said before anything is written', () => {
  const cwd = scratchDirectory();
  mkdirSync(join(cwd, 'results/demo/run-20260101-000000'), { recursive: true });
  mkdirSync(join(cwd, 'no-sweep'));
  const before = readdirSync(cwd, { recursive: true });
  it.each([
    ['one job of several', ['-m', 'seed=1,-2'], 'job 2 (seed=-2): seed: expected an integer >= 0, not -2'],
    ['several jobs', ['-m', 'seed=1,2', 'policy=random,surge'], 'job 2 (seed=1 policy=surge) and 1 other: '],
    ['all jobs', ['-m', 'seed=1,2', 'env.max_step=5'], "all 2 jobs: unknown key 'env.max_step'"],
    ['the only job', ['-m', 'seed=-1'], 'plume-nav-capture: seed: expected'],
    [
      'a movie there is not',
      ['-m', 'seed=1,2', 'env/plume=movie', 'movie.path=none.zarr'],
      "all 2 jobs: cannot open the movie 'none.zarr'",
    ],
    ['no actions', ['-m', 'seed=1,2', 'policy=scripted', 'policy.actions_file=none.json'], 'none.json'],
    [
      'one run_id for two jobs',
      ['-m', 'seed=1,2', 'run_id=a'],
      'job 2 (seed=2): run_id a in results/demo is that of job 1, too',
    ],
    [
      'a run_id that is taken',
      ['-m', 'run_id=run-20260101-000000,b'],
      'job 1 (run_id=run-20260101-000000): run_id run-20260101-000000 is taken',
    ],
    [
      'a run_id without a time for clock: sim',
      ['-m', 'run_id=run-20260101-000001,a', 'clock=sim'],
      'job 2 (run_id=a): run_id: expected run-YYYYMMDD-HHMMSS',
    ],
    ['an experiment that escapes', ['-m', 'experiment=../a,b'], '../a'],
    ['nothing recorded', ['-m', 'seed=1,2', 'record=none'], 'all 2 jobs: record=none leaves no run'],
    ['no jobs at a time', ['-m', 'seed=1,2', '--jobs', '0'], "--jobs: expected an integer >= 1, not '0'"],
    ['half a job at a time', ['-m', 'seed=1,2', '--jobs', '0.5'], "not '0.5'"],
    [
      'no folder of a sweep',
      ['--resume-sweep', 'no-sweep'],
      'no-sweep is not the folder of a sweep: it has no multirun.yaml',
    ],
    ['overrides for a sweep that is planned', ['--resume-sweep', 'no-sweep', 'seed=3'], 'as it was planned'],
    [
      'a config for a sweep that is planned',
      ['--resume-sweep', 'no-sweep', '--config-name', 'a'],
      'as it was planned',
    ],
    ['flags for a sweep that is planned', ['--resume-sweep', 'no-sweep', '--seed', '3'], 'as it was planned'],
    ['text that needs no quotes', ['-m', 'seed=0x1,2'], 'job 1 (seed=0x1): seed: expected'],
    ['no override', ['-m', 'seed'], "'seed' is neither a command nor an override"],
  ])('%s', async (_what, args, names) => {
    const outcome = await plume(args, { cwd });
    expect(outcome).toMatchObject({ exitCode: 2, stdout: '' });
    expect(outcome.stderr).toContain(names);
    expect(outcome.stderr.split('\n')).toHaveLength(1);
    expect(readdirSync(cwd, { recursive: true })).toEqual(before);
  });

  it('all of it at once, but no more than a screen', async () => {
    const { exitCode, stderr } = await plume(['-m', 'seed=range(-30,0)', 'episodes=0,1'], { cwd });
    expect(exitCode).toBe(2);
    const lines = stderr.split('\n');
    expect(lines[0]).toBe('plume-nav-capture: 31 problems in the sweep, nothing was run:');
    expect(lines[2]).toBe(
      "  job 1 (seed=-30 episodes=0) and 1 other: seed: expected an integer >= 0, not -30 (override 'seed=-30')",
    );
    expect(lines.at(-1)).toBe('  and 11 more');
    expect(lines).toHaveLength(22);
  });
});

describe('a job that fails', () => {
  it('stops no other, and can run again', async () => {
    const cwd = scratchDirectory();
    writeFileSync(join(cwd, 'file'), '');
    const outcome = await plume(['-m', 'output=results,file/below', 'seed=1,2', 'episodes=1', '--json'], {
      cwd,
    });
    expect(outcome.exitCode).toBe(3);
    const { jobs, summary, sweep_dir: directory } = sweepOf(outcome.stdout);
    expect(jobs.map(({ status }) => status)).toEqual(['complete', 'complete', 'failed', 'failed']);
    expect(summary).toMatchObject({ jobs: 4, complete: 2, failed: 2 });
    expect(jobs[2]).toMatchObject({
      run_dir: null,
      counts: null,
      error: expect.stringContaining('file/below'),
    });
    expect(outcome.stderr).toContain(
      'job 3/4  output=file/below seed=1  failed: cannot make directory file/below',
    );
    expect(outcome.stderr).toContain(
      `what failed can run again: plume-nav-capture --resume-sweep ${directory}`,
    );

    rmSync(join(cwd, 'file'));
    const again = await plume(['--resume-sweep', directory, '--json'], { cwd });
    expect(again.exitCode).toBe(0);
    expect(again.stderr).toContain('sweep of the remaining 2 of 4 jobs');
    const resumed = sweepOf(again.stdout);
    expect(resumed.jobs.slice(0, 2)).toEqual(jobs.slice(0, 2));
    expect(resumed.jobs[2]!.content_digest).toBe(jobs[0]!.content_digest);
  });

  it('because its process was killed, names the cause; another process takes the rest', async () => {
    const cwd = scratchDirectory();
    const { child } = await startSweep([...SLOW_SWEEP, '--json'], cwd);
    // the job that was at work a moment ago may have ended
    await until('a job at work is killed', () => {
      const [pid] = writers(cwd);
      return pid !== undefined && process.kill(pid, 'SIGKILL');
    });
    const { exitCode, stdout } = await child;
    const { jobs, summary, sweep_dir: directory } = sweepOf(stdout);
    expect({ exitCode, summary }).toMatchObject({ exitCode: 3, summary: { complete: 5, failed: 1 } });
    const failed = jobs.find(({ status }) => status === 'failed')!;
    expect(failed.error).toContain('its process was killed (SIGKILL)');
    expect(digests(await sweep(['--resume-sweep', directory], cwd))).toEqual(slowDigests);
  }, 60_000);

  it('as all do when the folder of the sweep cannot be made: exit 5', async () => {
    const cwd = scratchDirectory();
    writeFileSync(join(cwd, 'results'), '');
    const outcome = await plume(['-m', 'seed=1,2'], { cwd });
    expect(outcome).toMatchObject({ exitCode: 5, stdout: '' });
    expect(outcome.stderr).toMatch(
      /^plume-nav-capture: cannot make directory results\/multirun\/sweep-[^\n]*$/,
    );
  });
});

describe('a sweep that is finished, but has lost runs since', () => {
  it('runs their jobs again, and says so', async () => {
    const cwd = scratchDirectory();
    const before = await sweep(['-m', 'seed=1,2,3,4', 'episodes=1'], cwd);
    const [first, second] = before.jobs.map(({ run_dir: runDir }) => runDir!) as [string, string];
    rmSync(join(cwd, first), { recursive: true });
    rmSync(join(cwd, second, 'manifest.json'));
    const said = [
      `job 1: its run ${first} is gone; it will run again`,
      `job 2: its run ${second} is no longer whole; it will run again`,
    ];

    const dry = await plume(['--resume-sweep', before.sweep_dir, '--dry-run'], { cwd });
    expect(dry.exitCode).toBe(0);
    expect(dry.stderr.split('\n')).toEqual([...said, '2 jobs would run; every one was checked']);
    expect(dry.stdout.split('\n').map((line) => line.trim().split(/ +/)[0])).toEqual(['job', '1', '2']);

    const again = await plume(['--resume-sweep', before.sweep_dir, '--json'], { cwd });
    expect(again.exitCode).toBe(0);
    expect(again.stderr.split('\n').slice(0, 3)).toEqual([
      ...said,
      `sweep of the remaining 2 of 4 jobs into ${before.sweep_dir}`,
    ]);
    const after = sweepOf(again.stdout);
    expect(digests(after)).toEqual(digests(before));
    expect(after.jobs.slice(2)).toEqual(before.jobs.slice(2));
    expect(completeRuns(cwd).sort()).toEqual(runIds(after));
  });
});

describe('what is odd about the configuration', () => {
  it('is said once for all jobs, when the sweep goes on, too', async () => {
    const cwd = scratchDirectory();
    writeFileSync(join(cwd, 'file'), '');
    const args = ['-m', 'output=results,file/x,file/y', 'episodes=1', 'hydra.searchpath=[file://none]'];
    const env = { PLUME_RECORD_BACKENDS: 'none' };
    const begun = await plume([...args, '--json'], { cwd, env });
    expect(begun.exitCode).toBe(3);
    const resumed = await plume(['--resume-sweep', sweepOf(begun.stdout).sweep_dir], { cwd, env });
    for (const { stderr } of [begun, resumed]) {
      const warnings = stderr.split('\n').filter((line) => line.startsWith('warning: '));
      expect(warnings).toHaveLength(2);
      expect(warnings[0]).toContain("hydra.searchpath: there is no folder 'none'");
      expect(warnings[1]).toContain('PLUME_RECORD_BACKENDS');
    }
  });
});

describe('a sweep that is interrupted', () => {
  it.each([
    ['SIGINT', 130, 'to the whole group, as a terminal does'],
    ['SIGTERM', 143, 'to the sweep alone, as a scheduler does'],
    ['SIGHUP', 129, 'to the whole group, as a terminal that is closed does'],
  ] as const)(
    '%s: finalises what runs, exits %i, and goes on to the same (%s)',
    async (signal, code, _how) => {
      const cwd = scratchDirectory();
      const { child, directory } = await startSweep([...SLOW_SWEEP, '--json'], cwd, {
        detached: signal !== 'SIGTERM',
      });
      process.kill((child.pid ?? 0) * (signal === 'SIGTERM' ? 1 : -1), signal);
      const { exitCode, stdout, stderr } = await child;
      expect(exitCode).toBe(code);
      expect(stderr).toContain(`interrupted; go on with: plume-nav-capture --resume-sweep ${directory}`);
      const stopped = sweepOf(stdout);
      const { complete, aborted, failed } = stopped.summary;
      expect(failed).toBe(0);
      expect(complete).toBeGreaterThan(0);
      expect(complete! + aborted! + stopped.summary['pending']!).toBe(6);
      expect(complete).toBeLessThan(6);
      expect([...runsOf(cwd).values()].every((status) => status === 'complete' || status === 'aborted')).toBe(
        true,
      );
      expect((await plume(['validate', '--all', 'results'], { cwd })).exitCode).toBe(0);

      const resumed = await sweep(['--resume-sweep', directory, '--jobs', '2'], cwd);
      expect(digests(resumed)).toEqual(slowDigests);
      expect(completeRuns(cwd).sort()).toEqual(runIds(resumed));
      for (const [index, job] of stopped.jobs.entries()) {
        if (job.status === 'complete') expect(resumed.jobs[index]).toEqual(job);
      }
    },
    60_000,
  );

  it('SIGKILL: its processes end too, and it goes on to the same', async () => {
    const cwd = scratchDirectory();
    const { child, directory } = await startSweep(SLOW_SWEEP, cwd);
    child.kill('SIGKILL');
    await child;
    await until('nobody writes a run', () => writers(cwd).length === 0);
    expect(completeRuns(cwd).length).toBeLessThan(6);
    const resumed = await sweep(['--resume-sweep', directory, '--jobs', '2'], cwd);
    expect(digests(resumed)).toEqual(slowDigests);
    expect(completeRuns(cwd).sort()).toEqual(runIds(resumed));
  }, 60_000);

  it('is run by one process only', async () => {
    const cwd = scratchDirectory();
    const { child, directory } = await startSweep(SLOW_SWEEP, cwd);
    const second = await plume(['--resume-sweep', directory], { cwd });
    expect(second).toMatchObject({ exitCode: 4, stdout: '' });
    expect(second.stderr).toContain(`${directory} is being run by process ${child.pid} on `);
    child.kill('SIGKILL');
    await child;
    await until('nobody writes a run', () => writers(cwd).length === 0);
    const both = await Promise.all([1, 2].map(() => plume(['--resume-sweep', directory, '--json'], { cwd })));
    expect(both.map(({ exitCode }) => exitCode).sort((a, b) => a - b)).toEqual([0, 4]);
    expect(completeRuns(cwd)).toHaveLength(6);
  }, 60_000);

  it('does not go on with another configuration, or from another place', async () => {
    const cwd = scratchDirectory();
    cpSync(fileURLToPath(new URL('../../conf', import.meta.url)), join(cwd, 'conf'), { recursive: true });
    writeFileSync(join(cwd, 'file'), '');
    const args = ['-m', '--config-path', 'conf', 'output=results,file/x,file/y', 'episodes=1', '--json'];
    const { sweep_dir: directory, jobs } = sweepOf((await plume(args, { cwd })).stdout);
    rmSync(join(cwd, 'file'));
    const config = join(cwd, 'conf/data_capture/config.yaml');
    const text = readFileSync(config, 'utf8');
    writeFileSync(config, text.replace('max_steps: 1000', 'max_steps: 999'));
    const changed = await plume(['--resume-sweep', directory], { cwd });
    expect(changed).toMatchObject({ exitCode: 2, stdout: '' });
    expect(changed.stderr).toMatch(
      /^plume-nav-capture: all 2 jobs: its configuration is no longer that of the sweep \([^\n]*\)$/,
    );
    expect(existsSync(join(cwd, 'file'))).toBe(false);

    writeFileSync(config, text);
    const elsewhere = await plume(['--resume-sweep', join(cwd, directory)], { cwd: scratchDirectory() });
    expect(elsewhere).toMatchObject({ exitCode: 2, stdout: '' });
    expect(elsewhere.stderr).toContain(`its paths start in ${cwd}`);
    renameSync(join(cwd, directory), join(cwd, 'moved'));
    expect((await plume(['--resume-sweep', 'moved'], { cwd })).exitCode).toBe(2);
    renameSync(join(cwd, 'moved'), join(cwd, directory));

    const resumed = await sweep(['--resume-sweep', directory], cwd);
    expect(resumed.jobs[1]!.content_digest).toBe(jobs[0]!.content_digest);
  });
});
