import { shellQuote } from '../config/index.js';

/** A path as an argument of a command to copy: in quotes only where a shell needs them. */
export const shellWord = (path: string): string => (/^[\w./-]+$/.test(path) ? path : shellQuote(path));
