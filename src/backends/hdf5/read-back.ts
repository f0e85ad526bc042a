import { CaptureError } from '../../core/errors.js';
import { HDF5_FILE, type StreamName } from '../../core/layout.js';
import type { RunStreams, StreamSchema } from '../../core/streams.js';
import { mustRead } from './convert.js';
import { Fingerprint } from './fingerprint.js';
import type { Made } from './make-file.js';
import { Hdf5Reader } from './read.js';

/** Some columns of one stream of a file, and what they must be. */
export interface ReadBack {
  path: string;
  name: StreamName;
  streams: RunStreams;
  /** Their fingerprints, and those of other columns. */
  made: Made[StreamName];
}

/**
 * A file in parts for two threads, the first and the last for one of them, the second for the other; what there is
 * once an episode lies in each.
 */
export function partsOf(path: string, streams: RunStreams, made: Made): ReadBack[] {
  const pieces = piecesOf(streams.steps).map((steps) => ({ ...streams, steps }));
  return [
    ...pieces.map((piece) => ({ path, name: 'steps' as const, streams: piece, made: made.steps })),
    { path, name: 'episodes', streams, made: made.episodes },
  ];
}

/**
 * A smaller piece, which leaves time for the episodes, and a larger one. Each has a column that is never null, from
 * which a reader knows how many rows there are.
 */
function piecesOf(stream: StreamSchema): StreamSchema[] {
  const columns = stream.columns.filter(({ type }) => type !== 'text');
  const always = columns.filter(({ nullable }) => nullable !== true);
  if (always.length < 2) return [stream];
  const dealt = [...always, ...columns.filter(({ nullable }) => nullable === true)];
  return [true, false].map((smaller) => {
    const own = new Set(dealt.filter((_, i) => (i % 4 === 0) === smaller));
    return {
      ...stream,
      columns: stream.columns.filter((column) => column.type === 'text' || own.has(column)),
    };
  });
}

/** @throws CaptureError `io` when the file does not hold what was recorded */
export async function readBack({ path, name, streams, made }: ReadBack): Promise<void> {
  const found = new Fingerprint(streams[name]);
  const reader = new Hdf5Reader(path, HDF5_FILE, streams, 'ours');
  for await (const { batch } of reader.batches(name, mustRead)) found.add(batch);
  for (const [column, fingerprint] of Object.entries(found.finish())) {
    if (fingerprint !== made[column]) {
      throw new CaptureError('io', `read back, ${column} of the ${name} is not what was recorded`);
    }
  }
}
