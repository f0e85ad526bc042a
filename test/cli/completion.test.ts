import { ShellCompDirective } from '@bomb.sh/tab';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DIRECTIVE, formatAnswer } from '../../src/cli/completion/answer.js';
import { complete } from '../../src/cli/completion/complete.js';
import { readLine } from '../../src/cli/completion/line.js';
import { PATHS } from '../../src/cli/completion/overrides.js';
import { completionScript } from '../../src/cli/completion/scripts.js';
import { requireOverrides } from '../../src/cli/operands.js';
import { buildProgram } from '../../src/cli/program.js';
import { describeKeys } from '../../src/config/schema-keys.js';
import { policies } from '../../src/sim/policies/index.js';
import { writeTree } from '../config/tree.js';

/** The words offered, and the bits of the last line. */
async function ask(...words: string[]): Promise<{ offered: string[]; bits: number }> {
  const lines = (await complete(words)).trimEnd().split('\n');
  const last = lines.pop()!;
  expect(last).toMatch(/^:\d+$/);
  return { offered: lines.map((line) => line.split('\t')[0]!), bits: Number(last.slice(1)) };
}
const offered = async (...words: string[]): Promise<string[]> => (await ask(...words)).offered;
const commands = buildProgram([], () => {})
  .commands.map((command) => command.name())
  .concat('help');

it.each(commands)('%s is known where it does not come first', (name) => {
  expect(() => requireOverrides(['seed=1', name])).toThrow(`the command '${name}' comes first`);
});

describe('a word in the place of an override', () => {
  it.each([
    ['env.gr', ['env.grid_size=']],
    ['env.wi', ['env.wind.']],
    ['env.wind.sp', ['env.wind.speed=']],
    ['env/', ['env/plume=']],
    ['env/plume=', ['env/plume=movie', 'env/plume=static']],
    ['env/plume=st', ['env/plume=static']],
    ['env/plume@a.b=st', ['env/plume@a.b=static']],
    ['+env/plume=st', ['+env/plume=static']],
    ['policy=ran', ['policy=random']],
    ['policy=random,su', ['policy=random,surge_and_cast']],
    ['env.plume=', []],
    ['env.pl', ['env.plume_sigma=']],
    ['parquet=', ['parquet=true', 'parquet=false']],
    ['clock=', ['clock=wall', 'clock=sim']],
    ['clock=wall,', ['clock=wall,wall', 'clock=wall,sim']],
    ['env.action_type=o', ['env.action_type=oriented']],
    ['env.grid_size=', []],
    ['env.nonsense', []],
    ['nonsense=', []],
    ['constructor=', []],
    ['__proto__.', []],
    ['+env.max', ['+env.max_steps=']],
    ['++env.max', ['++env.max_steps=']],
    ['++env/', []],
    ['~env.max', ['~env.max_steps']],
    ['~env/', ['~env/plume']],
    ['~env/plume=', []],
    ["'policy=ran", ['policy=random']],
    ['../', []],
    ['policy/../policy=', []],
    ['/env/', []],
  ])('%s could become %j', async (word, expected) => {
    expect(await offered(word)).toEqual(expected);
    expect(await offered('capture', word)).toEqual(expected);
    expect(await offered('seed=1', '--json', '--cfg', 'job', word)).toEqual(expected);
  });

  it('offers every policy there is', async () => {
    expect(await offered('policy=')).toEqual([...policies.names].sort().map((name) => `policy=${name}`));
  });

  it('offers no config that is no option: the one that is started', async () => {
    expect(await offered('data_capture')).toEqual(['data_capture/']);
  });

  it('leaves no space after what goes on', async () => {
    const noSpace = async (word: string) => ((await ask(word)).bits & DIRECTIVE.noSpace) !== 0;
    expect(await noSpace('env.gr')).toBe(true);
    expect(await noSpace('env.wi')).toBe(true);
    expect(await noSpace('env/')).toBe(true);
    expect(await noSpace('policy=ran')).toBe(false);
    expect(await noSpace('~env.max')).toBe(false);
  });

  it('describes keys', async () => {
    expect(await complete(['env.max_st'])).toMatch(/^env\.max_steps=\tSteps after which .*\n:6\n$/);
  });
});

