import { CST, Lexer } from 'yaml';

interface Unsupported {
  readonly offset: number;
  readonly message: string;
}

const TAB = 'a tab cannot separate or indent; use spaces';
const EXPLICIT_KEY = "a key marked with '?' is not supported; write 'key: value'";

/** As in build.ts; brackets are counted here because npm `yaml` takes long to read many open ones. */
const MAX_DEPTH = 100;

/**
 * The first thing that npm `yaml` reads otherwise than PyYAML and says nothing: tabs that separate or indent (PyYAML
 * refuses them), keys marked with `?` (npm `yaml` drops what it cannot place after them).
 */
export function findUnsupported(text: string): Unsupported | null {
  if (!/[\t?]/.test(text) && text.split(/[[{]/, MAX_DEPTH + 1).length <= MAX_DEPTH) return null;
  let depth = 0;
  let offset = 0;
  let expectText = false;
  let blockScalar = false;
  for (const token of new Lexer().lex(text)) {
    const type = expectText ? null : CST.tokenType(token);
    if (type === 'doc-mode' || type === 'flow-error-end') continue;
    if (type === 'scalar') {
      expectText = true; // a mark of the lexer, the scalar's text is the next token
      continue;
    }
    const mayHoldTabs =
      (expectText && blockScalar) ||
      type === 'single-quoted-scalar' ||
      type === 'double-quoted-scalar' ||
      type === 'comment';
    if (!mayHoldTabs && token.includes('\t')) return { offset: offset + token.indexOf('\t'), message: TAB };
    if (type === 'explicit-key-ind') return { offset, message: EXPLICIT_KEY };
    if (type === 'flow-seq-start' || type === 'flow-map-start') depth++;
    if (type === 'flow-seq-end' || type === 'flow-map-end') depth--;
    if (depth > MAX_DEPTH) return { offset, message: `nested more than ${MAX_DEPTH} levels deep` };
    if (expectText) blockScalar = false;
    expectText = false;
    if (type === 'block-scalar-header') blockScalar = true;
    offset += token.length;
  }
  return null;
}
