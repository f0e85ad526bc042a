import { Composer, LineCounter, Parser, type Document } from 'yaml';
import { dictNode, type ConfigNode, type DictNode } from '../node.js';
import { refuse } from '../problems.js';
import { buildNode } from './build.js';
import { findUnsupported } from './unsupported.js';

/**
 * Characters PyYAML refuses in a stream, and the line breaks that only YAML 1.1 knows (U+0085, U+2028, U+2029, a lone
 * carriage return), which npm `yaml` reads as text.
 */
const UNSUPPORTED = /[^\x09\x0a\x0d\x20-\x7e\xa0-\u2027\u202a-\ufffd]|\r(?!\n)/;

/** Characters in a file: far more than a configuration has, few enough to be read in a second whatever they are. */
const MAX_LENGTH = 250_000;

const TOO_DEEP = 'nested too deeply to be a configuration';

function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

function at(file: string, { line, column }: { line: number; column: number }): string {
  return `${file}:${line}:${column}`;
}

const OPTIONS = {
  version: '1.1',
  schema: 'failsafe',
  uniqueKeys: false, // told apart in build.ts, as PyYAML does
  logLevel: 'silent',
  prettyErrors: false, // they look for the line of every error, and there may be many
} as const;

/** The first two documents: a second one is an error, however many follow. */
function parse(text: string, file: string, lines: LineCounter): Document.Parsed[] {
  const documents: Document.Parsed[] = [];
  // A bad file can have an error a character, and collecting their stacks would take most of the time.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    for (const document of new Composer(OPTIONS).compose(new Parser(lines.addNewLine).parse(text))) {
      documents.push(document);
      if (documents.length === 2) break;
    }
  } catch (error) {
    if (error instanceof RangeError) refuse(`${file}: ${TOO_DEEP}`, error);
    throw error;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  return documents;
}

/**
 * Reads one YAML document whose top level is a mapping (an empty one is an empty mapping), by the rules of PyYAML and
 * OmegaConf.
 * @param file how the file is called in messages
 * @throws ConfigError naming file, line and column
 */
export function readYaml(text: string, file: string): DictNode {
  const node = readYamlNode(text, file);
  if (node === null) return dictNode({ kind: 'file', file, line: 1, column: 1 });
  if (node.kind === 'dict') return node;
  return refuse(
    `${file}: a config file holds a mapping (key: value), not a ${node.kind === 'list' ? 'list' : 'single value'}`,
  );
}

/** The same with anything at the top level; null for an empty document. */
export function readYamlNode(text: string, file: string): ConfigNode | null {
  if (text.length > MAX_LENGTH) {
    refuse(`${file}: ${text.length} characters, which is more than the ${MAX_LENGTH} a config file may have`);
  }
  const bad = UNSUPPORTED.exec(text);
  if (bad) {
    const code = bad[0].codePointAt(0)!.toString(16).padStart(4, '0');
    refuse(
      `${at(file, placeOf(text, bad.index))}: the character U+${code} is not supported in a config file; in double quotes write \\u${code}`,
    );
  }
  const unsupported = findUnsupported(text);
  if (unsupported) refuse(`${at(file, placeOf(text, unsupported.offset))}: ${unsupported.message}`);

  const lines = new LineCounter();
  const documents = parse(text, file, lines);
  const [document, second] = documents;
  if (document === undefined)
    return /^%/m.test(text) ? refuse(`${file}: a directive without a document`) : null;
  const error = document.errors[0];
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    const where = at(file, { line, column: col });
    if (/call stack/i.test(error.message)) refuse(`${where}: ${TOO_DEEP}`, error);
    refuse(`${where}: not valid YAML: ${error.message.split('\n')[0]!}`, error);
  }
  if (second !== undefined) {
    const place = lines.linePos(second.range[0]);
    refuse(
      `${at(file, { line: place.line, column: place.col })}: a config file holds one YAML document, not two`,
    );
  }
  return buildNode(document, text, file, lines);
}
