import { randomBytes } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { ioError } from './io-error.js';
import { processExists } from './process-identity.js';

/**
 * A hidden folder beside what a command changes, where it gets the change ready (or takes things away) before one
 * rename: `.<purpose>-<pid>-<random>-<host>`. The owner is in the name, so that one look tells a leftover of a
 * killed command from the folder of one still running.
 */
export interface WorkFolder {
  name: string;
  path: string;
  /** `gone` is a leftover; of `elsewhere`, another machine's, we cannot know. */
  owner: 'running' | 'gone' | 'elsewhere';
}

// Our own pid can also be that of a killed process, in a container say, where pids start over.
const madeHere = new Set<string>();

const safeHost = (): string => hostname().replaceAll(/[^A-Za-z0-9._-]/g, '_');

/** A new path of this process, with nothing there. */
export function workFolderPath(parent: string, purpose: string): string {
  const name = `.${purpose}-${process.pid}-${randomBytes(4).toString('hex')}-${safeHost()}`;
  madeHere.add(name);
  return join(parent, name);
}

export async function makeWorkFolder(parent: string, purpose: string): Promise<string> {
  const path = workFolderPath(parent, purpose);
  try {
    await mkdir(path);
  } catch (error) {
    throw ioError(`cannot make a folder in ${parent}`, error);
  }
  return path;
}

/** The work folders in a directory; none when it does not exist. */
export async function findWorkFolders(parent: string, purpose: string): Promise<WorkFolder[]> {
  const pattern = new RegExp(`^\\.${purpose}-(\\d+)-[0-9a-f]{8}-(.+)$`);
  const found: WorkFolder[] = [];
  try {
    for (const entry of await readdir(parent, { withFileTypes: true })) {
      const match = pattern.exec(entry.name);
      if (match === null || !entry.isDirectory()) continue;
      const owner = ownerOf(entry.name, Number(match[1]), match[2]!);
      found.push({ name: entry.name, path: join(parent, entry.name), owner });
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw ioError(`cannot read ${parent}`, error);
  }
  return found;
}

function ownerOf(name: string, pid: number, host: string): WorkFolder['owner'] {
  if (host !== safeHost()) return 'elsewhere';
  const running = pid === process.pid ? madeHere.has(name) : processExists(pid);
  return running ? 'running' : 'gone';
}
