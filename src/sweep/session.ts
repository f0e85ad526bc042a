import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { CaptureError } from '../core/errors.js';
import { processExists } from '../io/process-identity.js';
import type { LedgerEntry, OpenedSession } from './ledger.js';
import { appendEntry, readLedger } from './ledger-file.js';
import { LEDGER_FILE } from './names.js';

/** A process's hold on a sweep: from `openSession` to `close` nobody else runs its jobs. */
export interface Session {
  /** What the ledger held when the sweep was taken. */
  readonly entries: readonly LedgerEntry[];
  append(entry: LedgerEntry): Promise<void>;
  close(): Promise<void>;
}

// Our own pid can also be that of a killed process, in a container say, where pids start over.
const openHere = new Set<string>();

/**
 * Takes the sweep. Whoever comes first in the ledger has it, of those who live and have not closed their session; so
 * two that come at once cannot both get it, and what a killed process held is free.
 * @throws CaptureError `busy` naming who holds it
 */
export async function openSession(directory: string): Promise<Session> {
  const session = randomUUID();
  const close = async (): Promise<void> => {
    await appendEntry(directory, { session, status: 'closed' });
    openHere.delete(session);
  };
  const since = new Date().toISOString();
  openHere.add(session);
  await appendEntry(directory, { session, status: 'opened', pid: process.pid, host: hostname(), since });
  const entries = await readLedger(directory);
  try {
    requireFree(directory, entries, session);
  } catch (error) {
    await close();
    throw error;
  }
  return { entries, append: (entry) => appendEntry(directory, entry), close };
}

/**
 * Makes sure that no other process has the sweep.
 * @param ours our own session, when there is one: those after it wait for us
 * @throws CaptureError `busy` naming who holds it
 */
export function requireFree(directory: string, entries: readonly LedgerEntry[], ours?: string): void {
  const closed = new Set(entries.filter(({ status }) => status === 'closed').map(sessionOf));
  for (const entry of entries) {
    if (entry.status !== 'opened' || closed.has(entry.session)) continue;
    if (entry.session === ours) return;
    if (lives(entry)) throw busy(directory, entry);
  }
}

const sessionOf = (entry: LedgerEntry): string | null => ('session' in entry ? entry.session : null);

/** Of another machine we cannot know. */
function lives({ session, pid, host }: OpenedSession): boolean {
  if (host !== hostname()) return true;
  return pid === process.pid ? openHere.has(session) : processExists(pid);
}

function busy(directory: string, { session, pid, host, since }: OpenedSession): CaptureError {
  return new CaptureError('busy', `${directory} is being run by process ${pid} on ${host} since ${since}`, {
    hint:
      host === hostname()
        ? 'wait until it has ended'
        : `wait until it has ended; when it was killed there, remove the line with ${session} from ${join(directory, LEDGER_FILE)}`,
  });
}
