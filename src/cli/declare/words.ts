export const RUN = 'run directory: <output>/<experiment>/<run_id>';
export const RUNS = 'run directories: <output>/<experiment>/<run_id>';
export const RESULTS = 'folder of the results';
export const DEFAULT_RESULTS = 'results';

export const examples = (...lines: string[]): string =>
  `\nExamples:\n${lines.map((line) => `  $ plume-nav-capture ${line}`).join('\n')}`;

export const EXIT_HELP = `
Exit codes:
  0 done · 1 findings (validation failed) · 2 usage or configuration · 3 partly done
  4 busy (another process holds the run) · 5 out of space or other I/O failure
  70 a bug of ours · 129/130/143 interrupted, after finalising what was captured`;
