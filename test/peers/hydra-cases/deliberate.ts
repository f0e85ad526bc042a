import { isSame, type Answer } from '../hydra-compare.js';

/** Where we differ from Hydra on purpose: the reason, as docs/config.md gives it, and the cases of this corpus. */
const REASONS: Readonly<Record<string, readonly string[]>> = {
  'Keys are text': ['x: {1: a}\n', 'x: {true: a}\n', '10: 1\n', 'on: 1\n'],
  'A config file is a mapping': ['- 1\n- 2\n', 'a:1\n', '${', '!!str'],
  'Line breaks that only YAML 1.1 knows': ['a: 1\rb: 2\r'],
  'Keys marked with `?`': ['? a\n: 1\n'],
  'Tags other than the standard ones': ['x: !\n'],
  'Blanks at the end of a text': [
    'a: >1\n  \n',
    'a: >1\n  c\n  \n',
    'c: |\n  a\n    ',
    'x: >1\n  ',
    'c: >\n \t',
    'c: |+\n    ',
    'c: |1\n   a\n  ',
  ],
  Anchors: ['x: &m:a\n'],
  'Without end': ['a: &m\n  <<: *m\n'],
  'Layouts that YAML forbids': [
    'x: [1]#c\n',
    'x: "a\nb"\n',
    'x: [\n1]\n',
    '- 42\n- \n|',
    'a:\n- 42\n- \n|',
    'a: >+\n   \n  # c\n',
  ],
  'Quotes within quotes': ["an override with quotes in quotes: u='${oc.create:\\'p\\'}'"],
  '`_self_` as an option': ['_self_ chosen: h=_self_'],
  'A key has a name': ['=1', '+=1', '@a=c', '~', '='],
  'A key with slashes is a group': ['values: +x/y=1'],
  'Deleting through an interpolation': ['merging onto interpolations: ~q.x'],
  '`_group_` in a header': ['_group_ header: '],
  Resolvers: ['a: "${oc.deprecated:b}"\nb: 1\n'],
  'Text stays text in a sweep': [
    'x=str(1,2)',
    'x=str([1,2],a)',
    'x=str(choice(1.5,2.5))',
    "x=choice('1',2)",
    "x=choice('true',b)",
    "x=choice('a#b',c)",
    "x=sort('10',b)",
    "x=sort(['b','a'])",
    "g=glob(['a*'])",
    'x=str(1) y=1,2',
  ],
  'A sweep without values': ['x=range(0)', 'x=range(5,1)', 'x=shuffle()', 'g=glob(ADAM)'],
  'Sorted ranges': [
    'x=sort(range(0,5,2),reverse=true)',
    'x=sort(range(5,0,-2))',
    'x=sort(range(0,1,0.1),reverse=true)',
  ],
  'Sorting nan': ['x=sort(2,nan,1)', 'x=sort([nan,1])'],
  'Shuffles have a seed': ['x=shuffle(1,2,seed=7)'],
  'Ranges that do not end': ['x=range(0,1,inf)'],
  'Arguments given twice': [
    'x=sort(1,2,list=[3,1])',
    'x=sort(list=[2,1],sweep=choice(1,2))',
    'x=shuffle(1,sweep=choice(1,2))',
  ],
  'Sweeps that delete': ['~x=1,2'],
  "Hydra's own runtime": ['hydra.job.num=1,2'],
};

export const DELIBERATE: ReadonlySet<string> = new Set(Object.values(REASONS).flat());
export const REASON_TITLES: readonly string[] = Object.keys(REASONS);

/** The layouts that docs/config.md names, as npm `yaml` refuses them. */
const LAYOUTS = new RegExp(
  `: not valid YAML: (?:${[
    'Comments must be separated from other tokens by white space characters',
    'Missing closing ["\']quote',
    'Flow (?:map|sequence) in block collection must be sufficiently indented',
    'Unexpected block-scalar-header at node end',
    'Implicit keys need to be on a single line',
    'Block scalars with more-indented leading empty lines must use an explicit indentation indicator',
  ].join('|')})`,
);

/** What we say when we refuse for one of the reasons. */
const SAID: readonly (readonly [title: string, message: RegExp])[] = [
  ['Keys are text', /: the key .+ is not a string; quote it|such a key is not supported/],
  ['A config file is a mapping', /a config file holds a mapping/],
  ['Keys marked with `?`', /a key marked with '\?'/],
  ['Tags other than the standard ones', /: the tag '.*' (?:with '[^]*' )?is not supported/],
  ['A key has a name', /expected a key/],
  ['A key with slashes is a group', /there is no group '/],
  ['Deleting through an interpolation', /is an interpolation; delete from the mapping/],
  ['`_group_` in a header', /'_group_' is not supported in a header/],
  ['A value where a group is', /' is a group; write '/],
  ['Layouts that YAML forbids', LAYOUTS],
  ['Anchors', /: the anchor '.*' may have only/],
  ['Blanks at the end of a text', /: blanks end (?:the file within a|this) text/],
  ['`_self_` as an option', /'_self_' is (?:a line of its own|not an option)/],
  ['Without end', /: '\*\w+' contains itself/],
];

/** The reason for a difference, or null; told by what we say, so that it holds for any case. */
export function deliberateReason(ours: Answer, theirs: Answer): string | null {
  const { error } = ours;
  if (ours.shared !== undefined && isSame(ours.shared, theirs)) return 'Files used twice';
  if (error === undefined) return null;
  if (theirs.error !== undefined) return null;
  return SAID.find(([, message]) => message.test(error))?.[0] ?? null;
}

/** Every title that generated cases may be explained with. */
export const RULE_TITLES: readonly string[] = ['Files used twice', ...SAID.map(([title]) => title)];
