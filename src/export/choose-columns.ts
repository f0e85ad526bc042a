import { CaptureError } from '../core/errors.js';
import { suggest } from '../core/nearest.js';
import type { StreamSchema } from '../core/streams.js';

/**
 * The steps stream with some of its columns, in the stream's own order.
 * @param text flat names: `step,agent_x,agent_y`
 * @throws CaptureError `usage` for a name the run does not have
 */
export function chooseColumns(text: string, stream: StreamSchema): StreamSchema {
  const known = stream.columns.map(({ name }) => name);
  const wanted = new Set(text.split(',').map((name) => name.trim()));
  for (const name of wanted) {
    if (known.includes(name)) continue;
    // as the JSON record calls two of the columns together
    const parts = stream.columns.filter(({ path }) => path.length === 2 && path[0] === name);
    const hint = parts.length > 0 ? `give ${parts.map((part) => part.name).join(',')}` : suggest(name, known);
    throw new CaptureError('usage', `--columns: the steps of this run have no column '${name}'`, { hint });
  }
  return { name: stream.name, columns: stream.columns.filter(({ name }) => wanted.has(name)) };
}

/** Refuses a choice without columns that a format cannot do without. */
export function requireColumns(format: string, needed: readonly string[], { columns }: StreamSchema): void {
  const missing = needed.filter((name) => !columns.some((column) => column.name === name));
  if (missing.length === 0) return;
  throw new CaptureError('usage', `--columns: ${format} cannot do without ${missing.join(', ')}`, {
    hint: `add ${missing.length === 1 ? 'it' : 'them'}, or choose another format`,
  });
}
