import type { Batch } from '../core/batch.js';
import type { EncodedRows } from '../core/ports.js';
import type { Rejection } from '../core/rejections.js';

/** Rows [from, to) of a chunk's steps are of one episode, which ends with a row of its episodes. */
export interface EpisodePart {
  from: number;
  to: number;
  /** Row of the episode's record; null when the episode goes on in the next chunk, or was interrupted. */
  record: number | null;
  /** Why the episode that ends here is rejected; null for a good one, or one that does not end here. */
  rejection: Rejection | null;
}

/** Records on their way from the simulation to the files, in record order. */
export interface Chunk {
  steps: Batch;
  episodes: Batch;
  parts: EpisodePart[];
  /** Steps of rejected episodes that are kept as samples, and not in `steps`: a batch an episode. */
  samples: Batch[];
  /** Of the episodes that end here, interrupted ones too: 32 bytes each. */
  digests: Uint8Array[];
  /** The rows as the recording backend encodes them away from the file; null when it is left to its writer. */
  encoded: EncodedRows[] | null;
  /** Milliseconds encoding took, and waiting for room in the queue before this chunk. */
  encodeMs: number;
  waitedMs: number;
  /** Steps taken in it, recorded or not. */
  taken: number;
  /** The capture was interrupted, and this is where it ends. */
  cut: boolean;
}

/** The buffers of a chunk, which move to another thread with it. */
export function buffersOf({ steps, episodes, samples, encoded }: Chunk): ArrayBuffer[] {
  const buffers: ArrayBuffer[] = (encoded ?? []).map(({ bytes }) => bytes.buffer as ArrayBuffer);
  for (const batch of [steps, episodes, ...samples]) {
    for (const column of Object.values(batch.columns)) {
      if (column === null) continue;
      const values = 'codes' in column ? column.codes : 'width' in column ? column.values : column;
      buffers.push(values.buffer as ArrayBuffer);
    }
  }
  return buffers;
}
