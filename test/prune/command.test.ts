import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { run, type PruneOptions } from '../../src/cli/commands/prune.js';
import { BINARY } from '../e2e/binary.js';
import { newFolder } from '../fixtures/captured-run.js';
import { makeRun } from './runs.js';

function makeResults(results = newFolder()): string {
  for (const day of ['01', '02', '03']) {
    makeRun(results, 'demo', `run-202601${day}-000000`, { endedAt: `2026-01-${day}T01:00:00Z` });
  }
  return results;
}

async function prune(results: string, options: PruneOptions) {
  const said = { stdout: '', stderr: '' };
  const exitCode = await run(results, options, {
    stdout: (text) => void (said.stdout += text),
    stderr: (text) => void (said.stderr += text),
  });
  return { exitCode, ...said };
}

const PLAN = `demo:
  keep     run-20260103-000000  2026-01-03T01:00Z       0 B  the last valid run of its experiment, keep-last 1 (1 of 1)
  remove   run-20260102-000000  2026-01-02T01:00Z       0 B  not in keep-last 1
  remove   run-20260101-000000  2026-01-01T01:00Z       0 B  not in keep-last 1
`;
const TOTALS = '2 runs (0 B) to remove, 1 run (0 B) to keep';

describe('prune', () => {
  it('prints the plan and removes nothing without --yes', async () => {
    const results = makeResults();
    expect(await prune(results, { keepLast: '1' })).toEqual({
      exitCode: 0,
      stdout: `${PLAN}${TOTALS}; nothing was removed: add --yes to remove\n`,
      stderr: '',
    });
    expect(readdirSync(join(results, 'demo'))).toHaveLength(3);
  });

  it('removes with --yes', async () => {
    const results = makeResults();
    expect(await prune(results, { keepLast: '1', yes: true })).toEqual({
      exitCode: 0,
      stdout: `${PLAN}removed 2 runs, 0 B freed\n`,
      stderr: '',
    });
    expect(readdirSync(join(results, 'demo'))).toEqual(['run-20260103-000000']);
    expect(await prune(results, { keepLast: '1', yes: true })).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('removed 0 runs\n'),
    });
  });

  it('--quiet without --yes says that something is left undone, and nothing where there is nothing to do', async () => {
    const results = makeResults();
    expect(await prune(results, { keepLast: '1', quiet: true })).toEqual({
      exitCode: 0,
      stdout: `${TOTALS}; nothing was removed: add --yes to remove\n`,
      stderr: '',
    });
    for (const options of [{ keepLast: '3' }, { keepLast: '1', dryRun: true }]) {
      expect(await prune(results, { ...options, quiet: true })).toEqual({
        exitCode: 0,
        stdout: '',
        stderr: '',
      });
    }
  });

  it('says that --keep-trash has no effect beside a limit', async () => {
    const results = makeResults();
    await prune(results, { keepLast: '2', keepTrash: '7d', yes: true });
    const said = await prune(results, { keepLast: '1', keepTrash: '7d', maxSize: '0B', yes: true });
    expect(said.stderr).toBe(
      'keep-trash 7d has no effect beside max-size 0B: what goes is deleted for good\n',
    );
  });

  it('--dry-run wins over --yes', async () => {
    const results = makeResults();
    const { stdout } = await prune(results, { keepLast: '1', yes: true, dryRun: true });
    expect(stdout).toBe(`${PLAN}${TOTALS}; nothing was removed: a dry run\n`);
    expect(readdirSync(join(results, 'demo'))).toHaveLength(3);
  });

  it('--json prints one document, all else to stderr', async () => {
    const results = makeResults();
    const { stdout, stderr } = await prune(results, { keepLast: '2', json: true, yes: true });
    expect(JSON.parse(stdout)).toEqual({
      results,
      rules: ['keep-last 2'],
      keep: [
        expect.objectContaining({
          path: 'demo/run-20260103-000000',
          reasons: ['the last valid run of its experiment', 'keep-last 2 (1 of 2)'],
        }),
        expect.objectContaining({ run_id: 'run-20260102-000000', ended_at: '2026-01-02T01:00:00.000Z' }),
      ],
      remove: [expect.objectContaining({ path: 'demo/run-20260101-000000', bytes: 0 })],
      archive: [],
      empty_trash: [],
      logs: [],
      rejected_samples: [],
      shortfall: null,
      skipped: [],
      leftovers: [],
      removals: [{ path: 'demo/run-20260101-000000', outcome: 'removed', reason: null }],
    });
    expect(stderr).toBe('removed 1 run, 0 B freed\n');
  });

  it('a folder without runs is in order', async () => {
    expect(await prune(newFolder(), { keepLast: '1', yes: true })).toEqual({
      exitCode: 0,
      stdout: 'removed 0 runs\n',
      stderr: '',
    });
  });
});

