import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** What tells a process from all others, as far as the system says: Linux all of it, others the first two. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** Of the installed system: two machines may have one name. */
  readonly machine: string | null;
  /** Another after every start of the system. */
  readonly boot: string | null;
  /** In which `pid` counts: containers have their own. */
  readonly namespace: string | null;
  /** When it was started, in clock ticks of that boot: numbers of processes come again. */
  readonly started: number | null;
}

/** Of `unknown` nobody here can say whether it still runs. */
export type Liveness = 'running' | 'gone' | 'unknown';

/** This process. */
export const thisProcess = (): ProcessIdentity => ({
  pid: process.pid,
  ...here(),
  started: statOf('self')?.started ?? null,
});

/** Whether a process that once said who it was is still running. */
export function livenessOf(
  { pid, host, machine, boot, namespace, started }: ProcessIdentity,
  local: Omit<ProcessIdentity, 'pid' | 'started'> = here(),
): Liveness {
  if (host !== local.host || differ(machine, local.machine)) return 'unknown';
  // of two machines with one name, neither can tell whether the other was started again
  if (differ(boot, local.boot)) return machine === null || local.machine === null ? 'unknown' : 'gone';
  if (differ(namespace, local.namespace)) return 'unknown';
  if (!processExists(pid)) return 'gone';
  const now = statOf(pid);
  // a zombie has ended, and nobody has asked how
  return now?.state === 'Z' || differ(started, now?.started ?? null) ? 'gone' : 'running';
}

/** Whether a process of this machine is running, whoever owns it. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const here = (): Omit<ProcessIdentity, 'pid' | 'started'> => ({
  host: hostname(),
  machine: said(() => readFileSync('/etc/machine-id', 'utf8')),
  boot: said(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
  namespace: said(() => readlinkSync('/proc/self/ns/pid')),
});

/** State and start of a process, fields 3 and 22 of proc(5)'s stat. */
function statOf(pid: number | 'self'): { state: string; started: number } | null {
  const stat = said(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (stat === null) return null;
  // the second field, the program's name, may hold anything, brackets too
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0]!, started: Number(fields[19]) };
}

/** What the system says; null where it does not. */
function said(ask: () => string): string | null {
  try {
    return ask().trim() || null;
  } catch {
    return null;
  }
}

/** Whether two statements contradict each other. */
const differ = <T>(a: T | null, b: T | null): boolean => a !== null && b !== null && a !== b;
