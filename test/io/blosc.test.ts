import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import * as zarr from 'zarrita';
import { guardBlosc } from '../../src/io/blosc.js';

interface Codec {
  encode(data: Uint8Array): Promise<Uint8Array>;
  decode(chunk: Uint8Array): Promise<Uint8Array>;
}
type Blosc = { fromConfig(configuration: object, metadata: object): Codec };

let blosc: Blosc;
beforeAll(async () => {
  guardBlosc(zarr.registry);
  blosc = await zarr.registry.get('blosc')!();
});

const codecOf = (cname: string, shuffle = 1, blocksize = 0, shape = [1000]): Codec =>
  blosc.fromConfig({ cname, clevel: 5, shuffle, blocksize }, { dataType: 'float32', shape });

const COMPRESSORS = ['zstd', 'lz4', 'lz4hc', 'zlib', 'blosclz', 'snappy'];

/** Runs of a few values, random ones between them, and what repeats from afar. */
const data = fc
  .array(
    fc.oneof(
      fc.tuple(fc.nat(255), fc.nat(900)).map(([value, length]) => new Uint8Array(length).fill(value)),
      fc.uint8Array({ maxLength: 60 }),
      fc.nat(255).map((from) => Uint8Array.from({ length: 9000 }, (_, i) => (from * i * i) >> 5)),
    ),
    { maxLength: 12 },
  )
  .map((parts) => Buffer.concat([...parts, ...parts]));

describe.each(COMPRESSORS)('a Blosc chunk of %s', (cname) => {
  it('that is whole is read, whatever it holds', async () => {
    await fc.assert(
      fc.asyncProperty(
        data,
        fc.nat(2),
        fc.constantFrom(0, 512, 4096, 1 << 16),
        async (bytes, shuffle, block) => {
          const codec = codecOf(cname, shuffle, block, [100_000]);
          const chunk = await codec.encode(bytes);
          expect(Buffer.compare(await codec.decode(chunk), bytes)).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('with a damaged byte is refused, or read the same whatever was read before', async () => {
    const codec = codecOf(cname);
    const chunk = await codec.encode(Uint8Array.from({ length: 1080 }, (_, i) => i >> 5));
    const other = await codec.encode(new Uint8Array(4096).fill(0xa5));
    for (let at = 0; at < chunk.length; at++) {
      const damaged = Uint8Array.from(chunk);
      damaged[at]! ^= 0x21;
      const read = () => codec.decode(damaged).catch((error: unknown) => (error as Error).name);
      const first = await read();
      await codec.decode(other);
      expect(await read(), `byte ${at}`).toEqual(first);
    }
  });
});

it('a chunk of far more than the array holds is refused before there is room for it', async () => {
  const chunk = await codecOf('zstd', 1, 0, [1_000_000]).encode(new Uint8Array(4_000_000));
  await expect(codecOf('zstd').decode(chunk)).rejects.toThrow(
    'the Blosc chunk states 4000000 bytes of data, more than 73536',
  );
});

it('a frame that states another size than its stream has is refused before there is room for it', async () => {
  const codec = codecOf('zstd', 0);
  const chunk = await codec.encode(new Uint8Array(1000));
  const frame = chunk.findIndex((byte, i) => i >= 16 && byte === 0x28 && chunk[i + 1] === 0xb5);
  chunk[frame + 4] = 0xe0;
  await expect(codec.decode(chunk)).rejects.toThrow(/^a Blosc stream of \d+ bytes, not 1000$/);
});
