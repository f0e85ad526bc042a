import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Codec } from '../../storage.js';
import { snappy } from './snappy.js';

/** Compresses the bytes of one page. */
export type Compress = (page: Uint8Array) => Uint8Array | Promise<Uint8Array>;

/** Parquet's codecs, as its thrift definition numbers them. */
export const CODEC_IDS = {
  none: 0,
  snappy: 1,
  gzip: 2,
  brotli: 4,
  zstd: 6,
  // LZ4_RAW: what every reader means by LZ4 today; the codec of that name is of Hadoop's own framing
  lz4: 7,
} as const satisfies Record<Codec, number>;

/** As fast as zlib at its default level, and smaller; Brotli's own default, 11, takes a hundred times as long. */
const BROTLI_QUALITY = 5;
const ZSTD_LEVEL = 3;
/** The LZ4 codec puts the length of what it compressed before the block. */
const LZ4_HEADER_BYTES = 4;

/** zlib and Brotli work on threads of their own. */
const toGzip = promisify(gzip);
const toBrotli = promisify<Uint8Array, object, Buffer>(brotliCompress);

/** As much of a numcodecs module as is used here; its own types do not resolve under Node's rules. */
interface CodecModule {
  default: {
    fromConfig(config: Readonly<Record<string, number>>): {
      encode(bytes: Uint8Array): Promise<Uint8Array>;
    };
  };
}
const codecOf = (module: unknown, config: Readonly<Record<string, number>>) =>
  (module as CodecModule).default.fromConfig(config);

export async function compressor(codec: Codec): Promise<Compress> {
  switch (codec) {
    case 'none':
      return (page) => page;
    case 'snappy':
      return snappy;
    case 'gzip':
      return (page) => toGzip(page);
    case 'brotli': {
      const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY };
      return (page) => toBrotli(page, { params });
    }
    case 'zstd': {
      const zstd = codecOf(await import('numcodecs/zstd'), { level: ZSTD_LEVEL });
      return (page) => zstd.encode(page);
    }
    case 'lz4': {
      const lz4 = codecOf(await import('numcodecs/lz4'), { acceleration: 1 });
      return async (page) => (await lz4.encode(page)).subarray(LZ4_HEADER_BYTES);
    }
  }
}
