import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { canonicalHash, parseTypedJson, prettyJson, type JsonMap } from '../../src/core/canonical-json.js';
import { plume, scratchDirectory, type Outcome } from '../e2e/binary.js';

const PEAK_MEMORY = new URL('peak-memory.mjs', import.meta.url).href;
const MOST_BYTES = 600e6;
const MOST_MS = 60_000;
/** What a terminal would take for a command, or for text from right to left. */
const FOR_TERMINALS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;

/**
 * Runs a command on what a stranger made, with little memory: whatever it says of it, it ends in time, stays small,
 * is not surprised, and sends nothing to the terminal that is more than text.
 */
export async function survives(args: readonly string[], options: { cwd?: string } = {}): Promise<Outcome> {
  const peakFile = join(scratchDirectory(), 'peak');
  const outcome = await plume(args, {
    ...options,
    timeout: MOST_MS,
    env: { NODE_OPTIONS: `--max-old-space-size=512 --import=${PEAK_MEMORY}`, PLUME_PEAK_FILE: peakFile },
  });
  const { exitCode, stdout, stderr } = outcome;
  const what = `${args.join(' ').slice(0, 200)}: exit code ${exitCode}\n${stdout.slice(0, 2000)}${stderr.slice(0, 2000)}`;
  expect([0, 1, 2, 3, 4, 5], what).toContain(exitCode);
  expect(stderr, what).not.toMatch(/^\s+at |Last few GCs/m);
  expect(stdout + stderr, what).not.toMatch(FOR_TERMINALS);
  expect(existsSync(peakFile), what).toBe(true);
  expect(Number(readFileSync(peakFile, 'utf8')), `bytes of memory, ${what}`).toBeLessThan(MOST_BYTES);
  return outcome;
}

/** The errors of `validate --json`, `code file: message` each; or why there is no report. */
export async function errorsOf(run: string): Promise<string[]> {
  const { stdout } = await survives(['validate', run, '--json']);
  const [report] = (JSON.parse(stdout) as { runs: { error?: string; findings?: Found[] }[] }).runs;
  const { error, findings = [] } = report!;
  if (error !== undefined) return [error];
  return findings
    .filter(({ severity }) => severity === 'error')
    .map(({ code, file, message }) => `${code} ${file ?? ''}: ${message}`);
}
interface Found {
  severity: string;
  code: string;
  file: string | null;
  message: string;
}

/** Each command that writes what it read of a run, into a folder of its own. */
export function readers(run: string): { out: string; commands: string[][] } {
  const out = scratchDirectory();
  return {
    out,
    commands: [
      ['export', run, '--out', join(out, 'steps.csv')],
      ['ingest', '--run-dir', run, '--out-dir', join(out, 'lake')],
    ],
  };
}

/** A file of pieces that are written again and again: gigabytes of text that take milliseconds to make. */
export function repeated(path: string, piece: Uint8Array, times: number): void {
  const together = Math.max(1, Math.floor((1 << 20) / piece.length));
  const many = Buffer.concat(Array.from({ length: together }, () => piece));
  const file = openSync(path, 'w');
  for (let left = times; left > 0; left -= together) {
    writeSync(file, many, 0, piece.length * Math.min(left, together));
  }
  closeSync(file);
}

/** Text of a manifest with other files, as somebody signs it who knows how. */
export function signed(text: string, files: readonly JsonMap[]): string {
  const { manifest_digest: _, ...rest } = parseTypedJson(text) as JsonMap;
  const bytes = files.reduce((sum, file) => sum + (file['bytes'] as bigint), 0n);
  const body: JsonMap = { ...rest, files, totals: { files: BigInt(files.length), bytes } };
  return prettyJson({ ...body, manifest_digest: canonicalHash(body) });
}
