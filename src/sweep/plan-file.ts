import { readFile, realpath, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CaptureError } from '../core/errors.js';
import { claimDirectory, writeFileAtomic } from '../io/atomic.js';
import { ioError } from '../io/io-error.js';
import { formatSweepId, PLAN_FILE, sweepDirectory } from './names.js';
import { PLAN_VERSION, planSchema, type SweepPlan } from './plan.js';

/** Makes a folder for the sweep that nobody else has and writes the plan into it. @throws CaptureError `io` */
export async function createSweep(plan: SweepPlan, nowMs: number): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const directory = sweepDirectory(plan.output, formatSweepId(nowMs, attempt));
    if (!(await claimDirectory(directory))) continue;
    try {
      await writeFileAtomic(join(directory, PLAN_FILE), planText(plan));
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
    return directory;
  }
}

/** The plan as YAML, one line a job: every value as JSON, which is YAML, too. */
export function planText({ jobs, ...rest }: SweepPlan): string {
  const lines = Object.entries(rest).map(([key, value]) => `${key}: ${json(value)}\n`);
  return [...lines, 'jobs:\n', ...jobs.map((job) => `  - ${json(job)}\n`)].join('');
}

/** JSON leaves some characters as they are that YAML does not allow. */
function json(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * Reads the plan of a sweep and makes sure that its relative paths mean here what they meant when it began.
 * @returns the plan, and the folder as the sweep itself called it
 * @throws CaptureError `input` for a folder that is no sweep's, or one seen from elsewhere
 */
export async function openSweep(given: string): Promise<{ directory: string; plan: SweepPlan }> {
  const plan = await readPlan(given);
  const real = await realpath(given);
  const directory = sweepDirectory(plan.output, basename(real));
  if ((await realpath(directory).catch(() => null)) === real) return { directory, plan };
  throw new CaptureError('input', `${given} is not at ${directory}, where the sweep has its runs`, {
    hint: `its paths start in ${plan.cwd}: go there, or move the results back`,
  });
}

async function readPlan(directory: string): Promise<SweepPlan> {
  const path = join(directory, PLAN_FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw ioError(`cannot read ${path}`, error);
    throw new CaptureError('input', `${directory} is not the folder of a sweep: it has no ${PLAN_FILE}`, {
      hint: 'give <output>/multirun/<sweep_id>, which --multirun prints when it starts',
      cause: error,
    });
  }
  const { parseDocument, LineCounter } = await import('yaml');
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { logLevel: 'silent', lineCounter });
  const [syntax] = document.errors;
  if (syntax !== undefined) {
    return refusePlan(path, `line ${lineCounter.linePos(syntax.pos[0]).line} is no YAML`);
  }
  const result = planSchema.safeParse(document.toJS());
  if (result.success) return result.data;
  return refusePlan(path, whatIsAmiss(document.toJS(), result.error.issues[0]!.path));
}

function refusePlan(path: string, reason: string): never {
  throw new CaptureError('input', `${path} is not the plan of a sweep, or damaged: ${reason}`, {
    hint: 'put the file back as --multirun wrote it, or start the sweep anew',
  });
}

/** What the schema refuses first, in words about the file. */
function whatIsAmiss(content: unknown, place: readonly PropertyKey[]): string {
  if (place.length === 0) return content === null ? 'it is empty' : 'it must be a mapping';
  const version = (content as Record<string, unknown>)['plan_version'];
  if (place[0] === 'plan_version' && version !== undefined) {
    return `expected plan_version ${PLAN_VERSION}, found ${JSON.stringify(version)}`;
  }
  const [list, index, ...inner] = place;
  if (list !== 'jobs' || typeof index !== 'number') return `'${String(list)}' is missing or wrong`;
  return `job ${index + 1} of its list${inner.length === 0 ? '' : `, '${inner.join('.')}',`} is missing or wrong`;
}
