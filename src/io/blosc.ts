import { promisify } from 'node:util';
import { inflate } from 'node:zlib';

const HEADER_BYTES = 16;
const MEMCPYED = 0x02;
const DO_NOT_SPLIT = 0x10;
const ZLIB = 3;
const ZSTD = 4;
/** Blocks are split into a stream per byte of a value only when each would have this many bytes. */
const MIN_STREAM_BYTES = 128;
const MAX_SPLITS = 16;

/** As much of a codec, and of zarrita's registry of them, as the guard needs. */
interface Codec {
  decode(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>;
}
type LoadCodec = () => Promise<{ fromConfig(configuration: unknown, metadata: unknown): Codec }>;
type CodecRegistry = Map<string, LoadCodec>;

const guarded = new WeakSet<LoadCodec>();

/**
 * Makes the registry's Blosc refuse chunks that are not whole: the decoder behind it (numcodecs 0.3) reports no
 * error, but gives what happens to lie in memory. Idempotent.
 */
export function guardBlosc(registry: CodecRegistry): void {
  for (const name of ['blosc', 'numcodecs.blosc']) {
    const load = registry.get(name);
    const loadZstd = registry.get('zstd');
    if (load === undefined || loadZstd === undefined || guarded.has(load)) continue;
    const loadGuarded: LoadCodec = async () => {
      const [Blosc, Zstd] = await Promise.all([load(), loadZstd()]);
      const zstd = Zstd.fromConfig({ level: 1 }, {});
      return {
        fromConfig(configuration, metadata) {
          const codec = Blosc.fromConfig(configuration, metadata);
          const decode = codec.decode.bind(codec);
          codec.decode = async (bytes) => {
            await checkBlosc(bytes, zstd);
            return decode(bytes);
          };
          return codec;
        },
      };
    };
    guarded.add(loadGuarded);
    registry.set(name, loadGuarded);
  }
}

/**
 * Throws unless `bytes` is one whole Blosc chunk: header, block offsets and stream sizes fit, and the streams
 * decompress (zstd, zlib; of other compressors only the sizes are looked at).
 * Source: c-blosc 1, README_CHUNK_FORMAT.rst.
 */
async function checkBlosc(bytes: Uint8Array, zstd: Codec): Promise<void> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_BYTES) throw new RangeError(`${bytes.length} bytes are no Blosc chunk`);
  const flags = bytes[2]!;
  const valueBytes = bytes[3]!;
  const total = view.getUint32(4, true);
  const blockBytes = view.getUint32(8, true);
  const size = view.getUint32(12, true);
  if (bytes[0] !== 2 || size !== bytes.length) {
    throw new RangeError(`${bytes.length} bytes are no Blosc chunk of ${size} bytes`);
  }
  if ((flags & MEMCPYED) !== 0) {
    if (size !== total + HEADER_BYTES) throw new RangeError('the Blosc chunk contradicts its header');
    return;
  }

  const blocks = Math.ceil(total / blockBytes);
  for (let block = 0; block < blocks; block++) {
    const length = Math.min(blockBytes, total - block * blockBytes);
    const split =
      (flags & DO_NOT_SPLIT) === 0 &&
      valueBytes <= MAX_SPLITS &&
      blockBytes / valueBytes >= MIN_STREAM_BYTES &&
      length === blockBytes;
    const streams = split ? valueBytes : 1;
    let at = view.getUint32(HEADER_BYTES + 4 * block, true);
    for (let i = 0; i < streams; i++) {
      const stored = view.getUint32(at, true);
      const from = at + 4;
      at = from + stored;
      if (at > size) throw new RangeError('a Blosc block ends beyond the chunk');
      await checkStream(bytes.subarray(from, at), length / streams, flags >>> 5, zstd);
    }
  }
}

const unzip = promisify(inflate);

async function checkStream(
  stream: Uint8Array,
  length: number,
  compressor: number,
  zstd: Codec,
): Promise<void> {
  // A stream that would not shrink is stored as it is.
  if (stream.length === length || (compressor !== ZSTD && compressor !== ZLIB)) return;
  const content = await (compressor === ZSTD ? zstd.decode(stream) : unzip(stream));
  if (content.length !== length)
    throw new RangeError(`a Blosc stream of ${content.length} bytes, not ${length}`);
}
