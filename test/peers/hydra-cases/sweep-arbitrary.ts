import fc from 'fast-check';

/** Words of every type. No nan, and no quotes: docs/config.md says where sweeps with those differ on purpose. */
const word = fc.oneof(
  fc.constantFrom(
    '-0.0',
    '1e-3',
    'inf',
    'true',
    'false',
    'null',
    'a',
    'b c',
    'a\\,b',
    '\\ z',
    'a\\\\',
    'x:y',
    '/p',
    '${x}',
    '[1,2]',
    '[]',
    '[b,a]',
    '{a:1}',
    '{b:[1.5]}',
  ),
  fc.integer({ min: -20, max: 20 }).map(String),
  fc.integer({ min: -300, max: 300 }).map((hundredths) => String(hundredths / 100)),
);

const call = (name: string, args: readonly string[]): string => `${name}(${args.join(',')})`;

const { element } = fc.letrec<{ element: string }>((tie) => ({
  element: fc.oneof(
    { maxDepth: 3 },
    { weight: 4, arbitrary: word },
    {
      weight: 3,
      arbitrary: fc
        .tuple(
          fc.constantFrom('choice', 'range', 'sort', 'tag', 'int', 'float', 'bool', 'interval'),
          fc.array(tie('element'), { minLength: 1, maxLength: 3 }),
          fc.constantFrom([], [], [], ['reverse=true'], ['step=1'], ['value=1'], ['stop=5']),
        )
        .map(([name, args, named]) => call(name, [...args, ...named])),
    },
  ),
}));

const floatRange = fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 1, maxLength: 3 }).map((tenths) =>
  call(
    'range',
    tenths.map((n) => String(n / 10)),
  ),
);

/** Everything after `x=`: lists of values, functions in functions, many of them wrong. */
export const sweepText: fc.Arbitrary<string> = fc.oneof(
  fc.array(element, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(',')),
  fc
    .tuple(
      fc.constantFrom('sort', 'choice', 'int', 'float', 'shuffle'),
      fc.array(word, { minLength: 1, maxLength: 4 }),
    )
    .map(([name, args]) => call(name, args)),
  floatRange,
  floatRange.map((range) => call('shuffle', [range])),
);
