import { appendFileSync, chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { capture, plume, scratchDirectory } from './binary.js';

const SMALL = ['episodes=1', 'env.grid_size=[8,8]', 'env.max_steps=5', 'workers=1', 'experiment=demo'];

interface Event {
  experiment: string;
  run_id: string;
  key: string;
  old: unknown;
  new: unknown;
  reason: string | null;
  config_hash: string;
  changes: number;
}

const eventsIn = (cwd: string): Event[] =>
  readFileSync(join(cwd, 'results/config_history.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Event);

const warningsIn = (stderr: string): string[] =>
  stderr.split('\n').filter((line) => line.startsWith('warning: '));

const steady = (text: string): string =>
  text.replaceAll(/^[\d-]{10} [\d:]{8}Z/gm, 'TIME').replaceAll(/run-[\d-]+/g, 'run-ID');

describe('the history of two experiments', () => {
  const cwd = scratchDirectory();
  let keys: number;

  beforeAll(async () => {
    const { run_id, config_hash } = await capture([...SMALL, 'env.goal_radius=5'], { cwd });
    const first = eventsIn(cwd);
    keys = first.length;
    for (const event of first) expect(event).toMatchObject({ old: null, reason: null, changes: keys });
    expect(first.find(({ key }) => key === 'env.grid_size')).toMatchObject({
      run_id,
      config_hash,
      new: [8, 8],
    });
    expect(first.map(({ key }) => key)).not.toContain('run_id');
    // nothing of these is a change
    await capture([...SMALL, 'env.goal_radius=5'], { cwd });
    await capture([...SMALL, 'env.goal_radius=5', 'run_id=named'], { cwd });
    await plume([...SMALL, '--dry-run', 'seed=9'], { cwd });
    await plume([...SMALL, 'record=none', 'seed=9'], { cwd });
    await plume(['resume', 'results/demo/named'], { cwd });
    await plume(['reproduce', 'results/demo/named'], { cwd });
    expect(eventsIn(cwd)).toHaveLength(keys);
    await capture([...SMALL, 'env.goal_radius=5.0', '--reason', 'as a float: "ü"'], { cwd });
    await capture([...SMALL, 'env.goal_radius=5.0', 'experiment=other'], { cwd });
    await capture([...SMALL, 'env.goal_radius=5.0', 'policy=surge_and_cast'], { cwd });
  }, 120_000);

  it('is printed capture by capture', async () => {
    const { exitCode, stdout, stderr } = await plume(['history'], { cwd });
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(steady(stdout)).toBe(
      [
        `TIME  demo/run-ID  the first, of ${keys} keys`,
        'TIME  demo/run-ID  as a float: "ü"',
        '  env.goal_radius: 5 -> 5.0',
        `TIME  other/run-ID  the first, of ${keys} keys`,
        'TIME  demo/run-ID',
        '  policy.name: "random" -> "surge_and_cast"',
        '  policy.explore: null -> true',
        '  policy.threshold: null -> 1e-06',
        '  policy.cast_mode: null -> "random_turn"',
        '  policy.persistence: null -> 1',
      ].join('\n'),
    );
  });

  it('is printed for a key, or all below a dot, of an experiment', async () => {
    const { stdout } = await plume(
      ['history', 'results', '--experiment', 'demo', '--key', 'env.goal_radius'],
      { cwd },
    );
    expect(steady(stdout)).toBe(
      [
        'TIME  demo/run-ID  the first',
        '  env.goal_radius: null -> 5',
        'TIME  demo/run-ID  as a float: "ü"',
        '  env.goal_radius: 5 -> 5.0',
      ].join('\n'),
    );
    const wind = await plume(['history', '--experiment', 'other', '--key', 'env.wind'], { cwd });
    expect(wind.stdout.split('\n').slice(1)).toEqual(
      expect.arrayContaining(['  env.wind.enabled: null -> false', '  env.wind.speed: null -> 1.0']),
    );
    expect(wind.stdout).not.toContain('grid_size');
  });

  it('is one JSON document', async () => {
    const { stdout } = await plume(
      ['history', '--json', '--key', 'env.goal_radius', '--experiment', 'demo'],
      {
        cwd,
      },
    );
    expect(stdout).toContain('"old":5,"new":5.0,"reason":"as a float: \\"\\u00fc\\""');
    const { history, events, damaged_lines } = JSON.parse(stdout) as Record<string, unknown>;
    expect([history, damaged_lines]).toEqual(['results/config_history.jsonl', []]);
    expect(events).toEqual(
      eventsIn(cwd).filter(({ experiment, key }) => experiment === 'demo' && key === 'env.goal_radius'),
    );
  });

  it.each([
    [['--experiment', 'dem'], "has no experiment 'dem' (did you mean 'demo'?)"],
    [['--key', 'env.gaol_radius'], "has no key 'env.gaol_radius' (did you mean 'env.goal_radius'?)"],
    [['--key', 'env.wimd'], "has no key 'env.wimd' (did you mean 'env.wind'?)"],
    [['--key', 'en'], "has no key 'en' (did you mean 'env'?)"],
    [['elsewhere'], 'elsewhere/config_history.jsonl does not exist (give the folder of the results'],
    [['results/demo'], 'results/demo/config_history.jsonl does not exist'],
  ])('refuses %j', async (args, message) => {
    const { exitCode, stdout, stderr } = await plume(['history', ...args], { cwd });
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr.split('\n')).toHaveLength(1);
  });

  it('is no run, and nothing that prune or validate --all remark', async () => {
    const { exitCode, stdout, stderr } = await plume(['validate', '--all', 'results'], { cwd });
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).not.toContain('history');
    const prune = await plume(['prune', 'results', '--keep-last', '100', '--yes'], { cwd });
    expect(prune).toMatchObject({ exitCode: 0, stderr: '' });
    expect(readdirSync(join(cwd, 'results')).sort()).toEqual(['config_history.jsonl', 'demo', 'other']);
  });
});

describe('a reason', () => {
  it.each([
    ['', 'it is empty'],
    [' ', 'it is empty'],
    ['two\nlines', 'it has line breaks'],
    ['\u001b[31mred', 'control characters'],
    ['x'.repeat(501), 'it has 501'],
  ])('%j is refused', async (reason, why) => {
    const cwd = scratchDirectory();
    const { exitCode, stderr } = await plume([...SMALL, '--reason', reason], { cwd });
    expect([exitCode, readdirSync(cwd)]).toEqual([2, []]);
    expect(stderr).toContain('--reason: expected a line of at most 500 characters');
    expect(stderr).toContain(why);
    expect(stderr.split('\n')).toHaveLength(1);
  });

  it.each([
    [['--cfg', 'job'], 'without --cfg and --info'],
    [['record=none'], 'record=none leaves none'],
    [['--resume-sweep', 'results/multirun/x'], 'leave out overrides, --reason'],
  ])('is refused with %j, where it would be lost', async (args, message) => {
    const outcome = await plume([...args, '--reason', 'because'], { cwd: scratchDirectory() });
    expect(outcome).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(message) as string });
  });

  it('may be 500 characters long, and is missed when nothing changed', async () => {
    const cwd = scratchDirectory();
    await capture([...SMALL, '--reason', '🌫'.repeat(500)], { cwd });
    expect(eventsIn(cwd)[0]!.reason).toBe('🌫'.repeat(500));
    const { exitCode, stderr } = await plume([...SMALL, '--reason', 'again'], { cwd });
    expect(exitCode).toBe(0);
    expect(stderr).toContain('warning: the reason is not kept: the configuration of demo is as it was');
  });

  it('is that of every job of a sweep', async () => {
    const cwd = scratchDirectory();
    const sweep = await plume(['-m', ...SMALL, 'seed=1,2,3', '--reason', 'three seeds'], { cwd });
    expect(sweep.exitCode).toBe(0);
    const seeds = eventsIn(cwd).filter(({ key }) => key === 'seed');
    expect(seeds.map(({ old, new: now, reason }) => [old, now, reason])).toEqual([
      [null, 1, 'three seeds'],
      [1, 2, 'three seeds'],
      [2, 3, 'three seeds'],
    ]);
    const [sweepId] = readdirSync(join(cwd, 'results/multirun'));
    expect(readFileSync(join(cwd, 'results/multirun', sweepId!, 'multirun.yaml'), 'utf8')).toContain(
      '\nreason: "three seeds"\n',
    );
  }, 60_000);
});

