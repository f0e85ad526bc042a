import { CST, Lexer } from 'yaml';

interface Unsupported {
  readonly offset: number;
  readonly message: string;
}

const TAB = 'a tab cannot separate or indent; use spaces';
const BLANK_END = 'blanks end the file within a text; take them away or end the line';
const BLANK_LINES = 'blanks end this text; take them away, or write it in quotes';
const LONG_KEY = "a key and its ':' must be on one line";
const EXPLICIT_KEY = "a key marked with '?' is not supported; write 'key: value'";

/** As in build.ts; brackets are counted here because npm `yaml` takes long to read many open ones. */
const MAX_DEPTH = 100;

/**
 * The first thing that npm `yaml` reads otherwise than PyYAML and says nothing: tabs that separate or indent (PyYAML
 * refuses them), keys marked with `?` (npm `yaml` drops what it cannot place after them), blanks that end a file within
 * a block scalar or the lines of one with a stated indentation, keys in `{ }` that go over a line's end.
 */
export function findUnsupported(text: string): Unsupported | null {
  if (!/[\t?{]|\n +$|[|>][-+]?\d/.test(text) && text.split(/[[{]/, MAX_DEPTH + 1).length <= MAX_DEPTH)
    return null;
  const lastLine = text.lastIndexOf('\n') + 1;
  let depth = 0;
  let offset = 0;
  const flowKey = new FlowKey();
  let expectText = false;
  /** The header of a block scalar whose text comes next. */
  let blockHeader: string | null = null;
  for (const token of new Lexer().lex(text)) {
    const type = expectText ? null : CST.tokenType(token);
    if (type === 'flow-error-end') depth = 0; // the parser says what is wrong with it
    if (type === 'doc-mode' || type === 'flow-error-end') continue;
    if (type === 'scalar') {
      expectText = true; // a mark of the lexer, the scalar's text is the next token
      continue;
    }
    const isBlock = expectText && blockHeader !== null;
    if (isBlock && endsInBlankLines(blockHeader!, text, offset, token))
      return { offset, message: BLANK_LINES };
    if (isBlock && offset + token.length >= lastLine && endsInBlanks(blockHeader!, text.slice(offset)))
      return { offset: lastLine, message: BLANK_END };
    const mayHoldTabs =
      isBlock || type === 'single-quoted-scalar' || type === 'double-quoted-scalar' || type === 'comment';
    if (!mayHoldTabs && token.includes('\t')) return { offset: offset + token.indexOf('\t'), message: TAB };
    if (type === 'explicit-key-ind') return { offset, message: EXPLICIT_KEY };
    if (type === 'flow-seq-start' || type === 'flow-map-start') depth++;
    if (type === 'flow-seq-end' || type === 'flow-map-end') depth--;
    if (depth > 0 && flowKey.breaksAt(type, token)) return { offset, message: LONG_KEY };
    if (depth > MAX_DEPTH) return { offset, message: `nested more than ${MAX_DEPTH} levels deep` };
    if (expectText) blockHeader = null;
    expectText = false;
    if (type === 'block-scalar-header') blockHeader = token;
    offset += token.length;
  }
  return null;
}

/** Follows the tokens inside `[ ]` and `{ }` to see a line's end between the start of a key and its `:`. */
class FlowKey {
  #state: 'before' | 'begun' | 'broken' | 'after' = 'before';

  /** @param type null for the text of a scalar */
  breaksAt(type: CST.TokenType | null, token: string): boolean {
    if (type === 'map-value-ind') {
      const broken = this.#state === 'broken';
      this.#state = 'after';
      return broken;
    }
    if (type === 'flow-map-start' || type === 'flow-seq-start' || type === 'comma') this.#state = 'before';
    else if (type === 'flow-map-end' || type === 'flow-seq-end') this.#state = 'after';
    else if (this.#state === 'begun' || (this.#state === 'before' && !SPACING.has(type)))
      this.#state = token.includes('\n') ? 'broken' : 'begun';
    return false;
  }
}

const SPACING: ReadonlySet<CST.TokenType | null> = new Set([
  'space',
  'newline',
  'comment',
  'byte-order-mark',
]);

/**
 * Whether the last line of a block scalar is blanks without a line break that may be part of its text: more of them
 * than the text is indented by.
 */
function endsInBlanks(header: string, block: string): boolean {
  const blanks = /(?:^|\n)([ \t]+)$/.exec(block)?.[1];
  if (blanks === undefined) return false;
  const indent = /(?:^|\n)( *)[^ \n]/.exec(block)?.[1];
  const digit = /\d/.exec(header)?.[0];
  if (indent === undefined && header.includes('+')) return true;
  return (
    blanks.includes('\t') || blanks.length > (digit === undefined ? (indent ?? blanks).length : Number(digit))
  );
}

/** Whether a block scalar with a stated indentation ends in lines of blanks that go beyond it. */
function endsInBlankLines(header: string, text: string, offset: number, block: string): boolean {
  const digit = /\d/.exec(header)?.[0];
  if (digit === undefined) return false;
  const after = /(?:[ \t]*\r?\n)*/y;
  after.lastIndex = offset + block.length;
  const lines = (block + after.exec(text)![0]).split(/\r?\n/);
  lines.pop(); // what stands after the last line break
  const last = lines.findLastIndex((line) => /[^ ]/.test(line));
  return lines.slice(last + 1).some((line) => line.length > Number(digit));
}
