import { CST, Lexer } from 'yaml';

/** Offset of the first tab that separates or indents, which PyYAML refuses and npm `yaml` reads; -1 without one. */
export function findSeparatingTab(text: string): number {
  if (!text.includes('\t')) return -1;
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
    if (!mayHoldTabs && token.includes('\t')) return offset + token.indexOf('\t');
    if (expectText) blockScalar = false;
    expectText = false;
    if (type === 'block-scalar-header') blockScalar = true;
    offset += token.length;
  }
  return -1;
}
