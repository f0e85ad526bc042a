import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run as resumeCommand } from '../../src/cli/commands/resume.js';
import { validateRun } from '../../src/validate/index.js';
import { bgzf } from '../fixtures/bgzf.js';
import { capturedRun, contents, newFolder } from '../fixtures/captured-run.js';
import { copyOf, digestOf, linesOf, recovered, resumed, unfinishedCopy } from './support.js';

const FULL = ['episodes=6', 'env.goal_radius=0', 'env.grid_size=[64,64]', 'seed=5'];

/** What a capture that was killed leaves of a run: so many lines of each stream, in small members. */
function cutCopy(run: string, steps: number, episodes: number): string {
  const copy = unfinishedCopy(run);
  for (const [stream, count] of Object.entries({ steps, episodes })) {
    const path = join(copy, `${stream}.jsonl.gz`);
    writeFileSync(path, bgzf(linesOf(path).slice(0, count), 7));
    truncateSync(path, readFileSync(path).length - 28);
    rmSync(join(copy, `${stream}.parquet`), { force: true });
  }
  return copy;
}

const linesIn = (run: string): string[][] =>
  ['steps', 'episodes'].map((stream) => linesOf(join(run, `${stream}.jsonl.gz`)));

describe('a run that was interrupted and goes on', () => {
  it.each([
    ['as it is usual', []],
    ['with a wider observation', ['env.observation_type=antennae', 'policy=random']],
    ['with every third step', ['record.recording.step_interval=3']],
    ['without rewards', ['record.recording.include_rewards=false']],
    ['with extra columns', ['record.columns=[velocity,orientation]']],
    ['with Parquet beside it', ['parquet=true']],
  ])(
    'is line for line the run that never was, %s',
    async (_what, overrides) => {
      const run = await capturedRun(newFolder(), [...FULL, ...overrides]);
      const [steps, episodes] = linesIn(run) as [string[], string[]];
      for (const [at, records] of [
        [0, 0],
        [3, 0],
        [Math.floor(steps.length / 2), 1],
        [Math.floor(steps.length / 2), 6],
        [steps.length - 1, 4],
        [steps.length, episodes.length],
      ] as const) {
        const copy = cutCopy(run, at, records);
        const { code, said } = await resumed(copy);
        expect([at, code, said.content_digest]).toEqual([at, 0, digestOf(run)]);
        expect(said).toMatchObject({ status: 'complete', counts: { episodes: 6, steps: steps.length } });
        // under `clock: sim` with its times
        expect(linesIn(copy)).toEqual([steps, episodes]);
        const { ok, findings } = await validateRun(copy);
        expect([ok, findings]).toEqual([true, []]);
      }
    },
    60_000,
  );

  it('is the same with episodes alone', async () => {
    const run = await capturedRun(newFolder(), [...FULL, 'record.recording.full=false']);
    const copy = cutCopy(run, 0, 2);
    expect(await resumed(copy)).toMatchObject({
      code: 0,
      said: { kept: { episodes: 2 }, content_digest: digestOf(run) },
    });
    expect(linesIn(copy)).toEqual(linesIn(run));
  });

  it('goes on in parts when it is rotated', async () => {
    const run = await capturedRun(newFolder(), [
      ...FULL,
      'episodes=60',
      'rotate_size=2000',
      'env.max_steps=150',
      'record.performance.buffer.max_records=500',
    ]);
    const copy = unfinishedCopy(run);
    const parts = Object.keys(contents(copy)).filter((name) => name.startsWith('steps.part'));
    expect(parts.length).toBeGreaterThan(3);
    // the last is torn, and with it the end of the run
    truncateSync(join(copy, parts.at(-1)!), 100);
    rmSync(join(copy, 'episodes.jsonl.gz'));
    writeFileSync(join(copy, 'episodes.jsonl.gz'), '');
    expect(await resumed(copy)).toMatchObject({ code: 0, said: { content_digest: digestOf(run) } });
    expect(await validateRun(copy)).toMatchObject({ ok: true });
  });

  it('goes on behind the first damage, also when it was recovered with a gap', async () => {
    const run = await capturedRun(newFolder(), FULL);
    const copy = copyOf(run);
    const path = join(copy, 'steps.jsonl.gz');
    const lines = linesOf(path);
    writeFileSync(path, bgzf([...lines.slice(0, 42), ...lines.slice(49)], 7));
    expect(await recovered(copy)).toMatchObject({ code: 3, said: { status: 'recovered' } });
    expect(await resumed(copy)).toMatchObject({
      code: 0,
      said: { kept: { episodes: 2, steps: 40 }, content_digest: digestOf(run) },
    });
    expect(linesIn(copy)).toEqual(linesIn(run));
  });

  it('is not changed by a dry run, nor when it is complete', async () => {
    const run = await capturedRun(newFolder(), FULL);
    const copy = cutCopy(run, 50, 2);
    const before = contents(copy);
    expect(await resumed(copy, true)).toMatchObject({
      code: 0,
      said: { kept: { episodes: 2 }, episodes_left: 4 },
    });
    expect(contents(copy)).toEqual(before);
    const whole = contents(run);
    expect(await resumed(run)).toMatchObject({ code: 0, said: { resumed: false, status: 'complete' } });
    expect(contents(run)).toEqual(whole);
  });
});

