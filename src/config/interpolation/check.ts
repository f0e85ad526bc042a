import { parseText } from './parse.js';
import { InterpolationSyntaxError } from './syntax.js';

/** What is wrong with the interpolations in a string; undefined when nothing is. */
export function checkSyntax(text: string): string | undefined {
  if (!text.includes('${')) return undefined;
  try {
    parseText(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof InterpolationSyntaxError)) throw error;
    return `'${text}' is not a valid interpolation: ${error.message} at character ${error.position + 1}`;
  }
}