describe('keys of a policy', () => {
  it('are those of the policy on the line', async () => {
    expect(await offered('policy=surge_and_cast', 'policy.p')).toEqual(['policy.persistence=']);
    expect(await offered('policy=scripted', 'policy.')).toEqual(['policy.name=', 'policy.actions_file=']);
    expect(await offered('policy.')).toEqual(['policy.name=']);
  });

  it('follow what an experiment chooses', async () => {
    expect(await offered('data_capture/experiment=surge_and_cast', 'policy.p')).toEqual([
      'policy.persistence=',
    ]);
  });

  it('are those of all policies where the line cannot be composed', async () => {
    expect(await offered('policy=nonsense', 'policy.pe')).toEqual(['policy.persistence=']);
    expect(await offered('policy=random,surge_and_cast', 'policy.actions')).toEqual(['policy.actions_file=']);
  });

  it('take their fixed values without composing', async () => {
    expect(await offered('policy.cast_mode=r')).toEqual(['policy.cast_mode=random_turn']);
  });
});

it('offers the keys somebody made below vars', async () => {
  expect(await offered('+vars.a.b=1', "'+vars.c=[1, 2]'", 'vars.')).toEqual(['vars.a.', 'vars.c=']);
  expect(await offered('+vars.a.b=1', 'vars.a.')).toEqual(['vars.a.b=']);
});

describe('commands and flags', () => {
  it('offers all commands, and what the default command takes, on an empty line', async () => {
    const all = await offered('');
    expect(all).toEqual(expect.arrayContaining([...commands, 'policy=', 'env.', 'seed=']));
    expect(await offered('val')).toEqual(['validate']);
    expect(await offered('help', 'val')).toEqual(['validate']);
    expect(await offered('config', 'ex')).toEqual(['explain']);
    expect(await offered('completion', '')).toEqual(['bash', 'zsh', 'fish']);
  });

  it('offers no command after an override or a flag', async () => {
    expect(await offered('seed=1', 'val')).toEqual([]);
    expect(await offered('--json', 'val')).toEqual([]);
  });

  it.each(buildProgram([], () => {}).commands.map((command) => [command.name(), command] as const))(
    'offers every flag of %s',
    async (name, command) => {
      const flags = command.options.map(({ long }) => long);
      expect(await offered(name, '--')).toEqual(expect.arrayContaining([...flags, '--help']));
      if (name === 'capture')
        expect(await offered('--')).toEqual(expect.arrayContaining([...flags, '--version']));
    },
  );

  it.each([
    [['--cfg', ''], ['job']],
    [['--cfg='], ['job']],
    [['-c', 'j'], ['job']],
    [['capture', '--info', 'defaults-'], ['defaults-tree']],
    [['--action-type', 'o'], ['oriented']],
    [['--action-type=o'], ['oriented']],
    [['--config-name', 'data_capture/c'], ['data_capture/config']],
    [
      ['--package', 'env.wi'],
      ['env.wind.', 'env.wind'],
    ],
    [['config', 'explain', 'env.max'], ['env.max_steps']],
    [['config', 'explain', 'env.max_steps', 'env/plume=st'], ['env/plume=static']],
    [['config', 'explain', '--config-path', 'x', 'env.max'], ['env.max_steps']],
    [['history', '--key', 'env.max'], ['env.max_steps']],
    [['history', '--experiment', ''], []],
    [['--seed', ''], []],
    [['--nonsense', 'ran'], []],
    [['prune', 'results', ''], []],
  ])('%j could become %j', async (words, expected) => {
    expect(await offered(...words)).toEqual(expected);
  });

  it.each([
    [['--config-path', 'co'], DIRECTIVE.folders],
    [['--config-path='], DIRECTIVE.folders],
    [['--output', ''], DIRECTIVE.folders],
    [['prune', ''], DIRECTIVE.folders],
    [['history', ''], DIRECTIVE.folders],
    [['validate', 'a', 'b'], DIRECTIVE.folders],
    [['validate', '--all', ''], DIRECTIVE.folders],
    [['reproduce', ''], DIRECTIVE.folders],
    [['reproduce', '--policy', ''], DIRECTIVE.files],
    [['ingest', '--params', ''], DIRECTIVE.files],
    [['output=re'], DIRECTIVE.folders],
    [['++movie.path='], DIRECTIVE.folders],
    [['policy.actions_file='], DIRECTIVE.files],
    [['policy.module='], DIRECTIVE.files],
  ])('leaves the paths of %j to the shell', async (words, bits) => {
    expect(await ask(...words)).toEqual({ offered: [], bits });
  });
});

it('takes no key for a path that is none any more', () => {
  expect(describeKeys().map(({ key }) => key)).toEqual(expect.arrayContaining([...PATHS.keys()]));
});