/** Permissions do not hold for root, so there the command runs as nobody. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
const asUser = (...args: string[]) =>
  execa(process.execPath, [BINARY, 'prune', ...args], { reject: false, cwd: tmpdir(), ...nobody });

const { exitCode: started } = await asUser('--help');

describe.skipIf(started !== 0)('permissions (skipped when nobody may read this folder)', () => {
  const writable = (path: string): void => chmodSync(path, 0o777);
  const writableAll = (results: string): void => {
    writable(results);
    for (const entry of readdirSync(results, { recursive: true, withFileTypes: true })) {
      if (entry.isDirectory()) writable(join(entry.parentPath, entry.name));
    }
  };
  const shared = (): string => {
    const results = mkdtempSync(join(tmpdir(), 'plume-shared-'));
    makeResults(results);
    makeRun(results, 'other', 'run-20260101-000000');
    makeRun(results, 'other', 'run-20260102-000000', { endedAt: '2026-01-02T00:00:00Z' });
    writableAll(results);
    return results;
  };

  it('a read-only results folder: one clear line, exit 5, nothing removed', async () => {
    const results = shared();
    chmodSync(results, 0o555);
    const { exitCode, stderr } = await asUser(results, '--keep-last', '1', '--yes');
    expect({ exitCode, stderr }).toEqual({
      exitCode: 5,
      stderr: expect.stringMatching(
        /^(?:not removed: .*permission denied.*\n)+plume-nav-capture: nothing of what was to go could be removed \(.*\)$/,
      ),
    });
    expect(readdirSync(join(results, 'demo'))).toHaveLength(3);
  });

  it('a read-only experiment: the others are pruned, exit 3', async () => {
    const results = shared();
    chmodSync(join(results, 'other'), 0o555);
    const { exitCode, stderr } = await asUser(results, '--keep-last', '1', '--yes');
    expect(stderr).toContain('not removed: other/run-20260101-000000: cannot remove');
    expect(stderr).toContain('permission denied');
    expect(exitCode).toBe(3);
    expect(readdirSync(join(results, 'demo'))).toEqual(['run-20260103-000000']);
    expect(readdirSync(results).sort()).toEqual(['demo', 'other']);
  });

  it('nothing can be removed: exit 5', async () => {
    const results = shared();
    chmodSync(join(results, 'other'), 0o555);
    chmodSync(join(results, 'demo'), 0o555);
    const { exitCode } = await asUser(results, '--keep-last', '1', '--yes');
    expect(exitCode).toBe(5);
  });

  it('a run that can be taken but not deleted stays in the trash for the next prune', async () => {
    const results = shared();
    const inner = join(results, 'demo', 'run-20260101-000000', 'inner');
    makeRun(join(results, 'demo', 'run-20260101-000000'), 'inner', 'x');
    chmodSync(inner, 0o555);
    const { exitCode, stderr } = await asUser(results, '--keep-last', '2', '--yes');
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 5,
      stderr: expect.stringContaining('cannot delete'),
    });
    const trash = readdirSync(results).find((name) => name.startsWith('.gone-'));
    expect(trash).toBeDefined();
    chmodSync(join(results, trash!, 'run', 'inner'), 0o777);
    expect(await prune(results, { keepLast: '2', yes: true })).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('removed 0 runs and 1 other item'),
    });
    expect(existsSync(join(results, trash!))).toBe(false);
  });

  it.each([
    ['read', 0o000],
    ['entered', 0o666],
  ])('an experiment that cannot be %s is skipped, the others are pruned', async (_what, mode) => {
    const results = shared();
    chmodSync(join(results, 'other'), mode);
    const { exitCode, stderr } = await asUser(results, '--keep-last', '1', '--yes', '--quiet');
    expect({ exitCode, stderr }).toEqual({
      exitCode: 3,
      stderr: expect.stringMatching(/^skipped other: cannot .*: permission denied$/),
    });
    expect(readdirSync(join(results, 'demo'))).toEqual(['run-20260103-000000']);
    expect(readdirSync(join(results, 'other'))).toHaveLength(2);
  });

  it('marks that cannot be cleared are told, and everything else is done and logged', async () => {
    const results = shared();
    const log = join(results, 'prune.jsonl');
    mkdirSync(join(results, 'demo/.marks'));
    writeFileSync(join(results, 'demo/.marks/run-20260101-000000@accepted'), '{"at":""}');
    chmodSync(join(results, 'demo/.marks'), 0o555);
    const { exitCode, stderr } = await asUser(results, '--keep-last', '1', '--yes', '--log', log);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 3,
      stderr: expect.stringMatching(/^not removed: demo\/\.marks: cannot .*: permission denied/),
    });
    expect(readFileSync(log, 'utf8').match(/"outcome":"removed"/g)).toHaveLength(3);
  });

  it('a run that cannot be read is kept', async () => {
    const results = shared();
    chmodSync(join(results, 'demo', 'run-20260101-000000', 'manifest.json'), 0);
    const { exitCode, stdout } = await asUser(results, '--keep-last', '2', '--yes');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('manifest.json cannot be read');
  });
});

it('--log has a line for each decision, also about the trash, rejected samples and runtime logs', async () => {
  const results = makeResults();
  await prune(results, { keepLast: '2', keepTrash: '1s', yes: true });
  const [trashed] = readdirSync(join(results, '.trash'));
  mkdirSync(join(results, 'demo/run-20260102-000000/rejected_samples'));
  const logs = newFolder();
  writeFileSync(join(logs, 'old.log'), 'x');
  utimesSync(join(logs, 'old.log'), 0, 0);
  const log = join(newFolder(), 'prune.jsonl');
  const options = { keepLast: '2', rejectedMaxAge: '1d', runtimeLogs: logs, logsMaxAge: '1d', log };
  await setTimeout(1100);
  await prune(results, { ...options, dryRun: true });
  const { stdout } = await prune(results, { ...options, yes: true });
  expect(stdout).toContain('removed 0 runs and 2 other items, emptied 1 run from the trash, 0 B freed\n');
  const lines = readFileSync(log, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const brief = lines.map(({ path, state, action, outcome }) => [path, state, action, outcome].join(' '));
  const expected = (kept: string, removed: string): string[] => [
    `demo/run-20260103-000000 finished keep ${kept}`,
    `demo/run-20260102-000000 finished keep ${kept}`,
    `.trash/${trashed!} trash remove ${removed}`,
    `demo/run-20260102-000000/rejected_samples rejected-samples remove ${removed}`,
    `${join(logs, 'old.log')} runtime-log remove ${removed}`,
  ];
  expect(brief).toEqual([...expected('planned', 'planned'), ...expected('kept', 'removed')]);
  const [keys] = lines.map((line) => Object.keys(line));
  for (const line of lines) expect(Object.keys(line)).toEqual(keys);
});
