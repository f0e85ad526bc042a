import type { z } from 'zod';
import { backends } from '../backends/index.js';
import { backendProblem } from '../backends/names.js';
import { filterProblem } from '../backends/hdf5/filters.js';
import { PART_SECONDS } from '../backends/storage.js';
import type { RecordConfig } from './config.js';

/** Sections of `record.storage` that mean something to one backend only. */
const ONLY_FOR = { compression: 'jsonl', hdf5: 'hdf5', sqlite: 'sqlite' } as const;

type Refuse = (path: (string | number)[], message: string) => void;

/** What of `record.*` does not go together: an option that cannot apply is refused, not ignored. */
export function checkRecord(record: RecordConfig, context: z.RefinementCtx): void {
  const refuse: Refuse = (path, message) => context.addIssue({ code: 'custom', path, message, input: path });
  checkBackends(record, refuse);
  checkStorage(record, refuse);
  checkDurability(record, refuse);
  const { backend, columns, recording, debug } = record;
  if (debug !== undefined && backend !== 'none') {
    refuse(['debug'], `applies to record=none only, and the backend is ${backend}`);
  }
  const twice = columns.find((name, i) => columns.indexOf(name) !== i);
  if (twice !== undefined) refuse(['columns'], `expected ${twice} once`);
  if (!recording.full && recording.step_interval > 1) {
    refuse(['recording', 'step_interval'], 'expected 1, since full: false records no steps');
  }
  if (!recording.full && columns.length > 0) {
    refuse(['columns'], 'expected no extra columns, since recording.full: false records no steps');
  }
}

function checkBackends({ backend, fallback }: RecordConfig, refuse: Refuse): void {
  const problem = backendProblem(backend, process.cwd());
  if (problem !== null) refuse(['backend'], problem);
  if (backend === 'none' && fallback.length > 0) {
    refuse(['fallback'], 'expected [], since record=none needs no module that could be missing');
    return;
  }
  if (fallback.includes('none')) refuse(['fallback'], 'expected backends that record; none loses the run');
  for (const [i, name] of fallback.entries()) {
    const wrong = backendProblem(name, process.cwd());
    if (wrong !== null) refuse(['fallback', i], wrong);
  }
}

function checkDurability({ backend, durability, storage }: RecordConfig, refuse: Refuse): void {
  if (backend === 'none' && durability !== 'flush') {
    refuse(['durability'], 'applies to runs that are recorded, and the backend is none');
  }
  if (backend === 'parquet' && durability === 'none') {
    refuse(['durability'], 'expected flush or fsync: parts of Parquet are always closed and synchronised');
  }
  if (durability !== 'fsync' || storage.sqlite === undefined) return;
  const { synchronous, journal_mode: journal } = storage.sqlite;
  const since = 'since record.durability is fsync';
  if (synchronous === 'OFF') {
    refuse(['storage', 'sqlite', 'synchronous'], `expected NORMAL, FULL or EXTRA, ${since}`);
  }
  if (journal === 'MEMORY') {
    refuse(['storage', 'sqlite', 'journal_mode'], `expected WAL, DELETE or TRUNCATE, ${since}`);
  }
}

function checkStorage({ backend, storage }: RecordConfig, refuse: Refuse): void {
  // a backend of one's own gets all sections and may use any
  if (!backends.has(backend)) return;
  for (const section of Object.keys(ONLY_FOR) as (keyof typeof ONLY_FOR)[]) {
    const only = ONLY_FOR[section];
    if (storage[section] !== undefined && backend !== only) {
      refuse(['storage', section], `applies to record=${only} only, and the backend is ${backend}`);
    }
  }
  if (storage.options !== undefined) {
    refuse(['storage', 'options'], `applies to a backend of your own only, and the backend is ${backend}`);
  }
  const { parquet, hdf5 } = storage;
  if (parquet !== undefined && backend === 'none') {
    refuse(['storage', 'parquet'], 'applies to runs that are recorded, and the backend is none');
  } else if (parquet !== undefined && backend !== 'parquet' && parquet.part_seconds !== PART_SECONDS) {
    const path = ['storage', 'parquet', 'part_seconds'];
    refuse(path, `applies to record=parquet only, and the backend is ${backend}`);
  }
  const filter = hdf5 !== undefined && backend === 'hdf5' ? filterProblem(hdf5) : null;
  if (filter !== null) refuse(['storage', 'hdf5', ...filter.key], `${filter.message}; ${filter.hint}`);
}
