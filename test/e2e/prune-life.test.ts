import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { contents } from '../fixtures/captured-run.js';
import { makeRun } from '../prune/runs.js';
import { capture, plume, scratchDirectory, type Outcome } from './binary.js';

let cwd: string;
beforeEach(() => {
  cwd = scratchDirectory();
});
const run = (...args: string[]): Promise<Outcome> => plume(args, { cwd });
const ID = 'run-20260101-000000';

function makeRuns(): void {
  for (const day of ['01', '02', '03']) {
    makeRun(join(cwd, 'results'), 'demo', `run-202601${day}-000000`, { endedAt: `2026-01-${day}T01:00:00Z` });
  }
}
const left = (): string[] =>
  readdirSync(join(cwd, 'results', 'demo')).filter((name) => !name.startsWith('.'));

it('the life of a run: captured, pending, ingested, pruned, brought back', async () => {
  const options = ['clock=sim', 'episodes=1', 'env.grid_size=[8,8]', 'env.max_steps=5', 'experiment=demo'];
  for (const id of [ID, 'run-20260102-000000']) await capture([...options, `run_id=${id}`], { cwd });
  const path = `results/demo/${ID}`;
  const before = contents(join(cwd, path));
  expect((await run('pending')).stdout.split('\n')).toEqual([path, 'results/demo/run-20260102-000000']);
  const nightly = ['prune', 'results', '--policy', 'nightly', '--keep-last', '1', '--min-age', '1s'];
  const rules = [
    ...nightly,
    '--keep-daily',
    '1',
    '--keep-weekly',
    '1',
    '--keep-monthly',
    '1',
    '--keep-within',
    '1s',
  ];
  const kept = await run(...rules, '--yes');
  expect(kept.stdout).toContain('not ingested yet');
  expect(left()).toHaveLength(2);
  expect(await run('ingest', '--run-dir', path, '--out-dir', 'data')).toMatchObject({ exitCode: 0 });
  expect((await run('pending')).stdout).toBe('results/demo/run-20260102-000000');
  expect((await run('ls', '--filter', 'state=ingested')).stdout).toContain(ID);
  const pruned = await run(...rules, '--yes', '--quiet');
  expect(pruned).toMatchObject({
    exitCode: 0,
    stderr: '',
    stdout: expect.stringContaining(`trashed demo/${ID}`),
  });
  expect(left()).toEqual(['run-20260102-000000']);
  expect(await run(...rules, '--yes', '--quiet')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  expect((await run('undelete', '--list', 'results')).stdout).toContain(`demo/${ID}  `);
  expect(await run('undelete', path)).toMatchObject({ exitCode: 0 });
  expect(contents(join(cwd, path))).toEqual(before);
  expect((await run('ls', '--filter', 'state=ingested')).stdout).toContain(ID);
  expect(existsSync(join(cwd, 'results', '.trash', ID))).toBe(false);
}, 120_000);

describe('prune', () => {
  it('--plan, then --apply: what was pinned or captured in between stays', async () => {
    makeRuns();
    expect(await run('prune', 'results', '--keep-last', '1', '--plan', 'plan.json')).toMatchObject({
      exitCode: 0,
    });
    expect(left()).toHaveLength(3);
    await run('pin', 'results/demo/run-20260102-000000');
    makeRun(join(cwd, 'results'), 'demo', 'run-20251231-000000', { endedAt: '2025-12-31T00:00:00Z' });
    const { exitCode, stderr, stdout } = await run('prune', '--apply', 'plan.json');
    expect(stdout).toMatch(/keep +run-20260102-000000 .* today it stays: pinned$/m);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 3,
      stderr: 'not removed: demo/run-20260102-000000: today it stays: pinned',
    });
    expect(left().sort()).toEqual(['run-20251231-000000', 'run-20260102-000000', 'run-20260103-000000']);
  });

  it('--max-delete removes nothing rather than too much: exit 1, also when quiet', async () => {
    makeRuns();
    const { exitCode, stderr } = await run(
      'prune',
      'results',
      '--keep-last',
      '1',
      '--max-delete',
      '50%',
      '--yes',
      '--quiet',
    );
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^2 of 3 runs would go, more than max-delete 50%: nothing was removed \(.+\)$/);
    expect(left()).toHaveLength(3);
  });

  it('--log gets a JSON line for each decision, and what cannot be logged is not done', async () => {
    makeRuns();
    const refused = await run('prune', 'results', '--keep-last', '1', '--yes', '--log', 'no/log.jsonl');
    expect(refused).toMatchObject({
      exitCode: 5,
      stderr: expect.stringContaining('cannot write no/log.jsonl'),
    });
    expect(left()).toHaveLength(3);
    await run('prune', 'results', '--keep-last', '1', '--yes', '--log', 'log.jsonl');
    const lines = readFileSync(join(cwd, 'log.jsonl'), 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { outcome: string }).outcome)).toEqual([
      'kept',
      'removed',
      'removed',
    ]);
  });

  it.each<[string[], number, RegExp]>([
    [['prune', 'results'], 2, /no rule says what to keep \(/],
    [['prune', 'results', '--policy', 'nihgtly'], 2, /unknown policy 'nihgtly' \(.*nightly/],
    [['prune', 'results', '--policy', './no.yaml'], 2, /there is no policy \.\/no\.yaml \(/],
    [['prune', 'results', '--policy', './bad.yaml'], 2, /bad\.yaml: unknown key 'keep_lsat' \(.*keep_last/],
    [['prune', 'results', '--policy', './none.yaml'], 2, /: \.\/none\.yaml: no rule says what to keep \(/],
    [['prune', 'results', '--policy', './list.yaml'], 2, /list\.yaml: .+ \(/],
    [['prune', 'results', '--policy', './unit.yaml'], 2, /\.\/unit\.yaml: keep_within '3x' has an unknown/],
    [['prune', 'results', '--policy', './flag.yaml'], 2, /\.\/flag\.yaml: keep_last: expected a number or/],
    [
      ['prune', 'results', '--policy', './unit.yaml', '--keep-within', '4x'],
      2,
      /: --keep-within '4x' has an unknown unit/,
    ],
    [
      [
        'prune',
        'results',
        ...['--keep-last', '1', '--runtime-logs', '.', '--logs-max-age', '1d'],
        '--log',
        './p.jsonl',
      ],
      2,
      /lies (?:among|in)/,
    ],
    [['prune', 'results', '--keep-within', '3x'], 2, /unknown unit 'x' \(/],
    [['prune', 'results', '--max-size', '5'], 2, /is not a size \(/],
    [['prune', 'results', '--keep-last', '-1'], 2, /keep-last/],
    [['prune', 'nowhere', '--keep-last', '1'], 2, /nowhere does not exist \(/],
    [['prune', '--keep-last', '1'], 2, /which results\? \(/],
    [['prune', '--apply', 'results/demo/run-20260101-000000/run.json'], 2, /is no plan of prune/],
    [['prune', '--apply', 'no.json'], 2, /there is no plan no\.json \(/],
    [['prune', '--apply', 'no.json', '--keep-last', '1'], 2, /--keep-last does not go with --apply/],
    [['ls', '--filter', 'tag>x'], 2, /not less or more/],
    [['ls', '--sort', 'szie'], 2, /unknown field 'szie' \(/],
    [['ls', 'nowhere'], 2, /does not exist/],
    [
      ['prune', 'results/demo', '--keep-last', '1', '--quiet'],
      2,
      /is the folder of an experiment.*\(.*results\)/,
    ],
    [['show', 'demo/run-20260101-000000'], 2, /\(did you mean results\/demo\/run-20260101-000000\?\)/],
    [['hsitory'], 2, /did you mean 'history'/],
    [['show', 'results/demo/run-x'], 2, /is not a run directory \(/],
    [['pin', 'results/demo/run-x'], 2, /is not a run directory \(/],
    [['tag', 'results/demo/run-20260101-000000', '../x'], 2, /'\.\.\/x' is not a valid tag \(/],
    [['undelete', 'results/demo/run-x'], 2, /is not in the trash of .* \(the trash is empty\)/],
    [['status', '--min-free', 'much'], 2, /is not a share of the disk \(/],
  ])('%j: exit %i and one line', async (args, code, message) => {
    makeRuns();
    writeFileSync(join(cwd, 'bad.yaml'), 'keep_lsat: 5\n');
    writeFileSync(join(cwd, 'unit.yaml'), 'keep_within: 3x\n');
    writeFileSync(join(cwd, 'flag.yaml'), 'keep_last: true\n');
    writeFileSync(join(cwd, 'none.yaml'), '');
    writeFileSync(join(cwd, 'list.yaml'), '- keep_last\n');
    const { exitCode, stderr, stdout } = await run(...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' });
    expect(stderr.split('\n')).toHaveLength(1);
    expect(stderr).toMatch(message);
    expect(left()).toHaveLength(3);
  });
});

it('a verdict is about what was judged, not about a later run of that name', async () => {
  makeRuns();
  const path = `results/demo/${ID}`;
  await run('reject', path, '--reason', 'cut short');
  const rejected = (): Promise<Outcome> => run('ls', '--filter', 'state=rejected');
  expect((await rejected()).stdout).toContain(ID);
  makeRun(join(cwd, 'results'), 'demo', ID, { endedAt: '2026-01-01T02:00:00Z' });
  expect(await rejected()).toMatchObject({ exitCode: 0, stdout: '' });
  expect((await run('pending')).stdout).toContain(path);
});

it('an experiment that cannot be read is told by all that look for runs', async () => {
  makeRuns();
  writeFileSync(join(cwd, 'results/demo/.marks'), '');
  const skipped = expect.stringMatching(/^skipped demo: cannot read .*\.marks/m);
  for (const command of [['pending'], ['ls'], ['prune', 'results', '--keep-last', '1', '--quiet']]) {
    expect(await run(...command)).toMatchObject({ exitCode: 3, stderr: skipped });
  }
  const status = await run('status', '--min-free', '0%');
  expect(status).toMatchObject({
    exitCode: 1,
    stdout: expect.stringMatching(/^alert: cannot read .*\.marks/m),
  });
});

it('status says when a policy would stop at its own brake', async () => {
  makeRuns();
  writeFileSync(join(cwd, 'p.yaml'), 'keep_last: 1\nmax_delete: 50%\n');
  const { stdout } = await run('status', '--policy', './p.yaml', '--min-free', '0%');
  expect(stdout).toMatch(/^to prune +2 runs.*\n +2 of 3 runs would go, more than max-delete 50%/m);
});

it('tags are taken off all together, or none is', async () => {
  makeRuns();
  await run('tag', `results/demo/${ID}`, 'a', 'b');
  expect(await run('tag', `results/demo/${ID}`, 'a', 'c', 'b', '--remove')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("has no tag 'c'"),
  });
  expect((await run('ls', '--filter', 'tag=a', '--filter', 'tag=b')).stdout).toContain(ID);
});

it('words that JavaScript knows are words', async () => {
  makeRuns();
  for (const word of ['constructor', '__proto__', 'toString']) {
    expect(await run('pending', '--experiment', word)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(`has no experiment '${word}'`),
    });
    expect(await run('reject', `results/demo/${ID}`, '--reason', word)).toMatchObject({
      exitCode: 0,
      stdout: `rejected demo/${ID}: ${word}`,
    });
  }
});

it('show says what to do with a run that was killed, accept what it had been rejected for', async () => {
  makeRuns();
  const path = `results/demo/${ID}`;
  await run('reject', path, '--reason', 'wall');
  expect((await run('accept', path)).stdout).toBe(`accepted demo/${ID} (it was rejected: wall)`);
  rmSync(join(cwd, path, 'manifest.json'));
  const { stdout } = await run('show', path);
  expect(stdout).toMatch(/^state +unfinished\nwhy +it has no manifest\.json\nsize +\d/m);
  expect(stdout).toContain(
    `next      plume-nav-capture resume ${path}, or plume-nav-capture recover ${path}`,
  );
});

it('status exits 1 at a threshold, and writes the same figures for Prometheus', async () => {
  makeRuns();
  const calm = await run('status', '--min-free', '0%');
  expect(calm).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/pending +3 runs/) });
  const { exitCode, stdout } = await run(
    'status',
    '--min-free',
    '100%',
    '--prometheus',
    'plume.prom',
    '--json',
  );
  expect(exitCode).toBe(1);
  expect((JSON.parse(stdout) as { alerts: string[] }).alerts).toHaveLength(1);
  expect(readFileSync(join(cwd, 'plume.prom'), 'utf8')).toMatch(/^plume_nav_capture_alerts\{.*\} 1$/m);
});

it('marks with odd names send nothing to the terminal that it would act on', async () => {
  makeRuns();
  const marks = join(cwd, 'results', 'demo', '.marks');
  mkdirSync(marks);
  appendFileSync(join(marks, 'run-20260101-000000@tag=\u001b[31mred'), '{"at":"\u001b[31m"}');
  for (const args of [['ls'], ['show', `results/demo/${ID}`], ['prune', 'results', '--keep-last', '1']]) {
    const { exitCode, stdout, stderr } = await run(...args);
    expect(exitCode).toBeLessThan(6);
    expect(stdout + stderr).toContain('red');
    expect(stdout + stderr).not.toContain('\u001b');
  }
});

it('prunes, a capture and commands that bring back, all at once: no run is lost or torn', async () => {
  makeRuns();
  const small = ['clock=sim', 'episodes=3', 'env.grid_size=[8,8]', 'env.max_steps=20', 'experiment=demo'];
  const prune = ['prune', 'results', '--keep-last', '1', '--keep-trash', '1d', '--yes'];
  const outcomes = await Promise.all([
    run(...prune),
    run(...prune),
    run('capture', ...small, 'output=results'),
    run(...prune),
    run('undelete', 'results/demo/run-20260101-000000'),
  ]);
  for (const { exitCode, stderr } of outcomes) {
    expect([0, 2, 3]).toContain(exitCode);
    expect(stderr).not.toMatch(/bug of ours|^ +at /m);
  }
  expect(outcomes[2]).toMatchObject({ exitCode: 0 });
  const trashed = readdirSync(join(cwd, 'results', '.trash')).map((name) => name.split('@')[1]!);
  const all = [...left(), ...trashed];
  expect(new Set(all).size).toBe(all.length);
  expect(all).toHaveLength(4);
}, 60_000);
