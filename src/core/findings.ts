import type { Finding } from './report.js';

interface FindingCode {
  readonly severity: 'error' | 'note';
  readonly meaning: string;
}
const error = (meaning: string): FindingCode => ({ severity: 'error', meaning });
const note = (meaning: string): FindingCode => ({ severity: 'note', meaning });

/**
 * Every code a finding can carry; docs/artifacts.md shows this table. Codes are public: scripts match on them, so
 * they are only ever added.
 */
export const FINDING_CODES = {
  'gzip-truncated': error('the file ends in the middle of a compressed member'),
  'gzip-corrupt': error('a member cannot be inflated, or what should be one is no gzip'),
  'gzip-crc': error('checksum or length stored with a member differs from its data'),
  'gzip-trailing': error('bytes that are no gzip follow the last member'),
  'gzip-unfinished': error('the end block is missing: the writer did not finish the file'),
  'gzip-plain': note('ordinary gzip instead of blocks, so an unfinished file could not be told'),

  'line-encoding': error('a line is not valid UTF-8'),
  'line-blank': error('a line is empty'),
  'line-json': error('a line is not one JSON object'),
  'line-not-finite': error('a line holds NaN, an infinity or a number too large for a double'),
  'line-key': error('a line lacks a key of its schema'),
  'line-type': error('a value is of another type than its schema says'),
  'line-range': error('a value is below the smallest its schema allows'),
  'line-width': error('a list is longer or shorter than in the lines before it'),
  'line-too-many': error('so many lines of a file are wrong that the rest of it was not read'),
  'line-unended': note('the last line has no newline'),
  'line-unknown-key': note('lines hold a key the schema does not have'),

  'parquet-unreadable': error('the Parquet file cannot be read'),
  'parquet-column': error('a column is missing in the Parquet file, or of another type'),
  'parquet-rows': error('the Parquet file has more or fewer rows than the JSONL'),
  'parquet-value': error('a value in the Parquet file differs from the JSONL'),

  'hdf5-unreadable': error('the HDF5 file cannot be read'),
  'hdf5-column': error('a column is missing in the HDF5 file, or of another type'),

  'sqlite-unreadable': error('the SQLite file cannot be read'),
  'sqlite-empty': error('the SQLite file has no tables: the capture that made it had just begun'),
  'sqlite-column': error('a table or column is missing in the SQLite file, or a value is of another type'),

  'file-missing': error('a file every run must have is not there'),
  'file-unreadable': error('a file cannot be read: a link that leads nowhere, a directory, no permission'),
  'part-missing': error('the numbers of the parts have a gap'),
  'part-double': error('two files claim the same part number'),
  'backend-fallback': note('recorded in another format than asked for, since a module was not installed'),
  'file-unknown': note('a file that is no part of a run'),
  'file-leftover': note('a file that a capture leaves which runs or was killed'),
  'directory-run-id': error('the directory is not named as the run_id in run.json'),
  'directory-experiment': note('the parent directory is not named as the experiment in run.json'),
  'run-name': error('run_id or experiment is no name a directory of ours may have'),

  'run-id': error('a record carries another run_id than run.json'),
  'schema-version': error('a record carries another schema_version than run.json, or one we do not know'),
  'schema-older': note('written under schema 0.1 by plume_nav_sim'),

  'episode-id': error('an episode_id is not ep-000001 and so on, or changes where it must not'),
  'episode-order': error('episodes do not follow each other in number'),
  'episode-without-steps': error('an episode record has no steps'),
  'steps-unexpected': error('an episode has steps, though run.json says that none are recorded'),
  'episode-without-record': error('an episode has steps but no record, and the run did not end there'),
  'episodes-missing': error('the run has fewer episodes than run.json lists seeds, and was not aborted'),
  'episodes-fewer': note('plume_nav_sim recorded fewer episodes than run.json lists seeds'),
  'step-order': error('steps of an episode are not 1, 2, 3, …, or every k-th and the last as run.json says'),
  'flag-early': error('a step is terminated or truncated and is not the last of its episode'),
  'flag-missing': error('the last step of a finished episode is neither terminated nor truncated'),

  'total-steps': error("an episode's total_steps is not the number of its steps, or of its last step"),
  'total-reward': error("an episode's total_reward is not the sum of its rewards, added in order"),
  'final-position': error("an episode's final position is not that of its last step"),
  'final-distance': error("an episode's final distance is not that of its last step"),
  'episode-flags': error("an episode's terminated and truncated are not those of its last step"),
  'max-steps': error('an episode has more steps than env_config.max_steps'),

  'seed-list': error('the episode seeds in run.json do not count up from base_seed'),
  seed: error('a step carries another seed than run.json lists for its episode'),
  position: error('a position lies outside the grid'),
  distance: error('distance_to_goal is not the distance of the position from the source'),
  'goal-flag': error('terminated does not say whether the distance is within the goal radius'),
  'value-not-finite': error('a recorded number is NaN or infinite'),
  'value-range': error('a recorded number is below the smallest its schema allows'),
  'column-null': error('a column is null that run.json does not say is left out, or has values though it is'),
  orientation: error('an orientation is 360 degrees or more'),
  velocity: error('a velocity is not the way from the position of the step before'),
  'time-order': note('a timestamp lies before the one of the step before it'),

  'qc-line': error('a line of qc.jsonl is no rejection, out of order, or not of an episode of the run'),
  'qc-steps': error('an episode has steps, though qc.jsonl says that they were left out'),
  'qc-samples-gone': note('the samples of rejected episodes are no longer there, as prune leaves a run'),
  'qc-counts': error('qc in the manifest is not what qc.jsonl says'),

  'parquet-foreign': note('a Parquet file of plume_nav_sim has columns of its own and is not compared'),

  unfinished: error('there is no manifest.json: the run is live, or was killed'),
  'unfinished-end': note('an unfinished run ends with steps without a record, or a record without its steps'),
  'manifest-foreign': note('plume_nav_sim wrote no manifest, or one of its own form'),
  'manifest-json': error('manifest.json is not valid JSON'),
  'manifest-schema': error('manifest.json is not as its schema says'),
  'manifest-run': error('manifest.json and run.json disagree'),
  'manifest-time': note('the manifest says the run ended before it started'),
  'manifest-file': error('a file of the inventory is missing, or its size, SHA-256 or row count is another'),
  'manifest-unlisted': error('run.json or a data file is not in the inventory'),
  'manifest-double': error('a file is in the inventory more than once'),
  'manifest-totals': error('totals, counts or seed summary in the manifest are not those of the files'),
  'manifest-digest': error('the manifest was changed after it was written, or a hash in it is wrong'),
  'manifest-form': note('the manifest says what it said, but in another form: reformatted, reordered or cut'),
  'content-digest': error('the records do not have the content digest the manifest states'),

  'deep-difference': error('a record is not what simulating the episode again gives'),
  'deep-skipped': note('the run could not be simulated again'),
} as const satisfies Record<string, FindingCode>;

export type FindingCodeName = keyof typeof FINDING_CODES;

/** Longest value and longest message: ids come from files, and may be megabytes. */
const SHOWN = 60;
const MESSAGE = 500;

/** The beginning of a text; a copy, since a slice keeps the whole text in memory. */
const cut = (text: string, length: number): string =>
  text.length > length ? `${JSON.parse(JSON.stringify(text.slice(0, length))) as string}…` : text;

/** A value as it looks in a message: as JSON, and short. */
export function shown(value: unknown): string {
  try {
    return cut(JSON.stringify(typeof value === 'string' ? value.slice(0, SHOWN) : value), SHOWN);
  } catch {
    // nested deeper than the stack goes
    return Array.isArray(value) ? '[…]' : '{…}';
  }
}

/** A finding with the severity its code has. */
export function finding(
  code: FindingCodeName,
  file: string | null,
  line: number | null,
  message: string,
): Finding {
  return { code, severity: FINDING_CODES[code].severity, file, line, message: cut(message, MESSAGE) };
}