describe('a tree of the user', () => {
  it('gives the groups and options, with --config-path and --config-dir, wherever they stand on the line', async () => {
    const root = writeTree({ config: 'a: 1', 'my-lab/sensor/one': '', 'my-lab/sensor/two': '', 'top/x': '' });
    const more = writeTree({ 'top/y': '' });
    expect(await offered('--config-path', root, 'my-lab/sensor=')).toEqual([
      'my-lab/sensor=one',
      'my-lab/sensor=two',
    ]);
    expect(await offered(`--config-path=${root}`, '--config-dir', more, 'top=')).toEqual(['top=x', 'top=y']);
    expect(await offered(`--config-path='${root}'`, 'my')).toEqual(['my-lab/']);
    expect(await offered('--config-dir', more, 'policy=ran')).toEqual(['policy=random']);
    expect(await offered('--config-path', root, '--config-name', '')).toEqual(['config', 'my-lab/', 'top/']);
  });

  it('says nothing about what is wrong with it', async () => {
    const root = writeTree({ config: 'a: [', 'top/x': 'b: [' });
    expect(await offered('--config-path', root, 'top=')).toEqual(['top=x']);
    expect(await offered('--config-path', root, '--config-name', 'config', 'policy.pe')).toEqual([
      'policy.persistence=',
    ]);
    expect(await offered('--config-path', '/nowhere', 'top=')).toEqual([]);
    expect(await offered('--config-path', '/nowhere', 'env.gr')).toEqual(['env.grid_size=']);
    expect(await offered('--config-path', 'nul\0byte', 'top=')).toEqual([]);
    expect(await offered()).toEqual(await offered(''));
  });

  it('leaves out names that cannot be typed as they are', async () => {
    const names = [
      'a b',
      '$(touch x)',
      '`touch x`',
      'new\nline',
      'x\n:0',
      ':4',
      '--x',
      'q"q',
      'a;b',
      'é',
      'tab\tx',
      '*',
    ];
    const root = writeTree(Object.fromEntries([...names, 'fine'].map((name) => [`top/${name}.yaml`, ''])));
    expect(await ask('--config-path', root, 'top=')).toEqual({
      offered: ['top=fine'],
      bits: DIRECTIVE.noFiles,
    });
  });

  it('leaves out keys that cannot be typed as they are', async () => {
    const root = writeTree({ config: 'vars: {fine: 1, "$(touch x)": 2, "a b": 3}' });
    expect(await offered('--config-path', root, '--config-name', 'config', 'vars.')).toEqual(['vars.fine=']);
  });
});

describe('an answer', () => {
  it('always keeps to the protocol, and has only words that no shell reads as more than a word', () => {
    const text = fc.string({
      unit: fc.constantFrom(...'ab=.,/:@+~- \n\t\r$(){}`\'"\\;&|<>*?é\u2028'.split('')),
    });
    fc.assert(
      fc.property(fc.array(fc.record({ value: text, description: text })), (candidates) => {
        const lines = formatAnswer(candidates, '').split('\n');
        expect(lines.pop()).toBe('');
        expect(lines.pop()).toMatch(/^:[46]$/);
        for (const line of lines) expect(line).toMatch(/^[a-z=.,/:@+~-]+\t[^\n\t]*$/);
      }),
    );
  });

  it('holds for any words whatever', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 4 }), async (words) => {
        await ask(...words);
      }),
      { numRuns: 50 },
    );
  });

  it('has the bits of the library whose scripts read it', () => {
    expect(DIRECTIVE).toEqual({
      files: ShellCompDirective.ShellCompDirectiveDefault,
      noSpace: ShellCompDirective.ShellCompDirectiveNoSpace,
      noFiles: ShellCompDirective.ShellCompDirectiveNoFileComp,
      folders: ShellCompDirective.ShellCompDirectiveFilterDirs,
    });
  });
});

it.each([
  [String.raw`'a b'`, 'a b'],
  [String.raw`x="a \"b\" \c"`, String.raw`x=a "b" \c`],
  [String.raw`a\ b`, 'a b'],
  [`'it'\\''s'`, "it's"],
  ['plain=1', 'plain=1'],
])('reads the shell word %s as %s', (typed, read) => {
  expect(readLine([typed, '']).before).toEqual([read]);
});

it.each(['bash', 'zsh', 'fish'] as const)('has a script for %s that asks the program', async (shell) => {
  const script = await completionScript(shell);
  expect(script).toContain('plume-nav-capture complete -- ');
  expect(script).not.toContain("'-.*='");
});
