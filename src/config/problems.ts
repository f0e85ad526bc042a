import { CaptureError } from '../core/errors.js';

/** Everything wrong with a configuration, one line each; the message of a single problem is that line. */
export class ConfigError extends CaptureError {
  readonly problems: readonly string[];

  constructor(lines: readonly string[], options: { cause?: unknown } = {}) {
    const problems = lines.map(clipped);
    super(
      'config',
      problems.length === 1
        ? problems[0]!
        : [`${problems.length} problems in the configuration:`, ...problems].join('\n  '),
      options,
    );
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

const LONGEST = 2000;

/** A line that quotes megabytes of somebody's file tells nothing: its beginning and end do. */
function clipped(line: string): string {
  if (line.length <= LONGEST) return line;
  const half = LONGEST / 2;
  return `${line.slice(0, half)} … (${line.length - LONGEST} more characters) … ${line.slice(-half)}`;
}

/** A problem somebody further out may add to: refuses the configuration with one line. */
export function refuse(problem: string, cause?: unknown): never {
  throw new ConfigError([problem], { cause });
}

/** Runs each step and notes what it refused, so that all of it is reported together. */
export function collect<T>(steps: Iterable<T>, problems: string[], run: (step: T) => void): void {
  for (const step of steps) {
    try {
      run(step);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
    }
  }
}

/** Runs what cannot go on after a refusal; the refusal takes along what was noted before it. */
export function withProblems<T>(problems: readonly string[], run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ConfigError) || problems.length === 0) throw error;
    throw new ConfigError([...problems, ...error.problems], { cause: error });
  }
}
