/** Commit of a repository, and whether files of it are changed; null for both where there is none. */
export interface GitState {
  sha: string | null;
  dirty: boolean | null;
}

/** The state of the repository a directory belongs to; nulls outside of one or without git. */
export async function gitState(cwd: string): Promise<GitState> {
  const { execa } = await import('execa');
  const { exitCode, stdout } = await execa(
    'git',
    ['status', '--porcelain=v2', '--branch', '--untracked-files=no'],
    { cwd, reject: false, timeout: 10_000, env: { GIT_OPTIONAL_LOCKS: '0' } },
  );
  return exitCode === 0 ? parseStatus(stdout) : { sha: null, dirty: null };
}

/** Lines of `git status --porcelain=v2 --branch`: headers start with `#`, every other line is a change. */
function parseStatus(text: string): { sha: string | null; dirty: boolean } {
  const lines = text.split('\n').filter((line) => line !== '');
  const sha = /^# branch\.oid ([0-9a-f]{40,64})$/m.exec(text)?.[1] ?? null;
  return { sha, dirty: lines.some((line) => !line.startsWith('#')) };
}
