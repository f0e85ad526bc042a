// What the scripts of this folder share. Node's own modules only: it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Ends the process with one readable line. */
export function fail(message, code = 1) {
  console.error(message);
  process.exit(code);
}

/** Runs a command in the repository; a failure ends this process with the command's exit code. */
export function run(command, args, { capture = false } = {}) {
  const stdio = ['inherit', capture ? 'pipe' : 'inherit', 'inherit'];
  // npm is a .cmd file on Windows, which only a shell can start
  const shell = process.platform === 'win32' && command === 'npm';
  const { status, signal, error, stdout } = spawnSync(command, args, { cwd: root, stdio, shell });
  const shown = [command === process.execPath ? 'node' : command, ...args.map(short)].join(' ');
  if (error) fail(`${shown} could not be started: ${error.message}`);
  if (signal) fail(`${shown} was ended by ${signal}`);
  if (status !== 0) fail(`${shown} failed with exit code ${status}`, status);
  return stdout?.toString() ?? '';
}

const short = (arg) => (arg.startsWith(root) ? arg.slice(root.length) : arg);
