import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { BINARY, type Outcome } from '../e2e/binary.js';

/** Calls that change what is on the disk; some are there on some processors only. */
const CALLS = [
  ...['write', 'pwrite64', 'writev', 'pwritev', 'copy_file_range', 'sendfile', 'ftruncate'],
  ...['?rename', 'renameat', 'renameat2', '?link', 'linkat', '?unlink', 'unlinkat'],
  ...['?mkdir', 'mkdirat', '?rmdir', 'fsync', 'fdatasync', '?open', 'openat', '?chmod', 'fchmod', 'fchmodat'],
];

/** One of the calls a command makes. */
export interface Call {
  name: string;
  /** From the folder the command runs in; a process number in it is `%PID%`. */
  path: string;
  /** Of the calls of this name on this path, from 1 on. */
  nth: number;
}

export type Fault = 'SIGKILL' | 'ENOSPC' | 'EIO';

// Node's file work in one thread, and by system calls of its own; the order is then the same each time.
const ENV = {
  ...process.env,
  UV_THREADPOOL_SIZE: '1',
  UV_USE_IO_URING: '0',
  NODE_OPTIONS: `--import=${fileURLToPath(new URL('fixed-names.mjs', import.meta.url))}`,
};

/** @param script ends with strace's own arguments; the process it watches is the one we started, so its number is `$$` */
async function traced(
  script: string,
  args: readonly string[],
  cwd: string,
  env: object,
): Promise<Outcome & { pid: number }> {
  const command = `exec strace -D -f --quiet=all ${script} "$@"`;
  const child = execFile('sh', ['-c', command, 'sh', process.execPath, BINARY, ...args], {
    cwd,
    env: { ...ENV, ...env },
  });
  const said = { stdout: '', stderr: '' };
  child.stdout!.on('data', (text: string) => (said.stdout += text));
  child.stderr!.on('data', (text: string) => (said.stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { exitCode: code ?? -1, ...said, pid: child.pid! };
}

/** The calls of a command that nothing disturbs, which change something below `cwd`. */
export async function callsOf(args: readonly string[], cwd: string): Promise<Call[]> {
  const log = join(cwd, 'calls.log');
  const env = { LOG: log, CALLS: CALLS.join(',') };
  const { exitCode, stderr, pid } = await traced('-y -s 0 -o "$LOG" -e trace="$CALLS"', args, cwd, env);
  if (exitCode !== 0) throw new Error(`${args[0]} exited ${exitCode}: ${stderr}`);
  // it is the watcher that writes it, and ends after the command
  await setTimeout(100);
  const lines = readFileSync(log, 'utf8').split('\n');
  rmSync(log);
  const calls: Call[] = [];
  // each thread is counted by itself
  const counts = new Map<string, Map<string, number>>();
  for (const line of lines) {
    const [, thread, name, rest] = /^(\d+)\s+(\w+)\((.*)/.exec(line) ?? [];
    if (name === undefined) continue;
    // of two names it is the first by which strace finds a call
    const paths = pathsIn(rest!, cwd, pid).slice(0, /^(?:rename|link)/.test(name) ? 1 : 2);
    for (const each of paths) {
      const key = `${name} ${each}`;
      const threads = counts.get(key) ?? new Map<string, number>();
      counts.set(key, threads.set(thread!, (threads.get(thread!) ?? 0) + 1));
    }
    const path = name === 'copy_file_range' || name === 'sendfile' ? paths.at(-1) : paths[0];
    const changesNothing =
      rest!.includes(' = -1 ') || (name.startsWith('open') && rest!.includes('O_RDONLY'));
    if (path === undefined || changesNothing) continue;
    const threads = counts.get(`${name} ${path}`)!;
    const nth = threads.get(thread!)!;
    // one that another thread has counted already cannot be told from this one
    if ([...threads].every(([other, count]) => other === thread || count < nth))
      calls.push({ name, path, nth });
  }
  return calls;
}

/** The files and folders below `cwd` that a call is about. */
function pathsIn(text: string, cwd: string, pid: number): string[] {
  const found = new Set<string>();
  for (const [, cited, open] of text.replaceAll(/AT_FDCWD<[^>]*>/g, '').matchAll(/"([^"]+)"|<([^>]+)>/g)) {
    const path = (cited ?? open)!;
    const relative = path.startsWith(`${cwd}/`) ? path.slice(cwd.length + 1) : path;
    if (relative.startsWith('/') || !/^(?:results|data|archive)(?:\/|$)/.test(relative)) continue;
    found.add(relative.replace(`-${pid}-`, '-%PID%-'));
  }
  return [...found];
}

/** Runs a command in which one call is the last, or fails. */
export function withFault(
  args: readonly string[],
  cwd: string,
  { name, path, nth }: Call,
  fault: Fault,
): Promise<Outcome> {
  const what = fault === 'SIGKILL' ? 'signal=SIGKILL' : `error=${fault}`;
  const script =
    '-o /dev/null -e trace="$CALL" -e inject="$CALL:$FAULT" ' +
    '-P "$(echo "$ON" | sed "s/%PID%/$$/")" -P "$PWD/$(echo "$ON" | sed "s/%PID%/$$/")"';
  return traced(script, args, cwd, { CALL: name, FAULT: `${what}:when=${nth}`, ON: path });
}
