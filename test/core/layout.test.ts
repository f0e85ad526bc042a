import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  describeFile,
  jsonlPartName,
  jsonlParts,
  parquetName,
  parseStreamFile,
  STREAM_NAMES,
} from '../../src/core/layout.js';

describe('file names of a run', () => {
  it('every name we write parses back', () => {
    fc.assert(
      fc.property(fc.constantFrom(...STREAM_NAMES), fc.nat({ max: 20_000 }), (stream, part) => {
        expect(parseStreamFile(jsonlPartName(stream, part))).toEqual({ stream, format: 'jsonl', part });
        expect(parseStreamFile(parquetName(stream))).toEqual({ stream, format: 'parquet', part: 0 });
      }),
    );
  });

  it('reads the names plume_nav_sim gives rotated parts', () => {
    expect(parseStreamFile('steps.jsonl.part12.gz')).toEqual({ stream: 'steps', format: 'jsonl', part: 12 });
  });

  it.each(['run.json', 'steps.jsonl', 'xsteps.jsonl.gz', 'steps.jsonl.gz.tmp', 'imu.jsonl.gz'])(
    '%s is no stream',
    (name) => {
      expect(parseStreamFile(name)).toBeNull();
    },
  );

  it('orders parts by number, not by text', () => {
    const names = [
      'steps.part10000.jsonl.gz',
      'steps.part0002.jsonl.gz',
      'episodes.jsonl.gz',
      'steps.jsonl.gz',
      'steps.jsonl.part1.gz',
    ];
    expect(jsonlParts('steps', names)).toEqual([
      'steps.jsonl.gz',
      'steps.jsonl.part1.gz',
      'steps.part0002.jsonl.gz',
      'steps.part10000.jsonl.gz',
    ]);
  });

  it('names media types and roles', () => {
    expect(describeFile('steps.part0001.jsonl.gz')).toEqual({
      mediaType: 'application/x-ndjson+gzip',
      role: 'raw',
    });
    expect(describeFile('episodes.parquet').role).toBe('raw');
    expect(describeFile('config.yaml')).toEqual({ mediaType: 'application/yaml', role: 'meta' });
  });
});
