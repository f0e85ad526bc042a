/** Columns are not made narrower than this. */
const NARROWEST = 6;
const GAP = '  ';

export interface TableLayout {
  /** Columns of numbers. */
  toTheRight: (name: string) => boolean;
  /** Columns of the terminal; null where lines may be as long as they are. */
  width: number | null;
}

/** Columns two spaces apart, numbers to the right; the last is not padded. What has no room is cut, with `…`. */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  { toTheRight, width }: TableLayout,
): string {
  const natural = header.map((name, column) =>
    rows.reduce((widest, row) => Math.max(widest, row[column]!.length), name.length),
  );
  const cuttable = header.map((name) => !toTheRight(name));
  const widths = width === null ? natural : fitted(natural, cuttable, width);
  const cell = (text: string, column: number): string => {
    const room = widths[column]!;
    const shown = cut(text, room);
    return toTheRight(header[column]!) ? shown.padStart(room) : shown.padEnd(room);
  };
  return [header, ...rows].map((cells) => `${cells.map(cell).join(GAP).trimEnd()}\n`).join('');
}

/** Its first characters and `…` when there are more than fit. */
export const cut = (text: string, room: number): string =>
  text.length <= room ? text : `${text.slice(0, room - 1)}…`;

/** Takes from the widest columns until all fit, or none may be cut further. */
function fitted(natural: readonly number[], cuttable: readonly boolean[], width: number): number[] {
  const widths = [...natural];
  const gaps = GAP.length * (widths.length - 1);
  for (let excess = widths.reduce((sum, each) => sum + each, gaps) - width; excess > 0; excess--) {
    const widest = Math.max(NARROWEST, ...widths.filter((_, column) => cuttable[column]));
    const column = widths.findIndex((each, index) => cuttable[index] && each === widest);
    if (column < 0 || widest === NARROWEST) break;
    widths[column] = widest - 1;
  }
  return widths;
}
