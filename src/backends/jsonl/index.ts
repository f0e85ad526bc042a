import { jsonlParts } from '../../core/layout.js';
import type { Backend } from '../backend.js';
import { JsonlEncoder } from './encoder.js';
import { openJsonlReader } from './read.js';
import { JsonlWriter } from './write.js';

/** The canonical form: gzipped JSON lines. */
export const jsonl: Backend = {
  name: 'jsonl',
  continuesFrom: 'jsonl',
  has: (names) => jsonlParts('steps', names).length > 0,
  // async: what cannot be opened is a rejection
  openWriter: async (options) => new JsonlWriter(options),
  openEncoder: ({ streams, storage }) => new JsonlEncoder(streams, storage.jsonl.level),
  openReader: openJsonlReader,
};
