import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { BACKENDS, copyOf, filesOf, finishedRun, problems, tries } from './runs.js';

/** Members of a BGZF file, by the sizes in their headers. */
function members(file: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < file.length; at += found.at(-1)!.length) {
    found.push(file.subarray(at, at + file.readUInt16LE(at + 16) + 1));
  }
  return found;
}

/** A part of a file in another place, twice, or not at all. */
function* rearranged(pieces: readonly Buffer[], step: number): Generator<[what: string, file: Buffer]> {
  for (let i = 0; i < pieces.length; i += step) {
    yield [`without piece ${i}`, Buffer.concat(pieces.toSpliced(i, 1))];
    yield [`with piece ${i} twice`, Buffer.concat(pieces.toSpliced(i, 0, pieces[i]!))];
    if (i === 0) continue;
    const swapped = [...pieces];
    [swapped[i - 1], swapped[i]] = [pieces[i]!, pieces[i - 1]!];
    yield [`with piece ${i} before the one before it`, Buffer.concat(swapped)];
  }
}

describe.each(BACKENDS)('a finished run, %s', (_, overrides) => {
  let run: string;
  let files: string[];
  beforeAll(async () => {
    run = await finishedRun(overrides);
    files = filesOf(run);
  });

  /** Puts other bytes in the place of a file for as long as it takes to validate the run. */
  async function problemsWith(name: string, bytes: Buffer): Promise<{ code: string; text: string }[]> {
    const path = join(run, name);
    const whole = readFileSync(path);
    writeFileSync(path, bytes);
    try {
      return await problems(run);
    } finally {
      writeFileSync(path, whole);
    }
  }

  /** Whether validation finds a change and says in which file it is. */
  async function expectFound(name: string, bytes: Buffer, what: string): Promise<void> {
    if (bytes.equals(readFileSync(join(run, name)))) return;
    const found = await problemsWith(name, bytes);
    expect(found.length, `${name} ${what}`).toBeGreaterThan(0);
    // the manifest says of each file what it must be; nothing but itself says it of the manifest
    const named = found.some(({ text }) => text.includes(name));
    expect(named, `${name} ${what}: ${JSON.stringify(found)}`).toBe(true);
  }

  it('is valid as it is', async () => {
    expect(await problems(run)).toEqual([]);
  });

  it('with any bit flipped', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: files.length - 1 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.nat({ max: 7 }),
        async (file, place, bit) => {
          const name = files[file]!;
          const bytes = readFileSync(join(run, name));
          const at = Math.floor(place * bytes.length);
          if (bytes.length === 0) return;
          bytes[at]! ^= 1 << bit;
          await expectFound(name, bytes, `with bit ${bit} of byte ${at} flipped`);
        },
      ),
      { numRuns: tries(2000, 100) },
    );
  }, 600_000);

  it('cut off at any place', async () => {
    for (const name of files) {
      const whole = readFileSync(join(run, name));
      const places = new Set([0, 1, whole.length - 1]);
      for (let i = 1; i < tries(200, 12); i++) places.add(Math.floor((i * whole.length) / tries(200, 12)));
      for (const at of places) await expectFound(name, whole.subarray(0, at), `cut at ${at}`);
    }
  }, 600_000);

  it('with something behind the end of a file', async () => {
    for (const name of files) {
      const whole = readFileSync(join(run, name));
      for (const more of ['\n', '\0', 'x', '{}'])
        await expectFound(name, Buffer.concat([whole, Buffer.from(more)]), `and ${JSON.stringify(more)}`);
    }
  });

  it('with members or lines left out, twice, or in another order', async () => {
    for (const name of files) {
      const whole = readFileSync(join(run, name));
      const text = /\.(?:json|yaml)$/.test(name);
      if (!text && !name.endsWith('.gz')) continue;
      const pieces = text
        ? (whole.toString().match(/.*\n|.+$/g) ?? []).map((line) => Buffer.from(line))
        : members(whole);
      const step = Math.ceil(pieces.length / tries(pieces.length, 10));
      for (const [what, bytes] of rearranged(pieces, step)) await expectFound(name, bytes, what);
    }
  }, 120_000);

  it('without one of its files, or with another in its place', async () => {
    for (const [i, name] of files.entries()) {
      const missing = copyOf(run);
      rmSync(join(missing, name));
      expect(await problems(missing), `without ${name}`).not.toEqual([]);
      const other = copyOf(run);
      const next = files[(i + 1) % files.length]!;
      renameSync(join(other, name), join(other, 'aside'));
      renameSync(join(other, next), join(other, name));
      renameSync(join(other, 'aside'), join(other, next));
      expect(await problems(other), `${name} and ${next} exchanged`).not.toEqual([]);
    }
  });
});
