import { before, parseDuration, type Duration } from '../core/duration.js';
import { parseByteSize, parsePercent } from '../core/byte-size.js';
import { CaptureError } from '../core/errors.js';
import type { Registry } from '../core/registry.js';
import { requireTag } from '../catalog/marks.js';
import { limits as limitRegistry } from './limits/index.js';
import type { Limit } from './limits/limit.js';
import type { CheckedSettings, GROUPS } from './policy-schema.js';
import { rules as ruleRegistry } from './rules/index.js';
import type { Rule } from './rules/rule.js';

/** What may go and what never does, every value read. */
export interface Policy {
  rules: readonly Rule[];
  groupBy: (typeof GROUPS)[number];
  limits: readonly Limit[];
  forceSize: boolean;
  minAge: Span | null;
  staleAfter: Span | null;
  requireIngested: boolean;
  dataset: string | null;
  maxDelete: MaxDelete | null;
  keepTrash: Span | null;
  archive: { folder: string; tags: readonly string[] } | null;
  logs: { folder: string; maxAge: Span | null; maxBytes: number | null } | null;
  rejectedMaxAge: Span | null;
}

/** A time span, and how it was written. */
export interface Span {
  label: string;
  duration: Duration;
}

/** The moment a span before now. */
export const since = ({ duration }: Span, nowMs: number): number => before(nowMs, duration);

export interface MaxDelete {
  label: string;
  /** The most runs that may go, of so many. */
  most(runs: number): number;
}

/** @throws CaptureError `usage` for a value that is none, or a policy that says nothing or contradicts itself */
export function readPolicy(settings: CheckedSettings): Policy {
  const policy = {
    ...rulesOf(settings),
    groupBy: settings.group_by ?? 'experiment',
    forceSize: settings.force_size ?? false,
    minAge: span('min-age', settings.min_age),
    staleAfter: span('stale-after', settings.stale_after),
    requireIngested: settings.require_ingested ?? false,
    dataset: settings.dataset ?? null,
    maxDelete: settings.max_delete === undefined ? null : parseMaxDelete(settings.max_delete),
    keepTrash: span('keep-trash', settings.keep_trash),
    archive:
      settings.archive === undefined
        ? null
        : { folder: settings.archive, tags: (settings.archive_tag ?? []).map(requireTag) },
    logs: logsOf(settings),
    rejectedMaxAge: span('rejected-max-age', settings.rejected_max_age),
  };
  refuseContradictions(settings, policy);
  return policy;
}

function rulesOf(settings: CheckedSettings): Pick<Policy, 'rules' | 'limits'> {
  const given = new Map(Object.entries(settings).map(([key, value]) => [key.replaceAll('_', '-'), value]));
  const read = <T>(registry: Registry<(value: string) => T>): T[] =>
    registry.names.flatMap((name) => {
      const value = given.get(name) as string | string[] | undefined;
      return value === undefined ? [] : [value].flat().map((each) => registry.get(name)(each));
    });
  return {
    rules: read(ruleRegistry),
    limits: read(limitRegistry),
  };
}

const span = (flag: string, text: string | undefined): Span | null =>
  text === undefined ? null : { label: `${flag} ${text}`, duration: parseDuration(`--${flag}`, text) };

/** 58% of 50 are 29, but 0.58 * 50 is a little less. */
const ROUNDING = 1e-9;

function parseMaxDelete(text: string): MaxDelete {
  const label = `max-delete ${text}`;
  const share = parsePercent(text);
  if (share !== null) return { label, most: (runs) => Math.floor(share * runs + ROUNDING) };
  if (/^\d{1,15}$/.test(text)) return { label, most: () => Number(text) };
  throw new CaptureError('usage', `--max-delete '${text}' is neither a number of runs nor a share of them`, {
    hint: 'write 100, or 10%',
  });
}

function logsOf({ runtime_logs: folder, logs_max_age, logs_max_size }: CheckedSettings): Policy['logs'] {
  if (folder === undefined) return null;
  const maxAge = span('logs-max-age', logs_max_age);
  const maxBytes = logs_max_size === undefined ? null : parseByteSize('--logs-max-size', logs_max_size);
  return { folder, maxAge, maxBytes };
}

function refuseContradictions(settings: CheckedSettings, policy: Policy): void {
  const refuse = (message: string, hint: string): never => {
    throw new CaptureError('usage', message, { hint });
  };
  const needs = (flag: keyof CheckedSettings, other: keyof CheckedSettings): void => {
    const name = (key: string): string => `--${key.replaceAll('_', '-')}`;
    if (settings[flag] !== undefined && settings[flag] !== false && settings[other] === undefined) {
      refuse(`${name(flag)} says nothing without ${name(other)}`, `give ${name(other)} too, or leave it out`);
    }
  };
  for (const key of ['archive', 'dataset', 'runtime_logs'] as const) {
    // of a variable of the shell that is not set
    if (settings[key] === '') refuse(`--${key.replaceAll('_', '-')} is empty`, 'give a folder');
  }
  needs('archive_tag', 'archive');
  needs('dataset', 'require_ingested');
  needs('logs_max_age', 'runtime_logs');
  needs('logs_max_size', 'runtime_logs');
  const { rules, limits, staleAfter, logs, rejectedMaxAge } = policy;
  if (logs !== null && logs.maxAge === null && logs.maxBytes === null) {
    refuse('--runtime-logs has no limit', 'give --logs-max-age or --logs-max-size');
  }
  if (policy.forceSize && limits.length === 0) {
    refuse('--force-size says nothing without a limit', 'give --max-size or --keep-free');
  }
  // what nothing holds back would remove every run, and nobody wants that by leaving out a flag
  if (rules.length + limits.length > 0) return;
  if (staleAfter !== null || logs !== null || rejectedMaxAge !== null) return;
  const flags = [...ruleRegistry.names, ...limitRegistry.names].map((name) => `--${name}`);
  refuse('no rule says what to keep', `give at least one of ${flags.join(', ')}, or --policy nightly`);
}
