import { readFile } from 'node:fs/promises';
import type { Document } from 'yaml';
import { CaptureError } from '../core/errors.js';
import { ioError } from '../io/io-error.js';

const SECTION = 'ingest_capture';
const KEYS = ['run_dir', 'out_dir'] as const;
type Key = (typeof KEYS)[number];

/**
 * `ingest_capture.run_dir` and `ingest_capture.out_dir` of a DVC parameter file, for those not given otherwise.
 * @throws CaptureError `usage` for a flag without a value, `config` naming file and key
 */
export async function readIngestParams(
  path: string,
  given: Readonly<Record<Key, string | undefined>>,
): Promise<Record<Key, string>> {
  const empty = KEYS.find((key) => given[key] === '');
  if (empty !== undefined) {
    throw new CaptureError('usage', `${flagOf(empty)} is empty, expected a path`, {
      hint: `give a path, or leave ${flagOf(empty)} out to take ${SECTION}.${empty} of ${path}`,
    });
  }
  const missing = KEYS.filter((key) => given[key] === undefined);
  const section = missing.length > 0 ? await readSection(path) : {};
  const valueOf = (key: Key): string => {
    const value = given[key] ?? section[key];
    if (typeof value === 'string' && value !== '') return value;
    throw new CaptureError('config', `${path}: ${SECTION}.${key} is ${describe(value)}, expected a path`, {
      hint: `set it there, or pass ${flagOf(key)}`,
    });
  };
  return { run_dir: valueOf('run_dir'), out_dir: valueOf('out_dir') };
}

const flagOf = (key: Key): string => `--${key.replace('_', '-')}`;

async function readSection(path: string): Promise<Record<string, unknown>> {
  const { parseDocument } = await import('yaml');
  // as DVC reads it: merge keys, and no word on keys that are no text
  const document = parseDocument(await readParams(path), { merge: true, logLevel: 'error' });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = error.linePos?.[0] ?? { line: 1, col: 1 };
    const what = error.message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '');
    throw new CaptureError('config', `${path}:${line}:${col} is not valid YAML: ${what}`);
  }
  const params = await resolve(path, document);
  const section = isMap(params) ? params[SECTION] : undefined;
  if (isMap(section)) return section;
  throw new CaptureError('config', `${path} has no mapping ${SECTION}`, {
    hint: `add ${SECTION}: {run_dir: <run>, out_dir: data/captures}, or pass --run-dir and --out-dir`,
  });
}

/** The values of a document, its aliases and merge keys followed. */
async function resolve(path: string, document: Document): Promise<unknown> {
  try {
    return document.toJS();
  } catch (error) {
    const found = await danglingAlias(document);
    const what = found ?? `cannot read ${SECTION}: ${(error as Error).message}`;
    throw new CaptureError('config', `${path}: ${what}`, { cause: error });
  }
}

/** The first alias without an anchor before it, as text; null when there is none. */
async function danglingAlias(document: Document): Promise<string | null> {
  const { isPair, isScalar, visit } = await import('yaml');
  let found: string | null = null;
  visit(document, {
    Alias(_key, alias, parents) {
      if (alias.resolve(document) !== undefined) return undefined;
      const keys = parents.filter(isPair).map(({ key }) => (isScalar(key) ? key.source : String(key)));
      found = `${keys.join('.')} is *${alias.source}, and nothing before it is named &${alias.source}`;
      return visit.BREAK;
    },
  });
  return found;
}

async function readParams(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw ioError(`cannot read ${path}`, error);
    throw new CaptureError('config', `${path} does not exist`, {
      hint: 'pass --run-dir and --out-dir, or --params with the parameter file',
    });
  }
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'a list';
  if (isMap(value)) return 'a mapping';
  return value === '' ? 'empty' : JSON.stringify(value);
}
