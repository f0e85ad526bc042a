import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/cli/commands/validate.js';
import { buildRun } from '../fixtures/run-builder.js';

async function validate(paths: string[], options: { json?: boolean; all?: string } = {}) {
  let stdout = '';
  let stderr = '';
  const code = await run(paths, options, {
    stdout: (text) => void (stdout += text),
    stderr: (text) => void (stderr += text),
  });
  return { code, stdout, stderr };
}

/** A root with a valid run, a faulty one, and things that are no runs. */
async function results(): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'results-'));
  const good = await buildRun();
  const bad = await buildRun({ model: ({ steps }) => (steps[2]!.reward = 5) });
  cpSync(dirname(good), join(root, 'demo'), { recursive: true });
  cpSync(dirname(bad), join(root, 'faulty', 'demo'), { recursive: true });
  cpSync(join(bad), join(root, 'other', 'run-20261121-120000'), { recursive: true });
  cpSync(good, join(root, '.trash', 'run-20261121-120000'), { recursive: true });
  symlinkSync(good, join(root, 'demo', 'latest'));
  mkdirSync(join(root, 'demo', 'empty'));
  writeFileSync(join(root, 'notes.txt'), '');
  return root;
}

describe('validate', () => {
  it('says one line about a valid run', async () => {
    const path = await buildRun();
    const { code, stdout, stderr } = await validate([path]);
    expect(stdout).toBe(`✓ ${path}: 3 episodes, 17 steps\n`);
    expect([code, stderr]).toEqual([0, '']);
  });

  it('names code, file and line of each finding, and exits 1', async () => {
    const path = await buildRun({ lines: ({ steps }) => (steps[4] = '{') });
    const { code, stdout } = await validate([path]);
    expect(stdout).toContain(`✗ ${path}: 3 episodes, 16 steps, 1 error\n`);
    expect(stdout).toMatch(/^ {2}error {2}line-json {2}steps\.jsonl\.gz:5 {2}not JSON: /m);
    expect(code).toBe(1);
  });

  it('--all finds the runs below a root', async () => {
    const root = await results();
    const { code, stdout } = await validate([], { all: root });
    const lines = stdout.split('\n').filter((line) => /^[✓✗]/u.test(line));
    expect(lines.map((line) => line.split(': ')[0])).toEqual([
      `✓ ${join(root, 'demo', 'run-20261121-120000')}`,
      `✗ ${join(root, 'other', 'run-20261121-120000')}`,
    ]);
    expect(code).toBe(1);
  });

  it('--json gives one document', async () => {
    const root = await results();
    const { code, stdout } = await validate([], { all: root, json: true });
    const document = JSON.parse(stdout) as { ok: boolean; runs: { ok: boolean; findings: unknown[] }[] };
    expect(document.ok).toBe(false);
    expect(document.runs.map(({ ok }) => ok)).toEqual([true, false]);
    expect(code).toBe(1);
  });

  it.each<[string, (root: string) => string[], string]>([
    ['a path that is not there', (root) => [join(root, 'nothing')], 'does not exist'],
    ['a file', (root) => [join(root, 'notes.txt')], 'is a file, not a run directory'],
    ['a folder without run.json', (root) => [join(root, 'demo', 'empty')], 'not a run directory'],
  ])('%s is an input error', async (_, paths, message) => {
    const root = await results();
    await expect(validate(paths(root))).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining(message),
    });
  });

  it('neither or both of directories and --all is a usage error', async () => {
    await expect(validate([])).rejects.toMatchObject({ kind: 'usage' });
    await expect(validate(['a'], { all: 'b' })).rejects.toMatchObject({ kind: 'usage' });
  });

  it('--all below nothing, or where no runs are, is an input error that says where to look', async () => {
    const root = await results();
    const cases: [string, string, string][] = [
      ['/nowhere', 'does not exist', 'give a run directory'],
      [mkdtempSync(join(tmpdir(), 'empty-')), 'no runs below', '<root>/<experiment>/<run_id>'],
      [join(root, 'demo', 'run-20261121-120000'), 'is itself a run', 'plume-nav-capture validate /'],
      [join(root, 'demo'), 'is the folder of an experiment', join('validate ', root, 'demo', '*')],
    ];
    for (const [path, message, hint] of cases) {
      await expect(validate([], { all: path })).rejects.toMatchObject({
        kind: 'input',
        message: expect.stringContaining(message),
        hint: expect.stringContaining(hint),
      });
    }
  });
});

describe('a path that cannot be checked', () => {
  it('does not keep the others from it', async () => {
    const root = await results();
    const paths = [join(root, 'nothing'), join(root, 'demo', 'run-20261121-120000')];
    const { code, stdout } = await validate(paths);
    expect(stdout).toBe(`✗ ${paths[0]}: ${paths[0]} does not exist\n✓ ${paths[1]}: 3 episodes, 17 steps\n`);
    expect(code).toBe(2);
  });

  it('is in the JSON, alone too', async () => {
    const { code, stdout } = await validate(['/nowhere'], { json: true });
    expect(JSON.parse(stdout)).toEqual({
      ok: false,
      runs: [{ path: '/nowhere', ok: false, error: '/nowhere does not exist' }],
    });
    expect(code).toBe(2);
  });

  it.each(['manifest.json', 'steps.jsonl.gz'])(
    '--all finds a folder with %s but no run.json',
    async (name) => {
      const root = await results();
      const path = join(root, 'demo', 'half');
      mkdirSync(path);
      writeFileSync(join(path, name), '');
      const { code, stdout } = await validate([], { all: root });
      expect(stdout).toContain(`✗ ${path}: ${path} is not a run directory: it has no run.json\n`);
      expect(stdout).toContain(`✓ ${join(root, 'demo', 'run-20261121-120000')}: `);
      expect(code).toBe(2);
    },
  );

  // root may read everything
  it.skipIf(process.getuid?.() === 0)('--all goes on after a folder it may not read', async () => {
    const root = await results();
    mkdirSync(join(root, 'closed'), { mode: 0 });
    mkdirSync(join(root, 'demo', 'closed'), { mode: 0 });
    const { code, stdout } = await validate([], { all: root });
    expect(stdout.match(/cannot read directory .*: permission denied/g)).toHaveLength(2);
    expect(stdout).toContain('✓ ');
    expect(code).toBe(5);
  });
});
