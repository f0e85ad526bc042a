import type { Backend } from '../backend.js';
import { jsonlParts } from '../../core/layout.js';
import { openJsonlReader } from './read.js';
import { JsonlWriter } from './write.js';

/** The canonical form: gzipped JSON lines. */
export const jsonl: Backend = {
  name: 'jsonl',
  has: (names) => jsonlParts('steps', names).length > 0,
  openWriter: (options) => Promise.resolve(new JsonlWriter(options)),
  openReader: openJsonlReader,
};
