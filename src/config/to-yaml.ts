import { floatRepr } from './python-text.js';
import type { ConfigValue } from './node.js';
import { escapeInterpolation } from './override/quote.js';
import { plainScalar } from './yaml/scalars.js';

export interface YamlOptions {
  /** Of a resolved configuration, `${` is text and `escaped`; of one that is not, it is `kept`. */
  readonly interpolations: 'escaped' | 'kept';
}

/**
 * A configuration as YAML that our reader and OmegaConf read back to the same values and types: numbers as numbers,
 * text that looks like anything else in quotes.
 */
export function toYaml(
  tree: ConfigValue,
  { interpolations }: YamlOptions = { interpolations: 'escaped' },
): string {
  return print(interpolations === 'kept' ? tree : escaped(tree));
}

function print(tree: ConfigValue): string {
  if (tree instanceof Map && tree.size > 0) return mapping(tree, '');
  if (Array.isArray(tree) && tree.length > 0 && !tree.every(isScalar)) return sequence(tree, '');
  return `${inline(tree)}\n`;
}

function escaped(value: ConfigValue): ConfigValue {
  if (typeof value === 'string') return escapeInterpolation(value);
  if (Array.isArray(value)) return value.map(escaped);
  return value instanceof Map ? new Map([...value].map(([key, item]) => [key, escaped(item)])) : value;
}

const isScalar = (value: ConfigValue): boolean => !Array.isArray(value) && !(value instanceof Map);

function mapping(map: Map<string, ConfigValue>, indent: string): string {
  return [...map].map(([key, value]) => `${indent}${quoted(key)}:${block(value, indent)}`).join('');
}

/** What follows `key:`. */
function block(value: ConfigValue, indent: string): string {
  if (value instanceof Map && value.size > 0) return `\n${mapping(value, `${indent}  `)}`;
  if (Array.isArray(value) && !value.every(isScalar)) return `\n${sequence(value, `${indent}  `)}`;
  return ` ${inline(value)}\n`;
}

function sequence(items: readonly ConfigValue[], indent: string): string {
  return items
    .map((item) => {
      const text = item instanceof Map && item.size > 0 ? mapping(item, `${indent}  `) : nested(item, indent);
      // A mapping's first key stands on the dash's own line.
      return `${indent}- ${text.slice(indent.length + 2)}`;
    })
    .join('');
}

function nested(item: ConfigValue, indent: string): string {
  if (Array.isArray(item) && !item.every(isScalar)) return sequence(item, `${indent}  `);
  return `${indent}  ${inline(item)}\n`;
}

function inline(value: ConfigValue): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return float(value);
  if (typeof value === 'string') return quoted(value);
  return Array.isArray(value) ? `[${value.map(inline).join(', ')}]` : '{}';
}

function float(value: number): string {
  return Number.isFinite(value) ? floatRepr(value) : floatRepr(value).replace(/inf|nan/, '.$&');
}

const PLAIN = /^[A-Za-z_/][A-Za-z0-9_./-]*$/;

/** Text as it is where that reads as text in every YAML, otherwise in double quotes. */
function quoted(text: string): string {
  if (PLAIN.test(text) && plainScalar(text) === text && !/^[yn]$/i.test(text)) return text;
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
