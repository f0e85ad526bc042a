import { WORDS } from './grammars.js';
import type { Random } from './random.js';

export const OVERRIDE_TOKENS = [
  ...[
    '=',
    '+',
    '++',
    '~',
    '@',
    '/',
    '.',
    ',',
    ':',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    ' ',
    '\t',
    '"',
    "'",
    '\\',
    '\\"',
  ],
  ...[
    "\\'",
    '\\\\',
    '\\,',
    '${',
    '${a}',
    '}',
    'choice(',
    'range(',
    'glob(',
    'sort(',
    'shuffle(',
    'interval(',
  ],
  ...[
    'tag(',
    'int(',
    'float(',
    'str(',
    'bool(',
    'json_str(',
    'reverse=true',
    'seed=7',
    'sweep=',
    'list=',
    'exclude=',
  ],
  ...[
    'start=',
    'stop=',
    'step=',
    'null',
    'true',
    'NaN',
    'inf',
    '1',
    '-1',
    '1.5',
    '1e3',
    '1_000',
    '1e308',
    '0.1',
  ],
  ...[
    '[[[[',
    '{{{{',
    '{a:',
    '((((',
    'int(int(',
    'k=',
    '~k',
    'a.b',
    'a/b',
    'a@b',
    '*',
    '?',
    '[!a]',
    '9'.repeat(400),
  ],
];

export const OVERRIDES = [
  'seed=5',
  '+vars.x={a:1,b:[2,3.5,null],c:"x y"}',
  '++env.plume.sigma=1e-3',
  '~env.wind',
  '~seed=5',
  'policy=random',
  'record@here=jsonl',
  'env/plume=movie,static',
  "vars.t='it\\'s ${seed}'",
  'seed=1,2,3',
  'seed=choice(1,2,3)',
  'seed=range(1,10,2)',
  'x=range(start=0.1,stop=1,step=0.3)',
  'x=sort(3,2,1,reverse=true)',
  'x=shuffle(range(5),seed=3)',
  'policy=glob(*,exclude=m*)',
  'x=tag(a,b,choice(1,2))',
  'x=interval(0,1)',
  'x=int([1.5,{a:2.5}])',
  'x=str(float(1,2))',
  'x=sort([c,a,b])',
  'x=\\[a\\,b\\]',
];

/** A value of the override grammar, and now and then none. */
function overrideValue(random: Random, depth: number): string {
  const inner = (): string => (depth <= 0 ? random.pick(WORDS) : overrideValue(random, depth - 1));
  switch (random.below(8)) {
    case 0:
      return `[${inner()},${inner()}]`;
    case 1:
      return `{${random.pick(WORDS)}:${inner()},${random.pick(WORDS)}: ${inner()}}`;
    case 2:
      return `${random.pick(FUNCTIONS)}(${inner()},${inner()})`;
    case 3:
      return `${random.pick(FUNCTIONS)}(${random.pick(NAMES)}=${inner()},${random.pick(NAMES)}=${inner()})`;
    case 4:
      return `${inner()},${inner()}`;
    case 5:
      return random.pick([`'${inner()}'`, `"${inner()}"`, `\\${inner()}`, ` ${inner()}`, `\${${inner()}}`]);
    default:
      return random.pick(WORDS) + (random.oneIn(3) ? inner() : '');
  }
}

export const override = (random: Random): string =>
  `${random.pick(['', '', '+', '++', '~'])}${random.pick(['seed', 'vars.x', 'policy', 'a/b', 'a@b'])}=${overrideValue(random, 3)}`;

const FUNCTIONS = [
  'choice',
  'range',
  'glob',
  'sort',
  'shuffle',
  'interval',
  'tag',
  'int',
  'float',
  'str',
  'bool',
];
const NAMES = [
  'sweep',
  'list',
  'reverse',
  'seed',
  'start',
  'stop',
  'step',
  'include',
  'exclude',
  'value',
  'end',
];
