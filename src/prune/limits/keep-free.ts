import { parseByteSize, parsePercent } from '../../core/byte-size.js';
import type { LimitParser } from './limit.js';

/** So much of the disk is free: a share of it, or a size. */
export const keepFree: LimitParser = (value) => {
  const share = parsePercent(value);
  const size = share === null ? parseByteSize('--keep-free', value) : 0;
  return {
    label: `keep-free ${value}`,
    excess: ({ disk: { total, free } }) => (share === null ? size : Math.ceil(share * total)) - free,
  };
};
