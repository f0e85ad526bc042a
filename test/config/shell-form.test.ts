import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { resolveTree } from '../../src/config/interpolation/resolve.js';
import { dictNode, toNode } from '../../src/config/node.js';
import { parseOverride } from '../../src/config/override/parse.js';
import { textForm } from '../../src/config/override/syntax-error.js';

/** What bash makes of some words. */
function words(shellText: readonly string[]): string[] {
  const script = `printf '%s\\0' ${shellText.join(' ')}`;
  const env = { ...process.env, LC_ALL: 'C.UTF-8' };
  return execFileSync('bash', ['--norc', '-c', script], { encoding: 'utf8', env }).split('\0').slice(0, -1);
}

it('the form to pass a value as text, typed in bash, is that text', () => {
  const char = fc.constantFrom(
    ...Array.from(`ab1 '"\\$\{}[](),:=#&;!<>^~|*?@%+-/\t\n\r\u001b\u007f\u0085é中😀`),
  );
  // spaces at its beginning do not belong to a value
  const value = fc.string({ unit: char, minLength: 1, maxLength: 12 }).filter((text) => !/^[ \t]/.test(text));
  const texts = fc.sample(value, { numRuns: 2000, seed: 1 });
  const forms = texts.map((text) => textForm(`x=${text}`, 2));
  const origin = { kind: 'override', text: '' } as const;
  const passed = words(forms).map((word) => {
    const root = dictNode(origin, new Map([['x', toNode(parseOverride(word).value!, origin)]]));
    return resolveTree(root, {}).get('x');
  });
  expect(passed).toEqual(texts);
});
