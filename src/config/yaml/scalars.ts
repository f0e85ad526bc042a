import type { Scalar } from '../node.js';

/**
 * What a plain YAML scalar means to PyYAML as OmegaConf sets it up (YAML 1.1 without dates, and with `1e3` a float).
 * Sources: yaml.org/type for 1.1, and the table in docs/config.md.
 */
const NULL = /^(?:~|null|Null|NULL|)$/;
const TRUE = /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const FALSE = /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/;

const FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9]+(?:_[0-9]+)*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9]+(?:_[0-9]+)*[eE][-+]?[0-9]+)$/;
const SEXAGESIMAL_FLOAT = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*$/;
const INFINITE = /^[-+]?\.(?:inf|Inf|INF)$/;
const NAN = /^\.(?:nan|NaN|NAN)$/;

const DECIMAL = /^[-+]?(?:0|[1-9][0-9_]*)$/;
const BINARY = /^[-+]?0b[0-1_]+$/;
const OCTAL = /^[-+]?0[0-7_]+$/;
const HEX = /^[-+]?0x[0-9a-fA-F_]+$/;
const SEXAGESIMAL_INT = /^[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+$/;

/** Longer integers are refused by Python too. */
const MAX_DIGITS = 4300;
const MAX_SEXAGESIMAL_PARTS = 1000;

function signed(text: string): { sign: 1 | -1; digits: string } {
  const bare = text.replaceAll('_', '');
  return { sign: bare.startsWith('-') ? -1 : 1, digits: bare.replace(/^[-+]/, '') };
}

function integer(text: string, prefix: '' | '0b' | '0o' | '0x', cut: number): bigint | undefined {
  const { sign, digits } = signed(text);
  const body = digits.slice(cut);
  if (prefix !== '' && body === '') return undefined; // `0x_`: PyYAML fails on it
  if (prefix === '' && body.length > MAX_DIGITS) return undefined;
  const value = BigInt(prefix + body);
  return sign < 0 ? -value : value;
}

function sexagesimalInt(text: string): bigint | undefined {
  const { sign, digits } = signed(text);
  const parts = digits.split(':', MAX_SEXAGESIMAL_PARTS + 1);
  if (parts.length > MAX_SEXAGESIMAL_PARTS) return undefined;
  const value = parts.reduce((total, part) => total * 60n + BigInt(part), 0n);
  return sign < 0 ? -value : value;
}

function sexagesimalFloat(text: string): number {
  const { sign, digits } = signed(text);
  // Summed from the last part, in PyYAML's order, so that the last bit is the same.
  let base = 1;
  let value = 0;
  for (const part of digits.split(':').reverse()) {
    value += Number(part) * base;
    base *= 60;
  }
  return sign * value;
}

/** The value of an unquoted scalar; undefined when it is neither a string nor anything that has a value. */
export function plainScalar(text: string): Scalar | undefined {
  if (NULL.test(text)) return null;
  if (TRUE.test(text)) return true;
  if (FALSE.test(text)) return false;
  if (text === '=' || text === '<<') return undefined;
  if (!/[0-9.]/.test(text)) return text;
  if (FLOAT.test(text)) return Number(text.replaceAll('_', ''));
  if (SEXAGESIMAL_FLOAT.test(text)) return sexagesimalFloat(text);
  if (INFINITE.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (NAN.test(text)) return NaN;
  if (DECIMAL.test(text)) return integer(text, '', 0);
  if (BINARY.test(text)) return integer(text, '0b', 2);
  if (OCTAL.test(text)) return integer(text, '0o', 1) ?? 0n; // `0_` is zero
  if (HEX.test(text)) return integer(text, '0x', 2);
  if (SEXAGESIMAL_INT.test(text)) return sexagesimalInt(text);
  return text;
}
