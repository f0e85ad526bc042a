import { it } from 'vitest';
import * as zarr from 'zarrita';
import { guardBlosc } from '../../../src/io/blosc.js';
import { tries } from '../runs.js';
import { fuzz, same, shapeOf } from './fuzz.js';
import { mutate } from './mutate.js';
import type { Random } from './random.js';

const CHUNK = [2, 3, 4];
const CHUNK_BYTES = 2 * 3 * 4 * 4;

const SHUFFLES = ['noshuffle', 'shuffle', 'bitshuffle'];
const COMPRESSORS: [cname: string, full: number][] = [
  // its decoder keeps a piece of its stack with every chunk it refuses, and has none left in the end
  ['zstd', 15_000],
  ['lz4', 300_000],
  ['zlib', 150_000],
  ['blosclz', 300_000],
  ['snappy', 200_000],
];
const BLOSC_TOKENS = [
  ...[
    '\0',
    '\x01',
    '\x02',
    '\x10',
    '\x04',
    '\xff',
    '\0\0\0\0',
    '\xff\xff\xff\xff',
    '\xff\xff\xff\x7f',
    '\0\0\0\x80',
  ],
  ...[
    '\x10\0\0\0',
    '\x14\0\0\0',
    '\x60\0\0\0',
    '\x01\0\0\0',
    '\x28\xb5\x2f\xfd',
    '\x28\xb5\x2f\xfd\xe0\xff\xff\xff\x7f',
  ],
];

it.each(COMPRESSORS)(
  'Blosc chunks: %s',
  async (cname, full) => {
    guardBlosc(zarr.registry);
    const Blosc = (await zarr.registry.get('blosc')!()) as unknown as {
      fromConfig: (
        configuration: object,
        metadata: object,
      ) => {
        encode: (data: Uint8Array) => Promise<Uint8Array>;
        decode: (data: Uint8Array) => Promise<Uint8Array>;
      };
    };
    const metadata = { dataType: 'float32', shape: CHUNK };
    const values = new Uint8Array(Float32Array.from({ length: CHUNK_BYTES / 4 }, (_, i) => i >> 2).buffer);
    // in several blocks
    const many = new Uint8Array(Float32Array.from({ length: 270 }, (_, i) => i >> 5).buffer);
    const seeds: string[] = [];
    for (const [shuffle] of SHUFFLES.entries())
      for (const data of [values, many, values.slice(0, 5)]) {
        const codec = Blosc.fromConfig({ cname, clevel: 5, shuffle, blocksize: 512 }, metadata);
        seeds.push(Buffer.from(await codec.encode(data)).toString('latin1'));
      }
    const codec = Blosc.fromConfig({ cname, clevel: 5, shuffle: 1, blocksize: 0 }, metadata);
    const good = Buffer.from(seeds[0]!, 'latin1');
    const other = await codec.encode(new Uint8Array(4096).fill(0xa5));
    let count = 0;
    const read = async (text: string): Promise<string> => {
      const chunk = Buffer.from(text, 'latin1');
      try {
        const decoded = await codec.decode(chunk);
        same('what it states', decoded.length, chunk.readUInt32LE(4));
        // what lies in memory is another thing then, and no part of the data
        await codec.decode(other);
        same('the same again', Buffer.compare(await codec.decode(chunk), decoded), 0);
        return `${chunk[2]} ${chunk[3]} ${Math.ceil(Math.log2(decoded.length + 1))}`;
      } catch (error) {
        const { name, message } = error as Error;
        if (
          !['Error', 'RangeError'].includes(name) ||
          /call stack|allocation|same again|what it/.test(message)
        )
          throw error;
        // damage to the decoder's own memory would show in the next chunk
        if (count++ % 64 === 0) same('a good chunk', Buffer.compare(await codec.decode(good), values), 0);
        return shapeOf(message);
      }
    };
    /** Damaged behind a header that fits. */
    const generate = (random: Random): string => {
      const seed = random.pick(seeds);
      const chunk = Buffer.from(
        seed.slice(0, 16) + mutate(seed.slice(16), random, BLOSC_TOKENS, seeds),
        'latin1',
      );
      chunk.writeUInt32LE(chunk.length, 12);
      return chunk.toString('latin1');
    };
    await fuzz(
      { name: `Blosc chunks, ${cname}`, seeds, tokens: BLOSC_TOKENS, generate, read },
      tries(full, 1000),
    );
  },
  3_600_000,
);
