import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { capturedRun, newFolder } from '../fixtures/captured-run.js';
import { digestOf } from '../recover/support.js';
import { needed } from '../faults/needed-tool.js';
import { plume, scratchDirectory } from './binary.js';

const SMALL = ['env.grid_size=[8,8]', 'env.max_steps=20'];
const linesAbout = (stderr: string, start: string): string[] =>
  stderr.split('\n').filter((line) => line.startsWith(start));

/** Files below a folder by their name, and their bytes. */
function filesIn(folder: string, name: RegExp): { files: number; bytes: number } {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && name.test(entry.name),
  );
  const bytes = found.map((entry) => statSync(join(entry.parentPath, entry.name)).size);
  return { files: found.length, bytes: bytes.reduce((sum, size) => sum + size, 0) };
}

/** As it is printed. */
function sizeText(folder: string, name: RegExp): string {
  const { files, bytes } = filesIn(folder, name);
  const size = bytes < 1000 ? `${bytes} B` : `${(bytes / 1000).toFixed(1)} kB`;
  return `${size} (${files} file${files === 1 ? '' : 's'})`;
}

describe('a capture', () => {
  it('tells its storage on stderr every interval, and at the end with the sizes there are', async () => {
    const cwd = scratchDirectory();
    const args = [...SMALL, 'storage.stats_interval=10', 'parquet=true'];
    expect((await plume([...args, 'episodes=9'], { cwd })).stderr).not.toContain('storage after');
    const outcome = await plume([...args, 'episodes=25', '--json'], { cwd });
    expect(outcome.exitCode).toBe(0);
    expect(JSON.parse(outcome.stdout)).toMatchObject({ status: 'complete' });
    const last = linesAbout(outcome.stderr, 'storage after ').at(-1)!;
    const results = join(cwd, 'results');
    const total = (filesIn(results, /^(?!config_history)/).bytes / 1000).toFixed(1);
    expect(last).toMatch(/^storage after 25 episodes: [\d.]+ [A-Z]?B free \(\d+\.\d%\) · results /);
    expect(last.split(' · ')[1]).toBe(
      `results ${total} kB: ` +
        [
          `steps ${sizeText(results, /^steps.*gz$/)}`,
          `episodes ${sizeText(results, /^episodes.*gz$/)}`,
          `Parquet ${sizeText(results, /parquet$/)}`,
          `other ${sizeText(results, /(json|yaml)$/)}`,
        ].join(', '),
    );
  });

  it('warns once of a disk and of results beyond the thresholds, and goes on', async () => {
    const cwd = scratchDirectory();
    const old = join(cwd, 'results', 'demo', 'run-20250101-000000');
    mkdirSync(old, { recursive: true });
    writeFileSync(join(old, 'steps.jsonl.gz'), Buffer.alloc(10_000));
    const limits = ['storage.disk_free_threshold=1', 'storage.max_gb=0.00001', 'storage.stats_interval=5'];
    const { exitCode, stderr } = await plume([...SMALL, ...limits, 'episodes=20'], { cwd });
    expect(exitCode).toBe(0);
    const advice = 'see what can go with plume-nav-capture prune results --keep-last 10 --dry-run';
    expect(linesAbout(stderr, 'warning: disk space low')).toEqual([
      expect.stringMatching(
        /^warning: disk space low: \d+\.\d% free \([\d.]+ [A-Z]?B\) on results, below storage\.disk_free_threshold 100%: /,
      ),
    ]);
    expect(linesAbout(stderr, 'warning: results large')[0]).toMatch(
      /^warning: results large: [\d.]+ kB in results(, [\d.]+ kB of steps)?, above storage\.max_gb 0\.00001: /,
    );
    for (const line of linesAbout(stderr, 'warning: ')) expect(line.endsWith(advice)).toBe(true);
    // what it advises can be run as it stands
    const dry = await plume(advice.split(' ').slice(6), { cwd });
    expect(dry.exitCode).toBe(0);
  });

  it('does not begin with less free than storage.stop_below_free', async () => {
    const cwd = scratchDirectory();
    const outcome = await plume([...SMALL, 'storage.stop_below_free=1'], { cwd });
    expect(outcome).toMatchObject({ exitCode: 5, stdout: '' });
    expect(linesAbout(outcome.stderr, 'plume-nav-capture: ')).toEqual([
      expect.stringMatching(
        /^plume-nav-capture: disk space: \d+\.\d% free \(.*\) on results, below storage\.stop_below_free 100%: nothing was recorded \(make room, and run the command again\)$/,
      ),
    ]);
    expect(readdirSync(join(cwd, 'results', 'demo'))).toEqual([]);
  });

  it.each([
    ['storage.stats_interval=0', 'expected an integer >= 1'],
    ['storage.disk_free_threshold=1.5', 'expected a number >= 0 and <= 1'],
    ['storage.disk_free_threshold=20%', 'expected a number >= 0 and <= 1'],
    ['storage.max_gb=0', 'expected a number > 0'],
    ['storage.stop_below_free=0', 'expected a number > 0 and <= 1'],
    ['storage.stop_below_free=5GB', 'expected a number > 0 and <= 1'],
    ['storage.max_mb=5', "did you mean 'storage.max_gb'"],
  ])('%s is refused: %s', async (override, says) => {
    const cwd = scratchDirectory();
    const outcome = await plume([override], { cwd });
    expect(outcome).toMatchObject({ exitCode: 2, stdout: '' });
    expect(outcome.stderr).toContain(says);
    expect(existsSync(join(cwd, 'results'))).toBe(false);
  });

  it('of record=none is not watched, so that a limit would mean nothing', async () => {
    const cwd = scratchDirectory();
    const none = ['record=none', ...SMALL, 'episodes=300'];
    const outcome = await plume(none, { cwd });
    expect(outcome).toMatchObject({ exitCode: 0 });
    expect(outcome.stderr).not.toContain('storage');
    const refused = await plume([...none, 'storage.stop_below_free=0.1'], { cwd });
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain('storage.stop_below_free: applies to runs that are recorded');
  });
});