describe('a history that is damaged', () => {
  it('is read as far as it can be: exit code 3, the lines on stderr; a capture warns and appends', async () => {
    const cwd = scratchDirectory();
    const path = join(cwd, 'results/config_history.jsonl');
    await capture(SMALL, { cwd });
    const lines = readFileSync(path, 'utf8').split('\n').length - 1;
    appendFileSync(path, 'nonsense \u001b[31m\n{"event":"of another kind"}\n{"ts":"20');
    const { exitCode, stderr } = await plume([...SMALL, 'seed=5'], { cwd });
    expect(exitCode).toBe(0);
    expect(warningsIn(stderr)).toEqual([
      `warning: results/config_history.jsonl: line ${lines + 1} is damaged and was passed over (remove it)`,
    ]);
    const history = await plume(['history', '--key', 'seed'], { cwd });
    expect(history.exitCode).toBe(3);
    expect(history.stderr.split('\n')).toEqual(
      [lines + 1, lines + 3].map(
        (number) => `warning: results/config_history.jsonl: line ${number} is damaged and was passed over`,
      ),
    );
    expect(history.stdout).toContain('  seed: 123 -> 5');
    const { stdout } = await plume(['history', '--json'], { cwd });
    expect(JSON.parse(stdout)).toMatchObject({ damaged_lines: [lines + 1, lines + 3] });
  });

  it('shows nothing that a terminal would act on', async () => {
    const cwd = scratchDirectory();
    mkdirSync(join(cwd, 'results'));
    const event = { ts: '\u001b[1m', event: 'config_change', experiment: 'e\u202e', run_id: 'r', key: 'k\n' };
    const more = { old: null, new: '\u001b', reason: '\u0007', config_hash: 'a'.repeat(64), changes: 1 };
    const line = `${JSON.stringify({ ...event, ...more })}\n`;
    writeFileSync(join(cwd, 'results/config_history.jsonl'), line);
    for (const flags of [['--key', 'k\n'], ['--json'], []]) {
      const { exitCode, stdout } = await plume(['history', ...flags], { cwd });
      expect(exitCode).toBe(0);
      expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    }
  });

  it('is empty', async () => {
    const cwd = scratchDirectory();
    mkdirSync(join(cwd, 'results'));
    writeFileSync(join(cwd, 'results/config_history.jsonl'), '');
    const outcome = await plume(['history'], { cwd });
    expect(outcome).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: 'results/config_history.jsonl has no changes',
    });
  });

  // permissions do not hold for root, so there the command runs as nobody
  const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

  it('may be read-only: a capture warns, and is whole', async ({ skip }) => {
    const cwd = scratchDirectory();
    await capture(SMALL, { cwd });
    for (const path of ['', 'results', 'results/demo']) chmodSync(join(cwd, path), 0o777);
    chmodSync(join(cwd, 'results/config_history.jsonl'), 0o444);
    const started = await plume(['--version'], { cwd, ...nobody });
    skip(started.exitCode !== 0, 'nobody may read this folder');
    const { exitCode, stderr } = await plume([...SMALL, 'seed=5'], { cwd, ...nobody });
    expect(exitCode).toBe(0);
    expect(warningsIn(stderr)).toEqual([
      'warning: the configuration may be missing in the history: cannot write results/config_history.jsonl: permission denied (check the permissions, or choose another folder)',
    ]);
    expect(readdirSync(join(cwd, 'results')).sort()).toEqual(['config_history.jsonl', 'demo']);
  });

  it('may be no file: a capture warns, and is whole', async () => {
    const cwd = scratchDirectory();
    mkdirSync(join(cwd, 'results/config_history.jsonl'), { recursive: true });
    const { exitCode, stdout, stderr } = await plume(['capture', ...SMALL, '--json'], { cwd });
    expect([exitCode, (JSON.parse(stdout) as { status: string }).status]).toEqual([0, 'complete']);
    expect(stderr).toContain(
      'warning: the configuration may be missing in the history: results/config_history.jsonl is not a file (move it away)',
    );
    expect(await plume(['history'], { cwd })).toMatchObject({ exitCode: 5 });
  });
});

it('captures of 20 processes at once link up', async () => {
  const cwd = scratchDirectory();
  const all = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      plume([...SMALL, `seed=${i % 10}`, `experiment=${i < 16 ? 'one' : 'two'}`], { cwd }),
    ),
  );
  for (const { exitCode, stderr } of all) {
    expect(exitCode).toBe(0);
    expect(warningsIn(stderr)).toEqual([]);
  }
  for (const experiment of ['one', 'two']) {
    const events = eventsIn(cwd).filter((event) => event.experiment === experiment);
    const last = new Map<string, unknown>();
    for (const { key, old, new: now } of events) {
      expect(old).toEqual(last.get(key) ?? null);
      last.set(key, now);
    }
    const seeds = events.filter(({ key }) => key === 'seed').map((event) => event.new);
    expect(new Set(seeds).size).toBe(experiment === 'one' ? 10 : 4);
  }
  expect(readdirSync(join(cwd, 'results')).sort()).toEqual(['config_history.jsonl', 'one', 'two']);
}, 120_000);
