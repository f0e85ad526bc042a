import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { blosclzSize, lz4Size, snappySize } from './blosc-streams.js';

const HEADER_BYTES = 16;
const MEMCPYED = 0x02;
const DO_NOT_SPLIT = 0x10;
/** A bit that stands for nothing yet. */
const FUTURE = 0x08;
/** Compressors, in the upper three bits of the flags. */
const BLOSCLZ = 0;
const LZ4 = 1;
const SNAPPY = 2;
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
          const limit = limitOf(metadata as ChunkMetadata);
          codec.decode = async (bytes) => {
            await checkBlosc(bytes, zstd, limit);
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

interface ChunkMetadata {
  dataType: string;
  shape: readonly number[];
}

/** Most bytes a chunk of an array decodes to, with room for what other codecs put around its values. */
function limitOf({ dataType, shape }: ChunkMetadata): number {
  const valueBytes = Number(/\d+$/.exec(dataType)?.[0] ?? 64) / 8;
  return 2 * valueBytes * shape.reduce((product, size) => product * size, 1) + 65_536;
}

/**
 * Throws unless `bytes` is one whole Blosc chunk of at most `limit` bytes of data: header, block offsets and stream
 * sizes fit, and the streams hold as much as they should.
 * Source: c-blosc 1, README_CHUNK_FORMAT.rst.
 */
async function checkBlosc(bytes: Uint8Array, zstd: Codec, limit: number): Promise<void> {
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
  if (total > limit)
    throw new RangeError(`the Blosc chunk states ${total} bytes of data, more than ${limit}`);
  const isKnown = bytes[1] === 1 && (flags & FUTURE) === 0 && flags >>> 5 <= ZSTD;
  if (!isKnown || (total > 0 && (valueBytes === 0 || blockBytes === 0 || blockBytes > total))) {
    throw new RangeError('the Blosc chunk has a header that is not supported');
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

const MAX_ZSTD_HEADER = 18;

/**
 * Size of the data as a Zstandard frame states it, which the decoder makes room for; null when it does not.
 * Source: RFC 8878, section 3.1.1.1.
 */
function statedSize(frame: Uint8Array): number | null {
  const header = Buffer.alloc(MAX_ZSTD_HEADER);
  header.set(frame.subarray(0, MAX_ZSTD_HEADER));
  const descriptor = header[4]!;
  const isSingle = (descriptor & 0x20) !== 0;
  const at = 5 + (isSingle ? 0 : 1) + [0, 1, 2, 4][descriptor & 3]!;
  const kind = descriptor >> 6;
  if (kind === 0) return isSingle ? header[at]! : null;
  if (kind === 1) return header.readUInt16LE(at) + 256;
  return kind === 2 ? header.readUInt32LE(at) : Number(header.readBigUInt64LE(at));
}

async function checkStream(
  stream: Uint8Array,
  length: number,
  compressor: number,
  zstd: Codec,
): Promise<void> {
  // A stream that would not shrink is stored as it is.
  if (stream.length === length) return;
  const size = await sizeOf(stream, length, compressor, zstd);
  if (size !== length) throw new RangeError(`a Blosc stream of ${size ?? 'no'} bytes, not ${length}`);
}

async function sizeOf(
  stream: Uint8Array,
  length: number,
  compressor: number,
  zstd: Codec,
): Promise<number | null> {
  if (compressor === BLOSCLZ) return blosclzSize(stream);
  if (compressor === LZ4) return lz4Size(stream, length);
  if (compressor === SNAPPY) return snappySize(stream);
  if (compressor === ZLIB) return (await unzip(stream, { maxOutputLength: length })).length;
  const stated = statedSize(stream);
  return stated === null || stated === length ? (await zstd.decode(stream)).length : stated;
}
