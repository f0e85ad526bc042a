import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ConfigError, type ConfigValue } from '../../src/config/index.js';
import { pythonRepr } from '../../src/config/python-text.js';
import type { Peers } from './python.js';

const ORACLE = fileURLToPath(new URL('hydra_oracle.py', import.meta.url));

/** What `${oc.env:…}` finds in cases. */
export const ENV = {
  PLUME_TEST: 'some text',
  PLUME_NUMBER: '1e3',
  PLUME_LIST: '[1, a, ${p}]',
  PLUME_EMPTY: '',
  HOME: '/home/plume',
  PLUME_OPTION: 'one',
};

export interface Answer {
  ok?: unknown;
  sha256?: string;
  error?: string;
  /** Ours, had files that are used twice run together as in Hydra; left out where that makes no difference. */
  shared?: Answer;
}

/** One thing asked of both. */
export interface Case {
  /** Readable, and enough to try it by hand. */
  readonly what: string;
  readonly question: unknown;
  readonly ours: () => Answer;
}

/** The oracle's form of a value. */
export function tagged(value: ConfigValue): unknown {
  if (typeof value === 'bigint') return { int: String(value) };
  if (typeof value === 'number') return { float: pythonRepr(value) };
  if (Array.isArray(value)) return value.map(tagged);
  if (value instanceof Map) return { map: [...value].map(([key, item]) => [key, tagged(item)]) };
  return value;
}

export function attempt(make: () => Answer): Answer {
  try {
    return make();
  } catch (error) {
    // Any other error is a bug of ours, whatever Hydra says.
    return error instanceof ConfigError ? { error: error.message } : { ok: { crash: String(error) } };
  }
}

/** Equal values, types, key order and hash; an error where it errors. */
export function isSame(ours: Answer, theirs: Answer): boolean {
  if (theirs.error !== undefined) return ours.error !== undefined;
  return (
    ours.error === undefined &&
    JSON.stringify(ours.ok) === JSON.stringify(theirs.ok) &&
    (ours.sha256 ?? theirs.sha256) === theirs.sha256
  );
}

/** The oracle's answers, in order; as many oracles as there are cores share the questions. */
export async function askHydra(peers: Peers, questions: readonly unknown[]): Promise<Answer[]> {
  const share = Math.ceil(questions.length / Math.max(1, availableParallelism()));
  const shares: unknown[][] = [];
  for (let start = 0; start < questions.length; start += share)
    shares.push(questions.slice(start, start + share));
  return (await Promise.all(shares.map((some) => askOne(peers, some)))).flat();
}

async function askOne({ python }: Peers, questions: readonly unknown[]): Promise<Answer[]> {
  const child = spawn(python!, [ORACLE], {
    env: { ...process.env, PYTHONIOENCODING: 'utf-8', PYTHONWARNINGS: 'ignore', ...ENV },
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.stdin.on('error', () => {}); // told by the number of answers
  child.stdin.end(questions.map((question) => `${JSON.stringify(question)}\n`).join(''));
  const read = async (stream: AsyncIterable<string>): Promise<string> => {
    let text = '';
    for await (const chunk of stream) text += chunk;
    return text;
  };
  const [out, err] = await Promise.all([
    read(child.stdout.setEncoding('utf8')),
    read(child.stderr.setEncoding('utf8')),
  ]);
  await ended;
  const answers = out.split('\n').filter((line) => line !== '');
  if (answers.length !== questions.length)
    throw new Error(`${questions.length} questions to Hydra, ${answers.length} answers\n${err}`);
  return answers.map((line) => JSON.parse(line) as Answer);
}
