import { refuse } from '../problems.js';

/** How far Hydra looks for the header. */
const HEADER_LENGTH = 512;

/**
 * The package a file's `# @package` line names, or null. Only empty lines and other `# @` lines may come before it.
 */
export function packageHeader(text: string, file: string): string | null {
  let found: string | null = null;
  const lines = text.slice(0, HEADER_LENGTH).split(/\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/);
  for (const [index, raw] of lines.entries()) {
    const line = raw.trim();
    if (line === '') continue;
    if (!/^#\s*@/.test(line)) break;
    const words = line
      .replace(/^#+/, '')
      .trim()
      .split(' ')
      .filter((word) => word !== '');
    const [keyword, name] = words as [string, string];
    const where = `${file}:${index + 1}`;
    if (words.length !== 2) refuse(`${where}: a header line is '# @package name', not '${line}'`);
    if (keyword !== '@package') continue;
    // A key of that name in Hydra 1.2 and later, the group before: surely not meant, or not any more.
    if (name.includes('_group_'))
      refuse(
        `${where}: '_group_' is not supported in a header; the group is the default package, so leave the line out`,
      );
    found = name;
  }
  return found;
}
