import { refuse } from '../problems.js';
import { tokenize } from './lexer.js';
import { overrideText } from './quote.js';
import { isSweep, type Element } from './sweeps.js';
import { OverrideSyntaxError, shellQuote, textForm } from './syntax-error.js';
import type { Override, OverrideType, SweepOverride } from './types.js';
import { ValueParser } from './value.js';

const ID = /^[a-zA-Z_][a-zA-Z0-9_-]*$/;
/** A name, or names and list indices with dots between. */
const DOTTED =
  /^[a-zA-Z_$][a-zA-Z0-9_$-]*$|^(?:[a-zA-Z_$][a-zA-Z0-9_$-]*|0|[1-9](?:_?[0-9])*)(?:\.(?:[a-zA-Z_$][a-zA-Z0-9_$-]*|0|[1-9](?:_?[0-9])*))+$/;

/** As many characters as a config file may have; a shell passes fewer. */
const MAX_LENGTH = 250_000;
/** As deep as config files may be. */
const MAX_DEPTH = 100;

/**
 * Reads one override with one value: `key=value`, `+key=value`, `++key=value`, `~key`, `~key=value`,
 * `group@package=option`.
 * @throws ConfigError (an OverrideSyntaxError where a place in the text can be shown)
 */
export function parseOverride(text: string): Override {
  const override = parseSweepable(text);
  return 'sweep' in override ? refuseSweep(override) : override;
}

/** The same, or an override with several values: `key=1,2`, `key=range(3)`, `group=glob(*)`. */
export function parseSweepable(text: string): Override | SweepOverride {
  if (text.length > MAX_LENGTH) {
    const named = `${text.slice(0, 100)}…`;
    refuse(
      `override '${named}': ${text.length} characters, which is more than the ${MAX_LENGTH} it may have`,
    );
  }
  const prefix = /^(?:\+\+|\+|~)?/.exec(text)![0];
  const type: OverrideType =
    prefix === '~' ? 'delete' : prefix === '+' ? 'add' : prefix === '++' ? 'force' : 'change';
  const equal = text.indexOf('=', prefix.length);
  if (equal < 0 && type !== 'delete') {
    throw new OverrideSyntaxError(text, text.length, "expected '=' and a value");
  }
  const { key, package: pkg } = readKey(text, prefix.length, equal < 0 ? text.length : equal);
  const target = { type, key, package: pkg, text };
  if (equal < 0) return { ...target, value: undefined };
  const element = readElement(text, valueStart(text, equal));
  if (!isSweep(element)) return { ...target, value: element };
  if (type === 'delete') refuse(`override '${text}': '~' deletes with one value, not several`);
  return { ...target, sweep: element };
}

/** Several values where one is wanted: for each a run, as a list, or as text. */
function refuseSweep({ key, sweep, text }: SweepOverride): never {
  if (sweep.kind === 'interval') refuse(intervalProblem(text));
  const equal = text.indexOf('=');
  const start = valueStart(text, equal);
  const list = sweep.kind === 'choice' ? `[${sweep.values.map(overrideText).join(',')}]` : null;
  const ways = [
    'to run each of them add --multirun (-m)',
    ...(list === null ? [] : [`for a list write ${shellQuote(text.slice(0, start) + list)}`]),
    `for text ${textForm(text, start)}`,
  ];
  throw new OverrideSyntaxError(text, start, `several values for '${key}'`, ways.join(', '));
}

/** Why an interval cannot be run. */
export function intervalProblem(text: string): string {
  return `override '${text}': only a sweeper that searches can use an interval; list the values or write 'range(start,stop,step)'`;
}

/** Where the value starts: after `=` and blanks. */
function valueStart(text: string, equal: number): number {
  return equal + 1 + /^[ \t]*/.exec(text.slice(equal + 1))![0].length;
}

function readKey(text: string, start: number, end: number): { key: string; package: string | null } {
  const at = text.slice(start, end).indexOf('@');
  const key = at < 0 ? text.slice(start, end) : text.slice(start, start + at);
  const pkg = at < 0 ? null : text.slice(start + at + 1, end);
  for (const path of [key, pkg ?? '']) {
    if (path.split(/[./]/, MAX_DEPTH + 1).length > MAX_DEPTH)
      throw new OverrideSyntaxError(text, start, `nested more than ${MAX_DEPTH} levels deep`);
  }
  if (key === '') throw new OverrideSyntaxError(text, start, 'expected a key');
  const parts = key.split('/');
  const valid = parts.length > 1 ? parts.every((part) => ID.test(part)) : DOTTED.test(key);
  if (!valid)
    throw new OverrideSyntaxError(
      text,
      start,
      `'${key}' is not a key (names with dots) or a group (names with slashes)`,
    );
  if (pkg !== null && pkg !== '' && !DOTTED.test(pkg)) {
    throw new OverrideSyntaxError(text, start + at + 1, `'${pkg}' is not a package (names with dots)`);
  }
  return { key, package: pkg };
}

function readElement(text: string, start: number): Element {
  return start === text.length ? '' : new ValueParser(text, start, tokenize(text, start)).value();
}
