import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { configEventSchema } from '../../src/core/config-history.js';
import { FINDING_CODES } from '../../src/core/findings.js';
import { STREAM_NAMES } from '../../src/core/layout.js';
import { manifestSchema } from '../../src/core/records.js';
import { EXTRA_COLUMNS, STREAMS, type ColumnSchema } from '../../src/core/streams.js';

const PAGE = readFileSync(new URL('../../docs/artifacts.md', import.meta.url), 'utf8');

/** Cells of the table behind `<!-- name -->`, without its head. */
function table(name: string): string[][] {
  const [, after] = PAGE.split(`<!-- ${name} -->`);
  const [text] = after!.trim().split('\n\n');
  const cells = (line: string): string[] =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  return text!.split('\n').slice(2).map(cells);
}

const typeText = ({ type, nullable }: ColumnSchema): string =>
  (type === 'floats' ? 'list of float' : type) + (nullable === true ? ' or null' : '');

describe('docs/artifacts.md', () => {
  it.each(STREAM_NAMES)('lists the columns of %s', (stream) => {
    expect(table(stream).map((cells) => cells.slice(0, 3))).toEqual(
      STREAMS[stream].columns.map((column) => [
        `\`${column.path.join('.')}\``,
        `\`${column.name}\``,
        typeText(column),
      ]),
    );
  });

  it('lists the extra columns', () => {
    expect(table('extra columns').map((cells) => cells.slice(0, 4))).toEqual(
      Object.entries<readonly ColumnSchema[]>(EXTRA_COLUMNS).flatMap(([name, columns]) =>
        columns.map((column) => [
          `\`${name}\``,
          `\`${column.path.join('.')}\``,
          `\`${column.name}\``,
          typeText(column),
        ]),
      ),
    );
  });

  it('lists the keys of the manifest in order', () => {
    const keys = table('manifest').flatMap(([cell]) => cell!.match(/\w+/g)!);
    expect(keys).toEqual(Object.keys(manifestSchema.shape));
  });

  it('lists the keys of the history in order', () => {
    const keys = table('config history').flatMap(([cell]) => cell!.match(/\w+/g)!);
    expect(keys).toEqual(Object.keys(configEventSchema.shape));
  });

  it('lists every finding code', () => {
    const rows = Object.entries(FINDING_CODES).map(([code, { severity, meaning }]) => [
      `\`${code}\``,
      severity,
      meaning,
    ]);
    expect(table('findings')).toEqual(rows);
  });
});
