import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { BINARY, capture, plume, scratchDirectory, type CaptureJson } from './binary.js';

const LONG = ['episodes=200', 'env.max_steps=1000', 'env.goal_radius=0', 'seed=9'];
const RUN = 'results/demo/run-20260101-000000';

/** Starts the binary and gives it a signal once a condition holds. */
async function killed(
  args: readonly string[],
  cwd: string,
  signal: NodeJS.Signals,
  when: (stderr: string) => boolean,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [BINARY, ...args], { cwd });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const closed = once(child, 'close');
  while (!when(stderr) && child.exitCode === null) await setTimeout(5);
  child.kill(signal);
  const [code] = (await closed) as [number | null];
  return { code, stdout, stderr };
}

const largerThan =
  (path: string, bytes: number): (() => boolean) =>
  () =>
    existsSync(path) && statSync(path).size > bytes;

describe('a long run, in threads on both sides', () => {
  let cwd: string;
  let run: CaptureJson;
  beforeAll(async () => {
    cwd = scratchDirectory();
    run = await capture([...LONG, 'run_id=run-20260101-000000'], { cwd });
  }, 60_000);

  it('is identical', async () => {
    const { exitCode, stdout, stderr } = await plume(['reproduce', RUN], { cwd });
    expect(stdout).toMatch(
      /^reproduced 200 episodes, 1\d\d,\d{3} steps(?: in .*)?: identical\ndigest {2}[0-9a-f]{64}$/,
    );
    expect(stdout).toContain(run.content_digest);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  }, 60_000);

  it('is not, where one value of it is another', async () => {
    const copy = join(cwd, 'other', RUN);
    cpSync(join(cwd, RUN), copy, { recursive: true });
    const steps = join(copy, 'steps.jsonl.gz');
    const lines = gunzipSync(readFileSync(steps)).toString().split('\n');
    const record = JSON.parse(lines[123_455]!) as {
      episode_id: string;
      step: number;
      distance_to_goal: number;
    };
    // the last bit of it
    const distance = record.distance_to_goal * (1 + 2 ** -52);
    lines[123_455] = JSON.stringify({ ...record, distance_to_goal: distance });
    writeFileSync(steps, gzipSync(lines.join('\n')));
    const { exitCode, stdout } = await plume(['reproduce', copy], { cwd });
    expect(stdout).toContain(
      `${record.episode_id} step ${record.step}: distance_to_goal is ${record.distance_to_goal}, recorded ${distance}\nat      steps.jsonl.gz:123456\n`,
    );
    expect(exitCode).toBe(1);
    const deep = await plume(['validate', '--deep', copy], { cwd });
    expect(deep.exitCode).toBe(1);
    expect(deep.stdout).toMatch(/error {2}deep-difference {2}steps\.jsonl\.gz:123456 {2}ep-\d{6} step/);
  }, 60_000);

  it('one episode of it', async () => {
    const { exitCode, stdout } = await plume(['reproduce', RUN, '--episode', '150', '--json'], { cwd });
    expect(JSON.parse(stdout)).toMatchObject({ identical: true, episode: 150, counts: { episodes: 1 } });
    expect(exitCode).toBe(0);
  }, 60_000);

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)(
    '%s ends it with exit %i',
    async (signal, exit) => {
      // a note is the first thing it says
      const copy = join(cwd, signal, RUN);
      cpSync(join(cwd, RUN), copy, { recursive: true });
      const file = join(copy, 'run.json');
      const text = readFileSync(file, 'utf8');
      writeFileSync(file, text.replace(/(?<="package_version": ")[^"]+/, '0.0.1'));
      const { code, stdout, stderr } = await killed(['reproduce', copy], cwd, signal, (said) => said !== '');
      // a fast machine may be through
      if (code === 0) return;
      expect({ code, stdout, stderr }).toEqual({
        code: exit,
        stdout: '',
        stderr: expect.stringMatching(
          /^note: captured by version 0\.0\.1 .*\ninterrupted; no difference was found until then\n$/,
        ) as string,
      });
    },
    60_000,
  );
});

describe('a run that was killed', () => {
  it.each(['jsonl', 'hdf5', 'sqlite'])(
    '%s is identical as far as it goes',
    async (backend) => {
      const cwd = scratchDirectory();
      const files = { jsonl: 'steps.jsonl.gz', hdf5: 'steps.jsonl.gz', sqlite: 'run.sqlite' } as const;
      const args = ['capture', ...LONG, 'episodes=20000', `record=${backend}`, 'run_id=run-20260101-000000'];
      const path = join(cwd, RUN, files[backend as keyof typeof files]);
      let live: Promise<{ exitCode: number }> | null = null;
      await killed(args, cwd, 'SIGKILL', () => {
        if (!largerThan(path, 300_000)()) return false;
        live ??= plume(['reproduce', RUN], { cwd });
        return largerThan(path, 2_000_000)();
      });
      const { exitCode, stdout } = await plume(['reproduce', RUN, '--json'], { cwd });
      expect(JSON.parse(stdout)).toMatchObject({
        identical: true,
        status: 'unfinished',
        content_digest: null,
      });
      expect(exitCode).toBe(0);
      // whether it still ran when the other looked is up to the machine
      expect([0, 4]).toContain((await live!).exitCode);
    },
    120_000,
  );

  it('interrupted, too, and its digest', async () => {
    const cwd = scratchDirectory();
    const args = ['capture', ...LONG, 'episodes=20000', 'run_id=run-20260101-000000'];
    const path = join(cwd, RUN, 'steps.jsonl.gz');
    expect(await killed(args, cwd, 'SIGINT', largerThan(path, 1_000_000))).toMatchObject({ code: 130 });
    const { exitCode, stdout } = await plume(['reproduce', RUN], { cwd });
    expect(stdout).toMatch(/ of 20,000 episodes, .*: identical\nrun {5}aborted: .*\ndigest {2}[0-9a-f]{64}$/);
    expect(exitCode).toBe(0);
  }, 120_000);
});

describe('the binary', () => {
  it('says on one line what is wrong, and exits with 2', async () => {
    const cwd = scratchDirectory();
    writeFileSync(join(cwd, 'actions.json'), '[0, 1]');
    await capture(['policy=scripted', 'policy.actions_file=actions.json', 'run_id=run-20260101-000000'], {
      cwd,
    });
    rmSync(join(cwd, 'actions.json'));
    const gone = await plume(['reproduce', RUN], { cwd });
    expect(gone).toMatchObject({ exitCode: 2, stdout: '' });
    expect(gone.stderr).toMatch(
      /^plume-nav-capture: cannot read policy\.actions_file actions\.json: .* \(relative paths start at the current folder: run this where the capture ran\)$/,
    );
    const none = await plume(['reproduce', 'nowhere'], { cwd });
    expect(none).toMatchObject({ exitCode: 2, stdout: '' });
    expect((await plume(['reproduce'], { cwd })).exitCode).toBe(2);
  }, 60_000);

  it('replays a run of plume_nav_sim', async () => {
    const run = fileURLToPath(
      new URL('../golden/upstream-runs/upstream-demo/run-20261120-232758', import.meta.url),
    );
    const { exitCode, stdout } = await plume(['reproduce', run]);
    expect(stdout).toMatch(/^replayed 3 episodes, 61 steps: the same to 1e-6\n/);
    expect(exitCode).toBe(0);
  });
});
