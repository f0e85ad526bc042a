import fc from 'fast-check';
import type { ConfigValue } from '../../src/config/node.js';

/** Text with everything that is special somewhere. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc
    .array(
      fc.constantFrom(
        '${',
        '}',
        '\\',
        "'",
        '"',
        '$',
        '{',
        ' ',
        '=',
        ',',
        '[',
        ']',
        ':',
        '#',
        '1',
        'e',
        '.',
        '-',
        'x',
        '\n',
        '\t',
        'yes',
        '~',
        '<<',
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join('')),
);

/** Any resolved value; `???` stands for a missing one and cannot be written as text. */
export function configValue(key: fc.Arbitrary<string>): fc.Arbitrary<ConfigValue> {
  const { value } = fc.letrec<{ value: ConfigValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom<ConfigValue>(null, true, false),
      fc.bigInt(),
      fc.double(),
      anyText.filter((text) => text !== '???'),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
    ),
  }));
  return value;
}
