import { CaptureError } from '../core/errors.js';
import { quoteValue } from './override/quote.js';
import type { ConfigValue } from './node.js';

/** The flags of the runbook's first form, as commander hands them over: text, or true for `--parquet`. */
export interface CaptureFlags {
  readonly output?: string | undefined;
  readonly experiment?: string | undefined;
  readonly episodes?: string | undefined;
  readonly seed?: string | undefined;
  readonly grid?: string | undefined;
  readonly actionType?: string | undefined;
  readonly maxSteps?: string | undefined;
  readonly parquet?: boolean | undefined;
  readonly rotateSize?: string | undefined;
}

interface FlagRule {
  readonly flag: string;
  readonly key: string;
  readonly read: (text: string, flag: string) => ConfigValue;
}

const RULES: Readonly<Record<Exclude<keyof CaptureFlags, 'parquet'>, FlagRule>> = {
  output: { flag: '--output', key: 'output', read: text },
  experiment: { flag: '--experiment', key: 'experiment', read: text },
  episodes: { flag: '--episodes', key: 'episodes', read: integer },
  seed: { flag: '--seed', key: 'seed', read: integer },
  grid: { flag: '--grid', key: 'env.grid_size', read: grid },
  actionType: { flag: '--action-type', key: 'env.action_type', read: text },
  maxSteps: { flag: '--max-steps', key: 'env.max_steps', read: integer },
  rotateSize: { flag: '--rotate-size', key: 'rotate_size', read: integer },
};

/**
 * Flags as the overrides they stand for (`--seed 1` is `seed=1`), to go after those typed as `key=value`.
 * @throws CaptureError of kind usage, naming the flag and the form of its value
 */
export function flagOverrides(flags: CaptureFlags): string[] {
  const overrides: string[] = [];
  for (const [name, { flag, key, read }] of Object.entries(RULES) as [keyof typeof RULES, FlagRule][]) {
    const given = flags[name];
    if (given !== undefined) overrides.push(`${key}=${quoteValue(read(given, flag))}`);
  }
  if (flags.parquet !== undefined) overrides.push(`parquet=${flags.parquet}`);
  return overrides;
}

function text(given: string, flag: string): string {
  if (given === '' || given === '???') throw badFlag(flag, given, 'some text');
  return given;
}

function integer(given: string, flag: string): bigint {
  if (!/^[-+]?\d+$/.test(given)) throw badFlag(flag, given, 'an integer');
  return BigInt(given.replace('+', ''));
}

function grid(given: string, flag: string): bigint[] {
  const match = /^([1-9]\d*)[xX]([1-9]\d*)$/.exec(given);
  if (match === null) throw badFlag(flag, given, 'WIDTHxHEIGHT in cells, such as 64x64');
  return [BigInt(match[1]!), BigInt(match[2]!)];
}

function badFlag(flag: string, given: string, expected: string): CaptureError {
  return new CaptureError('usage', `${flag}: expected ${expected}, not '${given}'`);
}
