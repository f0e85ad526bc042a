import { readFile } from 'node:fs/promises';
import { CaptureError } from '../core/errors.js';
import { ioError } from '../io/io-error.js';

const SECTION = 'ingest_capture';
const KEYS = ['run_dir', 'out_dir'] as const;
type Key = (typeof KEYS)[number];

/**
 * `ingest_capture.run_dir` and `ingest_capture.out_dir` of a DVC parameter file, for those not given otherwise.
 * @throws CaptureError `config` naming file and key
 */
export async function readIngestParams(
  path: string,
  given: Readonly<Record<Key, string | undefined>>,
): Promise<Record<Key, string>> {
  const missing = KEYS.filter((key) => given[key] === undefined);
  const section = missing.length > 0 ? await readSection(path) : {};
  const valueOf = (key: Key): string => {
    const value = given[key] ?? section[key];
    const where = given[key] === undefined ? `${path}: ${SECTION}.${key}` : `--${key.replace('_', '-')}`;
    if (typeof value === 'string' && value !== '') return value;
    throw new CaptureError('config', `${where} is ${describe(value)}, expected a path`, {
      hint: `set it there, or pass --${key.replace('_', '-')}`,
    });
  };
  return { run_dir: valueOf('run_dir'), out_dir: valueOf('out_dir') };
}

async function readSection(path: string): Promise<Record<string, unknown>> {
  const { parseDocument } = await import('yaml');
  const document = parseDocument(await readParams(path));
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = error.linePos?.[0] ?? { line: 1, col: 1 };
    const what = error.message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '');
    throw new CaptureError('config', `${path}:${line}:${col} is not valid YAML: ${what}`);
  }
  const params: unknown = document.toJS();
  const section = isMap(params) ? params[SECTION] : undefined;
  if (isMap(section)) return section;
  throw new CaptureError('config', `${path} has no mapping ${SECTION}`, {
    hint: `add ${SECTION}: {run_dir: <run>, out_dir: data/captures}, or pass --run-dir and --out-dir`,
  });
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
  return value === '' ? 'empty' : JSON.stringify(value);
}
