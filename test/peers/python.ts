import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** A Python with the tools whose answers ours must equal. */
export interface Peers {
  /** Null when there is none; `reason` says why. */
  readonly python: string | null;
  readonly reason: string;
}

/**
 * Looks for a Python that has some modules: the one in PLUME_PEERS_PYTHON (a virtual environment's `bin/python`).
 * Without one, tests skip with the reason; in CI they fail instead.
 *
 *     const peers = findPeers(['hydra']);
 *     describe.skipIf(peers.python === null)(`as real Hydra (${peers.reason})`, () => { … });
 */
export function findPeers(modules: readonly string[]): Peers {
  const peers = look(modules);
  if (peers.python === null && process.env['CI']) {
    throw new Error(`peer tests must run in CI: ${peers.reason}`);
  }
  return peers;
}

function look(modules: readonly string[]): Peers {
  const python = process.env['PLUME_PEERS_PYTHON'];
  if (python === undefined || python === '') return { python: null, reason: 'PLUME_PEERS_PYTHON is not set' };
  if (!existsSync(python)) return { python: null, reason: `PLUME_PEERS_PYTHON: ${python} does not exist` };
  const { status, stderr } = spawnSync(python, ['-c', `import ${modules.join(', ')}`], { encoding: 'utf8' });
  if (status === 0) return { python, reason: python };
  const lastLine = stderr.trim().split('\n').at(-1) ?? '';
  return { python: null, reason: `${python}: ${lastLine}` };
}

/** Asks a script that answers one JSON line on stdout for each JSON line on stdin. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- callers say what they ask
export function ask<Question, Answer>(
  { python }: Peers,
  script: string,
  questions: readonly Question[],
  env: Readonly<Record<string, string>> = {},
): Answer[] {
  const input = questions.map((question) => `${JSON.stringify(question)}\n`).join('');
  const { stdout, stderr } = spawnSync(python!, [script], {
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, PYTHONIOENCODING: 'utf-8', PYTHONWARNINGS: 'ignore', ...env },
  });
  const answers = stdout.split('\n').filter((line) => line !== '');
  if (answers.length !== questions.length) {
    throw new Error(`${script}: ${questions.length} questions, ${answers.length} answers\n${stderr}`);
  }
  return answers.map((line) => JSON.parse(line) as Answer);
}
