import type { ConfigValue } from '../node.js';
import { intervalProblem, parseSweepable } from '../override/parse.js';
import { overrideText } from '../override/quote.js';
import type { RangeSweep } from '../override/sweeps.js';
import type { Override, SweepOverride } from '../override/types.js';
import { collect, ConfigError, refuse, type Problem } from '../problems.js';
import type { ConfigSource } from '../source.js';
import { matchingOptions } from './options.js';
import { rangeValues } from './range.js';
import { shuffled } from './shuffle.js';

/** More jobs than this are taken for a mistake; each of them is a run with a directory of its own. */
const MAX_JOBS = 100_000;

/** One combination of a sweep. */
export interface SweepJob {
  /** What `compose` takes. */
  readonly overrides: readonly string[];
  /** Every swept key with the text of its value in this job, in the order of the command line. */
  readonly swept: readonly SweptValue[];
}

type SweptValue = readonly [key: string, value: string];

/** An override, or the swept one among a few, as it goes into a job. */
interface Alternative {
  readonly override: string;
  /** Null when it is not swept. */
  readonly swept: SweptValue | null;
}

/**
 * Every combination of the swept values, as Hydra's basic sweeper orders them: the last sweep varies fastest.
 * Overrides without a sweep go into every job in their place, as typed; one that repeats the key of a sweep takes that
 * sweep's place. Without a sweep there is one job.
 * @throws ConfigError with one line for each override that cannot be read or has no values, and for too many jobs
 */
export function expandSweep(overrides: readonly string[], source: ConfigSource): readonly SweepJob[] {
  const problems: Problem[] = [];
  const places: Alternative[][] = [];
  const placeOfSweep = new Map<string, number>();
  collect(overrides, problems, (text) => {
    const override = parseSweepable(text);
    const target = targetOf(override);
    const alternatives =
      'sweep' in override ? sweptAlternatives(override, source) : [{ override: text, swept: null }];
    const place = placeOfSweep.get(target) ?? places.length;
    if ('sweep' in override) placeOfSweep.set(target, place);
    places[place] = alternatives;
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return combine(places);
}

function combine(places: readonly (readonly Alternative[])[]): SweepJob[] {
  const count = places.reduce((product, { length }) => product * length, 1);
  if (count > MAX_JOBS) {
    const factors = places.map(({ length }) => length).filter((length) => length > 1);
    refuse(
      `the sweep has ${factors.join(' x ')} = ${count} jobs, more than the ${MAX_JOBS} that one sweep may have; split it`,
    );
  }
  let chosen: Alternative[][] = [[]];
  for (const alternatives of places) {
    chosen = chosen.flatMap((before) => alternatives.map((alternative) => [...before, alternative]));
  }
  return chosen.map((alternatives) => ({
    overrides: alternatives.map(({ override }) => override),
    swept: alternatives.flatMap(({ swept }) => (swept === null ? [] : [swept])),
  }));
}

function sweptAlternatives(override: SweepOverride, source: ConfigSource): Alternative[] {
  const { key, package: pkg, text } = override;
  if (/^hydra(?:[./]|$)/.test(key)) {
    refuse(`override '${text}': this program has no Hydra runtime to configure, and nothing of it to sweep`);
  }
  const column = pkg === null ? key : `${key}@${pkg}`;
  const values = sweepValues(override, source);
  if (values.length === 0) {
    refuse(`override '${text}': there are no values in it; a range goes from start to before stop`);
  }
  return values.map((value) => {
    const valueText = overrideText(value);
    return { override: `${targetOf(override)}=${valueText}`, swept: [column, valueText] };
  });
}

/** The values in the order they are run. */
function sweepValues({ sweep, key, text }: SweepOverride, source: ConfigSource): readonly ConfigValue[] {
  if (sweep.kind === 'interval') return refuse(intervalProblem(text));
  if (sweep.kind === 'glob') return matchingOptions(sweep, key, text, source);
  const values = sweep.kind === 'choice' ? sweep.values : listedRange(sweep);
  if (values.length > MAX_JOBS) {
    refuse(`override '${text}': more than ${MAX_JOBS} values, which is as many jobs as one sweep may have`);
  }
  return sweep.shuffle === null ? values : shuffled(values, sweep.shuffle);
}

/** The values of a range, but of one that is too long, or endless, only one more than is allowed. */
function listedRange(range: RangeSweep): ConfigValue[] {
  const values: ConfigValue[] = [];
  for (const value of rangeValues(range)) {
    if (values.push(value) > MAX_JOBS) break;
  }
  return range.reversed ? values.reverse() : values;
}

const PREFIX = { change: '', add: '+', force: '++', delete: '~' } as const;

/** The part before `=`, by which Hydra tells whether two overrides are for the same thing. */
function targetOf({ type, key, package: pkg }: Override | SweepOverride): string {
  return PREFIX[type] + (pkg === null ? key : `${key}@${pkg}`);
}
