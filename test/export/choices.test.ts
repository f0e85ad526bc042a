import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { STEPS } from '../../src/core/streams.js';
import { chooseColumns, requireColumns } from '../../src/export/choose-columns.js';
import { parseEpisodes } from '../../src/export/choose-episodes.js';
import { chooseCompression } from '../../src/export/compression.js';
import { episodesFileName, formatOfName } from '../../src/export/format-names.js';

describe('--episodes', () => {
  it.each([
    ['3', '3', 1],
    ['1,5,12-18', '1,5,12-18', 9],
    ['12-18, 5 ,1', '1,5,12-18', 9],
    ['1-3,2-5,6', '1-6', 6],
    ['7,7', '7', 1],
  ])('%s is %s', (typed, text, count) => {
    expect(parseEpisodes(typed)).toMatchObject({ text, count });
  });

  it.each(['', '0', '1,', 'a', '1-', '-3', '1.5', '1..3', '01e3', '1-2-3', '99999999999999999'])(
    "'%s' is refused",
    (typed) => {
      expect(() => parseEpisodes(typed)).toThrow('is no episode and no range');
    },
  );

  it('a range the wrong way round is turned for the user to see', () => {
    expect(() => parseEpisodes('9-4')).toThrow(expect.objectContaining({ hint: 'give 4-9' }));
  });

  it('chooses the numbers that were typed and no others', () => {
    const range = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 9 }));
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 6 }), (ranges) => {
        const wanted = new Set(
          ranges.flatMap(([from, more]) => Array.from({ length: more + 1 }, (_, i) => from + i)),
        );
        const choice = parseEpisodes(ranges.map(([from, more]) => `${from}-${from + more}`).join());
        const all = Array.from({ length: 80 }, (_, i) => i + 1);
        expect(all.filter((episode) => choice.has(episode))).toEqual([...wanted].sort((a, b) => a - b));
        expect(choice.count).toBe(wanted.size);
        expect(choice.largest).toBe(Math.max(...wanted));
        expect(choice.firstMissing(wanted)).toBeNull();
        const first = Math.min(...wanted);
        expect(choice.firstMissing(new Set([...wanted].filter((episode) => episode !== first)))).toBe(first);
      }),
    );
  });
});

describe('--columns', () => {
  it('keeps the order of the stream', () => {
    const { columns } = chooseColumns('seed, step,ts', STEPS);
    expect(columns.map(({ name }) => name)).toEqual(['ts', 'step', 'seed']);
  });

  it.each([
    ['stepp', "did you mean 'step'?"],
    ['agent_position', 'give agent_x,agent_y'],
    ['', `valid: ${STEPS.columns.map(({ name }) => name).join(', ')}`],
  ])("'%s' is refused with the way out", (name, hint) => {
    expect(() => chooseColumns(`step,${name}`, STEPS)).toThrow(
      expect.objectContaining({
        message: `--columns: the steps of this run have no column '${name}'`,
        hint,
      }),
    );
  });

  it('what a format needs must be there', () => {
    const chosen = chooseColumns('step', STEPS);
    expect(() => requireColumns('minari', ['step'], chosen)).not.toThrow();
    expect(() => requireColumns('minari', ['step', 'action', 'reward'], chosen)).toThrow(
      '--columns: minari cannot do without action, reward',
    );
  });
});

describe('--compression and --level', () => {
  const can = { gzip: { min: 0, max: 9 }, zstd: null, none: null };
  const choose = (compression: string | null, level: string | null, usual = 'none') =>
    chooseCompression('csv', can, usual, { compression, level });

  it.each([
    [null, null, { name: null, level: null }],
    ['zstd', null, { name: 'zstd', level: null }],
    ['gzip', '9', { name: 'gzip', level: 9 }],
  ])('%s %s', (compression, level, chosen) => {
    expect(choose(compression, level)).toEqual(chosen);
  });

  it('a level belongs to the usual compression', () => {
    expect(choose(null, '1', 'gzip')).toEqual({ name: 'gzip', level: 1 });
    expect(() => choose(null, '1', 'none')).toThrow('--level cannot apply to csv with none');
  });

  it.each([
    ['gzipp', null, "--compression 'gzipp' cannot apply to csv"],
    ['zstd', '3', '--level cannot apply to csv with zstd, which has no levels'],
    ['gzip', '10', '--level 10: gzip has levels 0 to 9'],
    ['gzip', '-1', '--level -1: gzip has levels 0 to 9'],
    ['gzip', '3.5', '--level 3.5: gzip has levels 0 to 9'],
    ['gzip', '', '--level : gzip has levels 0 to 9'],
  ])('%s %s is refused', (compression, level, message) => {
    expect(() => choose(compression, level)).toThrow(message);
  });

  it.each([
    ['gzip', null, '--compression'],
    [null, '3', '--level'],
  ])('a format that does not compress refuses both', (compression, level, flag) => {
    expect(() => chooseCompression('sqlite', {}, 'none', { compression, level })).toThrow(
      `${flag} cannot apply to sqlite, which does not compress`,
    );
  });
});

describe('file names', () => {
  it.each([
    ['a.parquet', 'parquet'],
    ['a.H5', 'hdf5'],
    ['a.hdf5', 'hdf5'],
    ['a.sqlite', 'sqlite'],
    ['a.db', 'sqlite'],
    ['a.csv', 'csv'],
    ['a.csv.gz', 'csv'],
    ['a.json', 'json'],
    ['a.json.gz', 'json'],
    ['a.jsonl.gz', 'jsonl'],
    ['a.jsonl', null],
    ['a.gz', null],
    ['demo-v0', null],
  ])('%s asks for %s', (name, format) => {
    expect(formatOfName(name)).toBe(format);
  });

  it.each([
    ['data.parquet', 'data.episodes.parquet'],
    ['data.jsonl.gz', 'data.episodes.jsonl.gz'],
    ['run.2.csv', 'run.2.episodes.csv'],
    ['data', 'data.episodes'],
    ['.hidden', '.hidden.episodes'],
    ['a.gz', 'a.episodes.gz'],
  ])('the episodes of %s lie in %s', (name, episodes) => {
    expect(episodesFileName(name)).toBe(episodes);
  });
});
