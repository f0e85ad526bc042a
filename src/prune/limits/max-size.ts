import { parseByteSize } from '../../core/byte-size.js';
import type { LimitParser } from './limit.js';

/** Results and trash are no larger than this. */
export const maxSize: LimitParser = (value) => {
  const most = parseByteSize('--max-size', value);
  return { label: `max-size ${value}`, excess: ({ used }) => used - most };
};
