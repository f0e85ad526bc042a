import type { Scalar } from '../node.js';
import { plainScalar } from './scalars.js';

const STANDARD = 'tag:yaml.org,2002:';

/** The value of a scalar with an explicit standard tag (`!!str 5`); undefined for other tags or a misfit. */
export function taggedScalar(tag: string, source: string): Scalar | undefined {
  if (!tag.startsWith(STANDARD)) return undefined;
  const plain = plainScalar(source);
  switch (tag.slice(STANDARD.length)) {
    case 'str':
      return source;
    case 'int':
      return typeof plain === 'bigint' ? plain : undefined;
    case 'float':
      return typeof plain === 'number' || typeof plain === 'bigint' ? Number(plain) : undefined;
    case 'bool':
      return typeof plain === 'boolean' ? plain : undefined;
    case 'null':
      return null;
    default:
      return undefined;
  }
}