it('a sweep tells its storage as one, and warns once', async () => {
  const cwd = scratchDirectory();
  const limits = ['storage.stats_interval=10', 'storage.disk_free_threshold=1'];
  const args = ['-m', '--jobs', '2', ...SMALL, ...limits, 'episodes=4', 'seed=1,2,3,4,5'];
  const { exitCode, stderr } = await plume(args, { cwd });
  expect(exitCode).toBe(0);
  expect(linesAbout(stderr, 'warning: disk space low')).toHaveLength(1);
  const last = linesAbout(stderr, 'storage after ').at(-1)!;
  const results = join(cwd, 'results');
  expect(last).toMatch(/^storage after 20 episodes: /);
  expect(last).toContain(
    `steps ${sizeText(results, /^steps/)}, episodes ${sizeText(results, /^episodes/)}, other `,
  );
});

const TRY = 'd=$(mktemp -d) && mount -t tmpfs -o size=256k tmpfs "$d" && umount "$d" && rmdir "$d"';
const tmpfs = needed('sh', ['-c', TRY]);

describe.skipIf(!tmpfs.works)(`a disk of 1 MiB (${tmpfs.reason})`, () => {
  const MIB = 1 << 20;
  let disk: string;
  beforeEach(() => {
    disk = scratchDirectory();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
  });
  afterEach(() => void execFileSync('umount', [disk]));
  const makeRoom = (): unknown => execFileSync('mount', ['-o', 'remount,size=16m', disk]);

  const OPTIONS = ['seed=7', 'env.grid_size=[64,64]', 'env.max_steps=200', 'env.goal_radius=0'];
  const RUN = join('results', 'full', 'run-20260101-000000');
  const NAMED = [...OPTIONS, 'clock=sim', 'experiment=full', 'run_id=run-20260101-000000'];
  const STOP = 'storage.stop_below_free=0.4';

  const used = (): number => {
    const [, , bytes] = execFileSync('df', ['-P', '-B1', disk], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .at(-1)!
      .split(/ +/);
    return Number(bytes);
  };

  it('a capture ends in order before it is full, and goes on when there is room', async () => {
    const whole = await capturedRun(newFolder(), [...NAMED, 'episodes=600']);
    const outcome = await plume([...NAMED, 'episodes=600', STOP, '--json'], { cwd: disk });
    expect(outcome.exitCode).toBe(5);
    const { status, counts } = JSON.parse(outcome.stdout) as {
      status: string;
      counts: { episodes: number };
    };
    expect(status).toBe('aborted');
    const [line, ...more] = linesAbout(outcome.stderr, 'plume-nav-capture: ');
    expect(more).toEqual([]);
    const [, percent] =
      /^plume-nav-capture: disk space: (\d+\.\d)% free \([\d.]+ kB\) on results, below storage\.stop_below_free 40%: recording was ended in order \(make room, then go on with plume-nav-capture resume results\/full\/run-20260101-000000\)$/.exec(
        line!,
      )!;
    expect(Number(percent)).toBeGreaterThan(20);
    expect(Number(percent)).toBeLessThan(40);
    // what the last line of statistics says is what there is
    const told = linesAbout(outcome.stderr, 'storage after ').at(-1)!;
    const free = MIB - used();
    expect(told).toContain(
      `storage after ${counts.episodes} episodes: ${(free / 1000).toFixed(1)} kB free (${(Math.floor((free / MIB) * 1000) / 10).toFixed(1)}%) · `,
    );
    expect(told).toContain('(1 file), episodes ');
    const validated = await plume(['validate', RUN], { cwd: disk });
    expect(validated).toMatchObject({ exitCode: 0, stderr: '' });

    const refused = await plume(['resume', RUN], { cwd: disk });
    expect(refused).toMatchObject({ exitCode: 5, stdout: '' });
    expect(refused.stderr).toContain('below storage.stop_below_free 40%: nothing was recorded');
    makeRoom();
    expect(await plume(['resume', RUN], { cwd: disk })).toMatchObject({ exitCode: 0 });
    expect(digestOf(join(disk, RUN))).toBe(digestOf(whole));
  }, 60_000);

  it('a resumed run is ended in order, too', async () => {
    await plume([...NAMED, 'episodes=600', STOP], { cwd: disk });
    execFileSync('mount', ['-o', 'remount,size=2m', disk]);
    const outcome = await plume(['resume', RUN], { cwd: disk });
    expect(outcome.exitCode).toBe(5);
    expect(outcome.stdout).toMatch(/^interrupted again: [1-9]/);
    expect(outcome.stderr).toContain('recording was ended in order (make room, then go on with ');
    expect(await plume(['validate', RUN], { cwd: disk })).toMatchObject({ exitCode: 0 });
  }, 60_000);

  it('a sweep starts no more jobs', async () => {
    const jobs = ['-m', ...OPTIONS, 'episodes=100', 'seed=1,2,3,4,5,6,7,8', STOP];
    const outcome = await plume([...jobs, '--json'], { cwd: disk });
    expect(outcome.exitCode).toBe(5);
    const { sweep_dir: sweep, summary } = JSON.parse(outcome.stdout) as {
      sweep_dir: string;
      summary: Record<string, number>;
    };
    expect(summary['failed']).toBe(0);
    expect(summary['pending']).toBeGreaterThan(0);
    expect(summary['complete']! + summary['aborted']!).toBeGreaterThan(0);
    const goOn = `plume-nav-capture --resume-sweep ${sweep}`;
    expect(linesAbout(outcome.stderr, 'plume-nav-capture: ')).toEqual([
      expect.stringMatching(/recording was ended in order \(make room, then go on with plume-nav-capture /),
    ]);
    expect(outcome.stderr).toContain(`interrupted; go on with: ${goOn}\n`);
    makeRoom();
    const rest = await plume(goOn.split(' ').slice(1), { cwd: disk });
    expect(rest.exitCode).toBe(0);
  }, 60_000);
});
