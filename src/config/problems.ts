import { CaptureError } from '../core/errors.js';

/** One thing wrong with a configuration. */
export interface Problem {
  /** Names the override or file:line, the value, what was expected, and the way out. */
  readonly line: string;
  /** The text and a caret under the place, where there is one to show. */
  readonly drawing?: string;
}

/** Everything wrong with a configuration, one line each; the message of a single problem is that line. */
export class ConfigError extends CaptureError {
  readonly problems: readonly Problem[];

  constructor(given: readonly (Problem | string)[], options: { cause?: unknown } = {}) {
    const problems = given.map((problem) =>
      clipped(typeof problem === 'string' ? { line: problem } : problem),
    );
    const lines = problems.map(({ line }) => line);
    const [only] = problems.length === 1 ? problems : [];
    super(
      'config',
      only?.line ?? [`${problems.length} problems in the configuration:`, ...lines].join('\n  '),
      { ...options, drawing: only?.drawing },
    );
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

const LONGEST = 2000;

/** A line that quotes megabytes of somebody's file tells nothing: its beginning and end do. */
function clipped(problem: Problem): Problem {
  const { line } = problem;
  if (line.length <= LONGEST) return problem;
  const half = LONGEST / 2;
  const left = `(${line.length - LONGEST} more characters)`;
  return { ...problem, line: `${line.slice(0, half)} … ${left} … ${line.slice(-half)}` };
}

/** A problem somebody further out may add to: refuses the configuration with one line. */
export function refuse(problem: string, cause?: unknown): never {
  throw new ConfigError([problem], { cause });
}

/** Runs each step and notes what it refused, so that all of it is reported together. */
export function collect<T>(steps: Iterable<T>, problems: Problem[], run: (step: T) => void): void {
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
export function withProblems<T>(problems: readonly Problem[], run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ConfigError) || problems.length === 0) throw error;
    throw new ConfigError([...problems, ...error.problems], { cause: error });
  }
}
