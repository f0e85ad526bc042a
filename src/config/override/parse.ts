import type { ConfigValue } from '../node.js';
import { tokenize } from './lexer.js';
import { OverrideSyntaxError } from './syntax-error.js';
import type { Override, OverrideType } from './types.js';
import { ValueParser } from './value.js';

const ID = /^[a-zA-Z_][a-zA-Z0-9_-]*$/;
/** A name, or names and list indices with dots between. */
const DOTTED =
  /^[a-zA-Z_$][a-zA-Z0-9_$-]*$|^(?:[a-zA-Z_$][a-zA-Z0-9_$-]*|0|[1-9](?:_?[0-9])*)(?:\.(?:[a-zA-Z_$][a-zA-Z0-9_$-]*|0|[1-9](?:_?[0-9])*))+$/;

/**
 * Reads one override: `key=value`, `+key=value`, `++key=value`, `~key`, `~key=value`, `group@package=option`.
 * @throws ConfigError (an OverrideSyntaxError where a place in the text can be shown)
 */
export function parseOverride(text: string): Override {
  const prefix = /^(?:\+\+|\+|~)?/.exec(text)![0];
  const type: OverrideType =
    prefix === '~' ? 'delete' : prefix === '+' ? 'add' : prefix === '++' ? 'force' : 'change';
  const equal = text.indexOf('=', prefix.length);
  if (equal < 0 && type !== 'delete') {
    throw new OverrideSyntaxError(text, text.length, "expected '=' and a value");
  }
  const { key, package: pkg } = readKey(text, prefix.length, equal < 0 ? text.length : equal);
  const value = equal < 0 ? undefined : readValue(text, equal);
  return { type, key, package: pkg, value, text };
}

function readKey(text: string, start: number, end: number): { key: string; package: string | null } {
  const at = text.slice(start, end).indexOf('@');
  const key = at < 0 ? text.slice(start, end) : text.slice(start, start + at);
  const pkg = at < 0 ? null : text.slice(start + at + 1, end);
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

function readValue(text: string, equal: number): ConfigValue {
  const start = equal + 1 + /^[ \t]*/.exec(text.slice(equal + 1))![0].length;
  return start === text.length ? '' : new ValueParser(text, start, tokenize(text, start)).value();
}
