import { BASH_SCRIPT } from './bash.js';
import type { Shell } from './shells.js';

/** The script that makes a shell ask `plume-nav-capture complete -- WORDS`. */
export async function completionScript(shell: Shell): Promise<string> {
  return shell === 'bash' ? BASH_SCRIPT : libraryScript(shell);
}

/**
 * What the library's scripts get wrong, as [theirs, ours]. They take everything from the first dash to the last `=` for
 * a flag, so they would cut `my-group=option`, and zsh would evaluate what it cut; a flag starts with two dashes and
 * holds letters. And zsh looks for the paths of flags only: those of `output=` begin after the `=`.
 */
const FLAGS = ["'-.*='", "'^--[a-z-]*='"] as const;
const MENDED = {
  fish: [FLAGS],
  zsh: [
    FLAGS,
    ["_arguments '*:dirname:", "compset -P '[^-]*='\n        _arguments '*:dirname:"],
    [
      "_arguments '*:filename:_files'\"",
      "compset -P '[^-]*='\n                _arguments '*:filename:_files'\"",
    ],
  ],
} as const;

async function libraryScript(shell: 'zsh' | 'fish'): Promise<string> {
  const { script } = await import('@bomb.sh/tab');
  let text = printed(() => script(shell, 'plume-nav-capture', 'plume-nav-capture'));
  for (const [theirs, ours] of MENDED[shell]) {
    const [head, tail, ...others] = text.split(theirs);
    if (tail === undefined || others.length > 0) {
      throw new Error(`the ${shell} script of @bomb.sh/tab has changed: ${theirs}`);
    }
    text = head + ours + tail;
  }
  return text;
}

/** The library has no function that returns a script, only one that prints it. */
function printed(print: () => void): string {
  const { log } = console;
  let text = '';
  // oxlint-disable-next-line no-console
  console.log = (line: string) => (text += `${line}\n`);
  try {
    print();
  } finally {
    // oxlint-disable-next-line no-console
    console.log = log;
  }
  return text;
}
