import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { run as recoverCommand } from '../../src/cli/commands/recover.js';
import { run as resumeCommand } from '../../src/cli/commands/resume.js';
import { newFolder } from '../fixtures/captured-run.js';

export interface Answer<T> {
  code: number;
  said: T;
  stderr: string;
}

/** What `recover --json` says. */
export interface SaidOfRecovery {
  outcome: 'whole' | 'planned' | 'recovered';
  lost: boolean;
  state: string;
  kept: { episodes: number; steps: number };
  rebuilt: number;
  dropped: { bytes: number; episodes: number };
  gaps: unknown[];
  status: string;
  content_digest: string;
  validation: { ok: boolean };
}

/** What `resume --json` says. */
export interface SaidOfResumption {
  resumed: boolean;
  status: string;
  kept: { episodes: number; steps: number };
  counts: { episodes: number; steps: number };
  content_digest: string;
}

type Command = (
  runDir: string,
  options: { json: boolean; dryRun?: boolean },
  argv: readonly string[],
  output: { stdout(text: string): void; stderr(text: string): void },
) => Promise<number>;

async function answer<T>(command: Command, runDir: string, dryRun: boolean): Promise<Answer<T>> {
  let stdout = '';
  let stderr = '';
  const output = {
    stdout: (text: string) => void (stdout += text),
    stderr: (text: string) => void (stderr += text),
  };
  const code = await command(runDir, { json: true, dryRun }, [], output);
  return { code, said: JSON.parse(stdout) as T, stderr };
}

export const recovered = (runDir: string, dryRun = false): Promise<Answer<SaidOfRecovery>> =>
  answer(recoverCommand, runDir, dryRun);

export const resumed = (runDir: string, dryRun = false): Promise<Answer<SaidOfResumption>> =>
  answer((path, ...rest) => resumeCommand(path, [], ...rest), runDir, dryRun);

/** Another copy of a run, under the same experiment and id. */
export function copyOf(runDir: string): string {
  const copy = join(newFolder(), ...runDir.split('/').slice(-2));
  cpSync(runDir, copy, { recursive: true });
  return copy;
}

/** The same as a capture leaves it that is killed after the last flush. */
export function unfinishedCopy(runDir: string): string {
  const copy = copyOf(runDir);
  rmSync(join(copy, 'manifest.json'));
  return copy;
}

/** Lines of a part, whole ones only. */
export const linesOf = (path: string): string[] =>
  gunzipSync(readFileSync(path)).toString().split('\n').slice(0, -1);

export const digestOf = (runDir: string): string =>
  (JSON.parse(readFileSync(join(runDir, 'manifest.json'), 'utf8')) as { content_digest: string })
    .content_digest;

/** Members of a file of BGZF, by the sizes in their headers (SAM specification, section 4.1). */
export function membersOf(bytes: Buffer): Buffer[] {
  const members: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = bytes.readUInt16LE(at + 16) + 1;
    members.push(bytes.subarray(at, at + size));
    at += size;
  }
  return members;
}

/** Puts members into a file in place of what is there. */
export const writeMembers = (path: string, members: readonly Buffer[]): void =>
  writeFileSync(path, Buffer.concat(members));
