import { Command } from 'commander';
import { packageVersion } from '../io/package-info.js';
import { CAPTURE_EXAMPLES } from './declare/capture.js';
import { COMMANDS } from './declare/index.js';
import { EXIT_HELP } from './declare/words.js';
import { printable } from './ui.js';

/** The command line: declarations only; a command's body is loaded when it runs. */
export function buildProgram(argv: readonly string[], exit: (code: number) => void): Command {
  const program = new Command('plume-nav-capture')
    .description('Run odour-plume navigation episodes and capture them as verifiable, versionable datasets.')
    .version(packageVersion())
    .enablePositionalOptions()
    .configureOutput({ outputError: (text, write) => write(oneLine(text)) })
    .exitOverride();

  for (const declare of COMMANDS) declare(program, { argv, exit });
  const capture = program.commands.find((command) => command.name() === 'capture')!;
  program.addHelpText('after', () => `\n${captureOptions(capture)}${CAPTURE_EXAMPLES}\n${EXIT_HELP}`);
  for (const command of program.commands) command.addHelpText('after', EXIT_HELP);
  return program;
}

/** commander's complaint and its suggestion, as every error of ours reads. */
function oneLine(text: string): string {
  const line = text
    .trim()
    .replace(/^error: /, '')
    .replaceAll('\n', ' ');
  return `plume-nav-capture: ${printable(line)}\n`;
}

function captureOptions(capture: Command): string {
  const help = capture.createHelp();
  const rows = help.visibleOptions(capture).map((option) => [option.flags, option.description] as const);
  const width = Math.max(...rows.map(([flags]) => flags.length));
  return `Options of capture, the default command:\n${rows.map(([flags, text]) => `  ${flags.padEnd(width)}  ${text}`).join('\n')}\n`;
}
