import { CaptureError } from '../core/errors.js';
import { EXIT, EXIT_OF_KIND } from './exit-codes.js';
import { buildProgram } from './program.js';

/** Hydra's two-letter short options, which commander does not know. */
const LONG_FORM: Readonly<Record<string, string>> = { '-cp': '--config-path', '-cn': '--config-name' };

function describe(error: CaptureError): string {
  return error.hint === undefined ? error.message : `${error.message} (${error.hint})`;
}

async function main(argv: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.done;
  const program = buildProgram(argv, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(
      argv.map((arg) => LONG_FORM[arg] ?? arg),
      { from: 'user' },
    );
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
    if (error.code !== 'EPIPE') throw error;
  });
}

process.exitCode = await main(process.argv.slice(2));
