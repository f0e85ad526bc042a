/** Commit and state of the repository a directory belongs to; null for both outside of one or without git. */
export async function gitState(cwd: string): Promise<{ sha: string | null; dirty: boolean | null }> {
  const { execa } = await import('execa');
  const git = (...args: string[]) =>
    execa('git', args, { cwd, reject: false, timeout: 10_000, env: { GIT_OPTIONAL_LOCKS: '0' } });
  const [head, status] = await Promise.all([
    git('rev-parse', '--verify', 'HEAD'),
    git('status', '--porcelain', '--untracked-files=no'),
  ]);
  return {
    sha: head.exitCode === 0 ? head.stdout.trim() : null,
    dirty: status.exitCode === 0 ? status.stdout.trim() !== '' : null,
  };
}
