import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { gitState } from '../../src/io/git.js';

const WHO = ['-c', 'user.name=t', '-c', 'user.email=t@example.org'];

it('tells commit and state as git does', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'git-'));
  const git = (...args: string[]) => execa('git', [...WHO, ...args], { cwd });
  expect(await gitState(cwd)).toEqual({ sha: null, dirty: null });
  await git('init', '-q');
  expect(await gitState(cwd)).toEqual({ sha: null, dirty: false });
  writeFileSync(join(cwd, 'a'), '1');
  await git('add', 'a');
  expect(await gitState(cwd)).toEqual({ sha: null, dirty: true });
  await git('commit', '-qm', 'a');
  const { stdout: sha } = await git('rev-parse', 'HEAD');
  expect(await gitState(cwd)).toEqual({ sha, dirty: false });
  // results beside the code do not make it dirty
  writeFileSync(join(cwd, 'untracked'), '');
  expect(await gitState(cwd)).toEqual({ sha, dirty: false });
  writeFileSync(join(cwd, 'a'), '2');
  expect(await gitState(cwd)).toEqual({ sha, dirty: true });
});

it('knows nothing where there is no git', async () => {
  expect(await gitState('/')).toEqual({ sha: null, dirty: null });
});
