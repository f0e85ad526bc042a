import { completionScript } from '../completion/scripts.js';
import type { Shell } from '../completion/shells.js';
import { EXIT } from '../exit-codes.js';
import type { Output } from '../ui.js';

/** `completion SHELL`: print the script that the shell has to read. */
export async function run(shell: Shell, output: Output): Promise<number> {
  output.stdout(await completionScript(shell));
  return EXIT.done;
}
