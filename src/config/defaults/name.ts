import { Resolution, type Environment } from '../interpolation/resolve.js';
import { dictNode, toNode } from '../node.js';
import { describeOrigin, type Origin } from '../origin.js';
import { refuse } from '../problems.js';

/** Final option of each group, by override key. */
export type KnownChoices = ReadonlyMap<string, string | readonly string[] | null>;

/** The name of an option written with `${group}`: the final choices of the other groups are its only keys. */
export function resolveName(text: string, origin: Origin, known: KnownChoices, env: Environment): string {
  const choices = dictNode(
    origin,
    new Map([...known].map(([key, choice]) => [key, toNode(choice as string | string[] | null, origin)])),
  );
  const name = new Resolution(choices, env).value({ node: toNode(text, origin), parents: [choices] });
  if (typeof name === 'string') return name;
  return refuse(`${describeOrigin(origin)}: '${text}' must give the name of an option`);
}
