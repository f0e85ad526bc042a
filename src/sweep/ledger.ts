import { z } from 'zod';

const number = z.number().nullable();

/** How a job ended; what is not known is null. */
const jobResultSchema = z.object({
  job: z.int().min(1),
  /** `findings`: a whole run in which validation found errors; `aborted`: interrupted in order. */
  status: z.enum(['complete', 'findings', 'aborted', 'failed']),
  run_dir: z.string().nullable(),
  counts: z.object({ episodes: z.int(), steps: z.int() }).nullable(),
  /** Episodes that reached the source, and means over the finished episodes. */
  outcome: z.object({ terminated: z.int(), mean_return: number, mean_steps: number }).nullable(),
  elapsed_ms: number,
  content_digest: z.string().nullable(),
  error: z.string().nullable(),
});
export type JobResult = z.infer<typeof jobResultSchema>;

/**
 * A line of `jobs.jsonl`, which is only ever appended to: a process takes the sweep and lets go of it, a job starts
 * (its run directory is claimed, nothing is recorded yet) and ends.
 */
const entrySchema = z.union([
  jobResultSchema,
  z.object({ job: z.int().min(1), status: z.literal('started'), run_dir: z.string() }),
  z.object({
    session: z.string(),
    status: z.literal('opened'),
    pid: z.int(),
    host: z.string(),
    since: z.string(),
  }),
  z.object({ session: z.string(), status: z.literal('closed') }),
]);
export type LedgerEntry = z.infer<typeof entrySchema>;
export type OpenedSession = Extract<LedgerEntry, { status: 'opened' }>;

/**
 * The entries of a ledger. A line that a killed process left torn is passed over: the last one, or the last before
 * another process took the sweep.
 * @throws SyntaxError naming the line when any other is no entry
 */
export function parseLedger(text: string): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  let torn: number | null = null;
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '') continue;
    const entry = parseEntry(line);
    if (entry === null) {
      // several in a row: processes that were killed as they took the sweep
      torn ??= index + 1;
      continue;
    }
    if (torn !== null && entry.status !== 'opened') throw new SyntaxError(`line ${torn} is damaged`);
    torn = null;
    entries.push(entry);
  }
  return entries;
}

function parseEntry(line: string): LedgerEntry | null {
  try {
    return entrySchema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

/** What the ledger knows of a job. */
export interface JobHistory {
  /** How it ended the last time; null when it is at work or was killed. */
  result: JobResult | null;
  lastRunDir: string | null;
}

export function historyOf(entries: readonly LedgerEntry[]): ReadonlyMap<number, JobHistory> {
  const jobs = new Map<number, JobHistory>();
  for (const entry of entries) {
    if (!('job' in entry)) continue;
    const started = entry.status === 'started';
    jobs.set(entry.job, { result: started ? null : entry, lastRunDir: entry.run_dir });
  }
  return jobs;
}

/** A run that is whole, well or not: doing it again would give the same. */
export const isDone = (result: JobResult | undefined): boolean =>
  result?.status === 'complete' || result?.status === 'findings';
