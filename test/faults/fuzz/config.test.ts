import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { it } from 'vitest';
import { packageHeader } from '../../../src/config/defaults/header.js';
import { checkSyntax } from '../../../src/config/interpolation/check.js';
import { parseElement, parseText } from '../../../src/config/interpolation/parse.js';
import { referencesIn } from '../../../src/config/interpolation/references.js';
import { resolveTree } from '../../../src/config/interpolation/resolve.js';
import { InterpolationSyntaxError, type Element } from '../../../src/config/interpolation/syntax.js';
import {
  dictNode,
  toValue,
  type ConfigNode,
  type ConfigValue,
  type DictNode,
} from '../../../src/config/node.js';
import { toYaml } from '../../../src/config/to-yaml.js';
import { readYaml } from '../../../src/config/yaml/read.js';
import { tries } from '../runs.js';
import { fuzz, refusal, same, shapeOf } from './fuzz.js';
import { INTERPOLATION_TOKENS, interpolation, INTERPOLATIONS, YAML_TOKENS, YAMLS } from './grammars.js';
import type { Random } from './random.js';

const CONF = fileURLToPath(new URL('../../../conf', import.meta.url));
const CONFIG_FILES = readdirSync(CONF, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.yaml'))
  .sort()
  .map((name) => readFileSync(join(CONF, name), 'utf8'));

/** Larger ones are not printed: text that interpolations repeat is long. */
const PRINTED = 2000;

function sizeOf(value: ConfigValue): number {
  if (typeof value === 'string') return value.length;
  if (!Array.isArray(value) && !(value instanceof Map)) return 1;
  let size = 1;
  for (const item of value.values()) if ((size += sizeOf(item)) > PRINTED) break;
  return size;
}

/** The kinds of the values, a few levels deep. */
function kinds(value: ConfigValue, depth = 0): string {
  if (depth > 2) return '';
  if (Array.isArray(value))
    return `[${value
      .slice(0, 3)
      .map((item) => kinds(item, depth + 1))
      .join()}]`;
  if (!(value instanceof Map)) return (typeof value)[0]!;
  return `{${[...value.values()]
    .slice(0, 4)
    .map((item) => kinds(item, depth + 1))
    .join()}}`;
}

it('config files', async () => {
  const read = (text: string): string => {
    try {
      packageHeader(text, 'c.yaml');
      const node = readYaml(text, 'c.yaml');
      const written = toValue(node);
      if (sizeOf(written) < PRINTED) {
        // what is printed without resolving reads back as it was written
        const again = toValue(readYaml(toYaml(written, { interpolations: 'kept' }), 'c.yaml'));
        same('read back', again, written);
      }
      const resolved = resolveTree(node, { HOME: '/home' });
      if (sizeOf(resolved) < PRINTED)
        same('resolved and read back', resolveTree(readYaml(toYaml(resolved), 'c.yaml'), {}), resolved);
      return kinds(written);
    } catch (error) {
      return refusal(error);
    }
  };
  await fuzz(
    {
      name: 'config files',
      seeds: [...CONFIG_FILES, ...YAMLS],
      tokens: [...YAML_TOKENS, ...INTERPOLATION_TOKENS],
      read,
    },
    tries(600_000, 2000),
  );
}, 3_600_000);

function shapeOfElement(element: Element): string {
  if (element.kind === 'list') return `[${element.items.slice(0, 3).map(shapeOfElement).join()}]`;
  return element.kind;
}

const origin = { kind: 'override', text: 'a=b' } as const;
const scalar = (value: string | bigint): ConfigNode => ({ kind: 'scalar', value, origin });

/** A tree with the text in two places, and what it may refer to. */
const around = (text: string): DictNode =>
  dictNode(
    origin,
    new Map<string, ConfigNode>([
      ['a', scalar(text)],
      ['b', scalar(1n)],
      [
        'c',
        dictNode(
          origin,
          new Map([
            ['d', scalar(text)],
            ['e', scalar('${b}')],
          ]),
        ),
      ],
      ['f', { kind: 'list', items: [scalar('x'), scalar('${c.e}')], origin }],
    ]),
  );

it('interpolations', async () => {
  const read = (text: string): string => {
    let shape: string;
    try {
      const parts = parseText(text);
      shape = parts
        .map((part) => (typeof part === 'string' ? 't' : part.kind))
        .slice(0, 4)
        .join();
      same('fault', checkSyntax(text), undefined);
      if (!text.includes('${')) same('parts', parts, text === '' ? [] : [text]);
      referencesIn(scalar(text), ['c', 'd']);
    } catch (error) {
      if (!(error instanceof InterpolationSyntaxError)) throw error;
      same('fault', text.includes('${') === (checkSyntax(text) !== undefined), true);
      shape = shapeOf(error.message);
    }
    try {
      shape += shapeOfElement(parseElement(text));
    } catch (error) {
      if (!(error instanceof InterpolationSyntaxError)) throw error;
    }
    try {
      return `${shape} ${kinds(resolveTree(around(text), { HOME: '/home' }))}`;
    } catch (error) {
      return `${shape} ${refusal(error)}`;
    }
  };
  await fuzz(
    {
      name: 'interpolations',
      seeds: INTERPOLATIONS,
      tokens: INTERPOLATION_TOKENS,
      generate: (random: Random) => interpolation(random, 4),
      read,
    },
    tries(1_500_000, 10_000),
  );
}, 3_600_000);
