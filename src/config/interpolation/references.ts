import { splitKey } from '../key-path.js';
import { isInterpolation, type ConfigNode } from '../node.js';
import { parseText } from './parse.js';
import type { Element, Interpolation, Text } from './syntax.js';

/** What the interpolations of a value read: keys, as their parts from the root, and environment variables. */
export interface References {
  readonly keys: readonly (readonly string[])[];
  readonly variables: readonly string[];
}

/**
 * What a value refers to. Keys that are themselves made by interpolation (`${a.${b}}`) give only the inner one, since
 * the outer depends on its value.
 * @param path of the value, from which relative keys start
 */
export function referencesIn(node: ConfigNode, path: readonly string[]): References {
  const keys: string[][] = [];
  const variables: string[] = [];
  if (!isInterpolation(node)) return { keys, variables };

  const visitText = (text: Text): void => {
    for (const part of text) if (typeof part === 'object') visit(part);
  };
  const visitElement = (element: Element): void => {
    if (element.kind === 'text') visitText(element.text);
    else if (element.kind === 'list') element.items.forEach(visitElement);
    else if (element.kind === 'dict') for (const [, item] of element.entries) visitElement(item);
  };
  const visit = (interpolation: Interpolation): void => {
    if (interpolation.kind === 'reference') {
      const { pieces } = interpolation;
      if (pieces.every((piece) => typeof piece === 'string')) keys.push(absolute(pieces.join(''), path));
      else visitText(pieces);
      return;
    }
    const [first] = interpolation.args;
    const name = interpolation.name.map((piece) => (typeof piece === 'string' ? piece : '')).join('');
    if (name === 'oc.env' && first?.kind === 'scalar') variables.push(String(first.value));
    if (name === 'oc.select' && first?.kind === 'scalar') keys.push(absolute(String(first.value), path));
    interpolation.args.forEach(visitElement);
  };
  visitText(parseText((node as { value: string }).value));
  return { keys, variables };
}

/** `a.b` from the root; `.b` beside the value at `path`, `..b` one mapping further out. */
function absolute(key: string, path: readonly string[]): string[] {
  const dots = /^\.*/.exec(key)![0].length;
  const around = dots === 0 ? [] : path.slice(0, Math.max(0, path.length - dots));
  return [...around, ...splitKey(key.slice(dots))];
}