describe('a run that cannot go on', () => {
  it('has another configuration now, of which it says where', async () => {
    const copy = cutCopy(await capturedRun(newFolder(), FULL), 50, 2);
    const path = join(copy, 'config.yaml');
    const text = readFileSync(path, 'utf8').replace('max_steps: 20', 'max_steps: 29');
    writeFileSync(path, text.replace(/^seed: 5$/m, 'seed: 6'));
    await expect(resumed(copy)).rejects.toMatchObject({
      kind: 'config',
      message: `${path} was changed since:\n  seed: 5 → 6\n  env.max_steps: 20 → 29`,
    });
    const before = contents(copy);
    await expect(resumed(copy)).rejects.toThrow();
    expect(contents(copy)).toEqual(before);
  });

  it('is asked for with overrides that it was not begun with', async () => {
    const copy = cutCopy(await capturedRun(newFolder(), FULL), 50, 2);
    const before = contents(copy);
    const asked = ['seed=6', 'episodes=6', 'env.max_steps=40', 'policy=surge_and_cast', 'record=sqlite'];
    const silent = { stdout: () => {}, stderr: () => {} };
    await expect(resumeCommand(copy, asked, {}, [], silent)).rejects.toMatchObject({
      kind: 'config',
      message: expect.stringMatching(
        /^.+ was begun with another configuration:\n {2}seed: 5 → 6\n {2}env.max_steps: 20 → 40\n {2}policy: \w+ → surge_and_cast\n {2}record: jsonl → sqlite$/,
      ),
    });
    expect(contents(copy)).toEqual(before);
    const same = ['seed=5', 'episodes=6', 'env.grid_size=[64,64]', 'record=jsonl'];
    expect(await resumeCommand(copy, same, {}, [], silent)).toBe(0);
  });

  it('may be written in another way, as long as it says the same', async () => {
    const copy = cutCopy(await capturedRun(newFolder(), FULL), 50, 2);
    const path = join(copy, 'config.yaml');
    writeFileSync(path, `# as it was\n${readFileSync(path, 'utf8')}\n`);
    expect(await resumed(copy)).toMatchObject({ code: 0 });
  });

  it('has a run.json that was changed', async () => {
    const copy = cutCopy(await capturedRun(newFolder(), FULL), 50, 2);
    const path = join(copy, 'run.json');
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace('"max_steps": 20,\n        "', '"max_steps": 21,\n        "'),
    );
    await expect(resumed(copy)).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining('config_hash'),
    });
  });

  it('played actions of a file that is another now', async () => {
    const folder = newFolder();
    const file = join(folder, 'actions.json');
    writeFileSync(file, JSON.stringify(Array.from({ length: 20 }, () => 0)));
    const scripted = [...FULL, '~policy', `+policy={name: scripted, actions_file: '${file}'}`];
    const copy = cutCopy(await capturedRun(newFolder(), scripted), 50, 2);
    writeFileSync(file, JSON.stringify(Array.from({ length: 20 }, () => 1)));
    await expect(resumed(copy)).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining(`${file} has changed`),
    });
  });

  it('had a policy of somebody’s own, which only the command line may name', async () => {
    const folder = newFolder();
    const file = join(folder, 'mine.mjs');
    writeFileSync(file, 'export default () => ({ reset() {}, choose: () => 0 });');
    const own = [...FULL, '~policy', `+policy={name: module, module: '${file}'}`];
    const run = await capturedRun(newFolder(), own);
    const copy = cutCopy(run, 50, 2);
    await expect(resumed(copy)).rejects.toMatchObject({
      kind: 'config',
      hint: expect.stringContaining(`--policy ${file}`),
    });
    const output = { stdout: () => {}, stderr: () => {} };
    expect(await resumeCommand(copy, [], { policy: file }, [], output)).toBe(0);
    expect(digestOf(copy)).toBe(digestOf(run));
  });
});
