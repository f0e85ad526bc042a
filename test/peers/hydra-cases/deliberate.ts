/** Where we differ from Hydra on purpose: the reason, as docs/config.md gives it, and the cases of this corpus. */
const REASONS: Readonly<Record<string, readonly string[]>> = {
  'Keys are text': ['x: {1: a}\n', 'x: {true: a}\n', '10: 1\n', 'on: 1\n'],
  'A config file is a mapping': ['- 1\n- 2\n', 'a:1\n'],
  'Line breaks that only YAML 1.1 knows': ['a: 1\rb: 2\r'],
  'Keys marked with `?`': ['? a\n: 1\n'],
  'Tags other than the standard ones': ['x: !\n'],
  'A key has a name': ['=1', '+=1', '@a=c', '~', '='],
  'A key with slashes is a group': ['values: +x/y=1'],
  'Deleting through an interpolation': ['merging onto interpolations: ~q.x'],
  '`_group_` in a header': ['_group_ header: '],
  Resolvers: ['a: "${oc.deprecated:b}"\nb: 1\n'],
};

export const DELIBERATE: ReadonlySet<string> = new Set(Object.values(REASONS).flat());
export const REASON_TITLES: readonly string[] = Object.keys(REASONS);
