import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { validateRun } from '../../src/validate/index.js';
import { BINARY, capture, plume, scratchDirectory } from './binary.js';

const LONG = ['seed=3', 'episodes=2500', 'env.max_steps=100', 'env.goal_radius=0', 'experiment=demo'];
const RUN = 'results/demo/run-20260101-000000';

/** Starts a long capture and sends it a signal once it has recorded something. */
async function interrupted(
  cwd: string,
  signal: NodeJS.Signals,
  args: readonly string[] = [],
): Promise<string> {
  const all = [...LONG, 'run_id=run-20260101-000000', 'workers=1', ...args];
  const child = spawn(process.execPath, [BINARY, ...all], { cwd });
  let stdout = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  const closed = once(child, 'close');
  const steps = join(cwd, RUN, args.includes('record=sqlite') ? 'run.sqlite' : 'steps.jsonl.gz');
  const size = (): number => {
    try {
      return readFileSync(steps).length;
    } catch {
      return 0;
    }
  };
  while (size() < 50_000) await setTimeout(5);
  child.kill(signal);
  await closed;
  return stdout;
}

const manifestOf = (cwd: string) =>
  JSON.parse(readFileSync(join(cwd, RUN, 'manifest.json'), 'utf8')) as {
    status: string;
    content_digest: string;
    recovery: object | null;
    counts: { episodes: number };
  };

describe('a capture that was stopped', () => {
  it('with Ctrl-C says how to go on, goes on, and is what it would have been', async () => {
    const cwd = scratchDirectory();
    const whole = await capture([...LONG, 'run_id=whole'], { cwd });
    const said = await interrupted(cwd, 'SIGINT');
    expect(manifestOf(cwd).status).toBe('aborted');
    expect(said).toContain(`to go on with it: plume-nav-capture resume ${RUN}`);

    const { exitCode, stdout, stderr } = await plume(['resume', RUN], { cwd });
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(
      /^resuming behind [\d,]+ episodes, [\d,]+ episodes left(?:\nstorage after .*)*\n?$/,
    );
    expect(stdout).toMatch(
      /^resumed: [\d,]+ episodes captured in [\d.]+ s, 2,500 episodes and [\d,]+ steps in all\n/,
    );
    expect(stdout).toContain(`digest  ${whole.content_digest}`);
    expect(manifestOf(cwd)).toMatchObject({ status: 'complete', recovery: { kind: 'resumed' } });
    expect(await validateRun(join(cwd, RUN))).toMatchObject({ ok: true, notes: 0 });
    expect(await plume(['resume', RUN], { cwd })).toMatchObject({
      exitCode: 0,
      stdout: `${RUN} is complete: nothing to resume`,
    });
  }, 60_000);

  it.each([['jsonl'], ['sqlite']])(
    'and killed, in %s, becomes a whole run of what there is',
    async (backend) => {
      const cwd = scratchDirectory();
      await interrupted(cwd, 'SIGKILL', [`record=${backend}`]);
      const { exitCode, stdout } = await plume(['recover', RUN], { cwd });
      expect([0, 3]).toContain(exitCode);
      expect(stdout).toMatch(
        /^recovered [\d,]+ episodes?, [\d,]+ steps\nrun     results\/demo\/run-20260101-000000\nstatus  recovered\n/,
      );
      expect(stdout).toMatch(/\nlost    (?:nothing|[\d,]+ bytes? that are no whole records)\n/);
      expect(stdout).toContain(`to go on with it: plume-nav-capture resume ${RUN}`);
      expect(await validateRun(join(cwd, RUN))).toMatchObject({ ok: true });
      const again = await plume(['recover', RUN], { cwd });
      expect(again).toMatchObject({
        exitCode: 0,
        stdout: `${RUN} is finished and whole: nothing to recover`,
      });
      const ingested = await plume(['ingest', '--run-dir', RUN, '--out-dir', 'data'], { cwd });
      expect(ingested).toMatchObject({ exitCode: 0 });
    },
    60_000,
  );

  it('and interrupted again while it is resumed, goes on once more', async () => {
    const cwd = scratchDirectory();
    const whole = await capture([...LONG, 'run_id=whole'], { cwd });
    await interrupted(cwd, 'SIGTERM');
    const before = manifestOf(cwd).counts.episodes;
    const child = spawn(process.execPath, [BINARY, 'resume', RUN], { cwd });
    const closed = once(child, 'close');
    let stderr = '';
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    while (!stderr.includes('resuming behind') && child.exitCode === null) await setTimeout(2);
    await setTimeout(30);
    child.kill('SIGINT');
    const [code] = (await closed) as [number];
    // a quick machine may have been through
    if (code === 130) expect(manifestOf(cwd)).toMatchObject({ status: 'aborted' });
    expect(manifestOf(cwd).counts.episodes).toBeGreaterThanOrEqual(before);
    expect(await plume(['resume', RUN], { cwd })).toMatchObject({ exitCode: 0 });
    expect(manifestOf(cwd).content_digest).toBe(whole.content_digest);
  }, 60_000);

  it('is resumed by one of two at a time, the other says who does it', async () => {
    const cwd = scratchDirectory();
    const whole = await capture([...LONG, 'run_id=whole'], { cwd });
    await interrupted(cwd, 'SIGKILL');
    const both = await Promise.all([plume(['resume', RUN], { cwd }), plume(['resume', RUN], { cwd })]);
    const codes = both.map(({ exitCode }) => exitCode).sort((a, b) => a - b);
    expect(codes).toEqual([0, 4]);
    const { stderr } = both.find(({ exitCode }) => exitCode === 4)!;
    expect(stderr).toMatch(
      new RegExp(
        `^plume-nav-capture: ${RUN} is held: process \\d+ on .+ is resuming it \\(wait until it has ended\\)$`,
      ),
    );
    expect(manifestOf(cwd).content_digest).toBe(whole.content_digest);
    expect(readdirSync(join(cwd, RUN))).not.toContain('run.lock');
  }, 60_000);
});

it('a live capture is neither recovered, resumed, ingested nor pruned', async () => {
  const cwd = scratchDirectory();
  const all = [...LONG, 'episodes=400000', 'run_id=run-20260101-000000', 'workers=1'];
  const child = spawn(process.execPath, [BINARY, ...all], { cwd, stdio: 'ignore' });
  const closed = once(child, 'close');
  try {
    const started = (): boolean => {
      try {
        return readdirSync(join(cwd, RUN)).includes('steps.jsonl.gz');
      } catch {
        return false;
      }
    };
    while (!started()) await setTimeout(10);
    const held = `${RUN} is held: process ${child.pid} on`;
    for (const command of [
      ['recover', RUN],
      ['resume', RUN],
      ['recover', RUN, '--dry-run'],
      ['ingest', '--run-dir', RUN, '--out-dir', 'data'],
    ]) {
      const { exitCode, stderr } = await plume(command, { cwd });
      expect([command, exitCode, stderr.includes(held)]).toEqual([command, 4, true]);
    }
    const pruned = await plume(['prune', 'results', '--keep-last', '1', '--yes'], { cwd });
    expect(pruned.stdout).toContain('live: process');
    expect(readdirSync(join(cwd, RUN))).toContain('run.json');
  } finally {
    child.kill('SIGKILL');
    await closed;
  }
}, 60_000);
