import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

export const BINARY = fileURLToPath(new URL('../../bin/plume-nav-capture.js', import.meta.url));

export interface Outcome {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** What a capture says by itself where the machine's disk is nearly full, which no test is about. */
const DISK_LOW = /^warning: disk space low: .* storage\.disk_free_threshold 20%: .*\n?/gm;
export const withoutDiskLow = (stderr: string): string => stderr.replaceAll(DISK_LOW, '');

/** Runs the built binary as a process, the way a shell would. */
export async function plume(
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string>; timeout?: number; uid?: number; gid?: number } = {},
): Promise<Outcome> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [BINARY, ...args], {
    reject: false,
    stdin: 'ignore',
    ...options,
  });
  return { exitCode: exitCode ?? -1, stdout, stderr: withoutDiskLow(stderr) };
}

export function scratchDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'plume-e2e-'));
}

export interface CaptureJson {
  run_id: string;
  run_dir: string;
  status: string;
  counts: { episodes: number; steps: number };
  config_hash: string;
  content_digest: string;
  validation: { ok: boolean };
  files: { path: string; bytes: number; rows: number | null }[];
}

/** A capture with `--json`; fails the test when it does not exit 0. */
export async function capture(args: readonly string[], options: { cwd?: string } = {}): Promise<CaptureJson> {
  const outcome = await plume(['capture', '--json', ...args], options);
  if (outcome.exitCode !== 0) throw new Error(`capture exited ${outcome.exitCode}: ${outcome.stderr}`);
  return JSON.parse(outcome.stdout) as CaptureJson;
}
