import { once } from 'node:events';
import { createInflateRaw, inflateRawSync } from 'node:zlib';
import type { FileWindow } from './file-window.js';

/** Input given to the engine at once; bounds what a well compressed piece can unfold into. */
const PIECE_BYTES = 16_384;
const SMALL_INPUT_BYTES = 65_536;
const SMALL_OUTPUT_BYTES = 1 << 20;

/** How a member ended: in order, or the file before it did, or its data is damaged. */
export type DeflateEnd = 'ended' | 'truncated' | 'corrupt';

/** The whole member when it is a small one, taken from the window; null when it is not (nothing is taken). */
function inflateSmall(window: FileWindow): Uint8Array | null {
  try {
    const { buffer, engine } = inflateRawSync(window.bytes.subarray(0, SMALL_INPUT_BYTES), {
      info: true,
      maxOutputLength: SMALL_OUTPUT_BYTES,
    }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
    window.take(engine.bytesWritten);
    return buffer;
  } catch {
    return null;
  }
}

/**
 * Inflates the deflate data of one gzip member of unknown size, whose end only its own bits tell. Takes it from the
 * window, up to but not including the trailer. What comes before damage is still given.
 */
export async function* inflateMember(window: FileWindow): AsyncGenerator<Uint8Array, DeflateEnd> {
  await window.fill(SMALL_INPUT_BYTES);
  const small = inflateSmall(window);
  if (small !== null) {
    yield small;
    return 'ended';
  }
  const engine = createInflateRaw({ chunkSize: 1 << 16 });
  let chunks: Uint8Array[] = [];
  let state: DeflateEnd | 'open' = 'open';
  engine.on('data', (chunk: Uint8Array) => chunks.push(chunk));
  engine.on('end', () => (state = 'ended'));
  engine.on('error', ({ code }: NodeJS.ErrnoException) => {
    state = code === 'Z_BUF_ERROR' ? 'truncated' : 'corrupt';
  });
  const closed = Promise.race([once(engine, 'end'), once(engine, 'error'), once(engine, 'close')]).catch(
    () => {},
  );
  const isOpen = (): boolean => state === 'open';
  while (isOpen()) {
    await window.fill(PIECE_BYTES);
    const piece = window.bytes.subarray(0, PIECE_BYTES);
    const before = engine.bytesWritten;
    if (piece.length === 0) engine.end();
    const written = new Promise<void>((done) => {
      if (piece.length > 0) engine.write(piece, () => done());
    });
    await Promise.race([written, closed]);
    // The engine's own count: it may have stopped within the piece.
    window.take(engine.bytesWritten - before);
    yield* chunks;
    chunks = [];
  }
  yield* chunks;
  engine.destroy();
  return state as unknown as DeflateEnd;
}
