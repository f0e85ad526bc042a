import { CaptureError } from '../core/errors.js';
import { EXIT, EXIT_OF_KIND } from './exit-codes.js';
import { printable } from './ui.js';

/** Hydra's two-letter short options, which commander does not know. */
const LONG_FORM: ReadonlyMap<string, string> = new Map([
  ['-cp', '--config-path'],
  ['-cn', '--config-name'],
  ['-cd', '--config-dir'],
]);

const longForm = (arg: string): string => LONG_FORM.get(arg) ?? arg;

/** One line, and a drawing of the place below it; a list of problems, from a configuration, is a line each. */
function describe({ message, hint, drawing }: CaptureError): string {
  const lines = message.split('\n  ');
  if (hint !== undefined) lines.push(`${lines.pop()} (${hint})`);
  if (drawing !== undefined) lines.push(...drawing.split('\n'));
  return lines.map(printable).join('\n  ');
}

/** Relative paths mean nothing in a directory that is gone, and Node says so with a stack trace. */
function requireWorkingDirectory(): void {
  try {
    process.cwd();
  } catch (cause) {
    throw new CaptureError('input', 'the working directory no longer exists', {
      hint: 'cd to another one',
      cause,
    });
  }
}

async function main(argv: readonly string[]): Promise<number> {
  // A shell asks at every TAB and waits for the answer: nothing else is loaded before.
  if (argv[0] === 'complete' && argv[1] === '--') {
    const { complete } = await import('./completion/complete.js');
    process.stdout.write(await complete(argv.slice(2).map(longForm)));
    return EXIT.done;
  }
  let exitCode: number = EXIT.done;
  const { buildProgram } = await import('./program.js');
  const program = buildProgram(argv, (code) => {
    exitCode = code;
  });
  try {
    requireWorkingDirectory();
    await program.parseAsync(argv.map(longForm), { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CaptureError) {
      process.stderr.write(`plume-nav-capture: ${describe(error)}\n`);
      return EXIT_OF_KIND[error.kind];
    }
    // commander has printed its own line; help and version come this way with exit code 0
    if (error instanceof Error && error.name === 'CommanderError') {
      return (error as Error & { exitCode: number }).exitCode === 0 ? EXIT.done : EXIT.usage;
    }
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`plume-nav-capture: this is a bug of ours, please report it:\n${text}\n`);
    return EXIT.bug;
  }
}

// A closed pipe (`| head`) is not an error: what is left to say has no reader.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    process.exitCode = EXIT.io;
    if (stream === process.stdout)
      process.stderr.write(`plume-nav-capture: cannot write to stdout: ${error.message}\n`);
  });
}

const exitCode = await main(process.argv.slice(2));
// a failed write of the results has set it already
process.exitCode ??= exitCode;
