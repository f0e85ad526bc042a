import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { BINARY, plume, scratchDirectory } from './binary.js';

/*
 * Real shells read the script and complete lines. In CI all of them are there, and one that is not is a failure.
 */
const missing = (name: string): boolean =>
  process.env['CI'] === undefined && spawnSync(name, ['--version']).status !== 0;

let cwd: string;
let env: Record<string, string>;

beforeAll(() => {
  cwd = scratchDirectory();
  const bin = join(cwd, '.bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'plume-nav-capture'), `#!/bin/sh\nexec "${process.execPath}" "${BINARY}" "$@"\n`);
  chmodSync(join(bin, 'plume-nav-capture'), 0o755);
  env = { PATH: [bin, process.env['PATH']].join(delimiter), HOME: cwd, TERM: 'xterm', LC_ALL: 'C.UTF-8' };
  const group = join(cwd, 'tree/my-lab/sensor-x');
  mkdirSync(group, { recursive: true });
  for (const name of ['fine', 'fi b', 'fi$(touch pwned)', 'fi`touch pwned`', 'fi\nnext', 'fi;touch pwned']) {
    writeFileSync(join(group, `${name}.yaml`), '');
  }
});

async function shell(command: string, args: readonly string[]): Promise<string[]> {
  const { stdout, stderr } = await execa(command, args, { cwd, env, stdin: 'ignore', timeout: 60_000 });
  expect(stderr).toBe('');
  return stdout.split('\n');
}

/** What is typed, and the line after TAB; a space at its end means that the word is finished. */
const LINES: readonly (readonly [typed: string, completed: string])[] = [
  ['val', 'validate '],
  ['prune --keep-l', 'prune --keep-last '],
  ['env.gr', 'env.grid_size='],
  ['env.wi', 'env.wind.'],
  ['env/', 'env/plume='],
  ['policy=ran', 'policy=random '],
  ['env/plume=s', 'env/plume=static '],
  ['seed=1 +env/plume=s', 'seed=1 +env/plume=static '],
  ['-m policy=random,su', '-m policy=random,surge_and_cast '],
  ['policy=surge_and_cast policy.per', 'policy=surge_and_cast policy.persistence='],
  ["'env.grid_size=[64, 64]' env.max", "'env.grid_size=[64, 64]' env.max_steps="],
  ["'policy=su", "'policy=surge_and_cast' "],
  ['++env.wind.enabled=f', '++env.wind.enabled=false '],
  ['--cfg ', '--cfg job '],
  ['--cfg=', '--cfg=job '],
  ['--action-type=d', '--action-type=discrete '],
  ['--config-path tr', '--config-path tree/'],
  ['--config-path=tr', '--config-path=tree/'],
  ['--config-path tree my', '--config-path tree my-lab/'],
  ['--config-path tree my-lab/', '--config-path tree my-lab/sensor-x='],
  ['--config-path tree my-lab/sensor-x=', '--config-path tree my-lab/sensor-x=fine '],
  ['output=tr', 'output=tree/'],
  ['+movie.path=tr', '+movie.path=tree/'],
  ['policy=scripted policy.actions_file=tr', 'policy=scripted policy.actions_file=tree/'],
  ['ingest --params tr', 'ingest --params tree/'],
  ['config explain env.max', 'config explain env.max_steps '],
  ['nonsense', 'nonsense'],
];

describe('bash', () => {
  // as readline calls it: words cut at COMP_WORDBREAKS; it puts what is replied in the place of the last piece
  const script = String.raw`
    source <(plume-nav-capture completion bash)
    source <(plume-nav-capture completion bash)
    compopt() { option=$2; }
    for typed in "$@"; do
      COMP_LINE="plume-nav-capture $typed" COMP_POINT=$(( ${'$'}{#typed} + 18 )) option=
      COMP_WORDS=() rest=$COMP_LINE
      while [[ $rest =~ ^[[:space:]]*(\'[^\']*\'?|[=:]+|[^[:space:]=:\']+)(.*)$ ]]; do
        COMP_WORDS+=("${'$'}{BASH_REMATCH[1]}") rest=${'$'}{BASH_REMATCH[2]}
      done
      [[ $rest == '' && $typed != *' ' ]] || COMP_WORDS+=('')
      COMP_CWORD=$(( ${'$'}{#COMP_WORDS[@]} - 1 ))
      _plume_nav_capture
      echo "$option|${'$'}{COMPREPLY[*]}"
    done`;

  /** The line that readline would make of the only reply. */
  function completed(typed: string, answer: string): string {
    const [option, reply = ''] = answer.split('|');
    if (option === 'dirnames' || option === 'default') return typed.replace(/tr$/, 'tree/');
    if (reply === '') return typed;
    const open = /^'[^']*$/.test(typed);
    const kept = open ? "'" : typed.slice(0, Math.max(typed.lastIndexOf(' '), typed.lastIndexOf('=')) + 1);
    return kept + reply + (open ? "'" : '') + (option === 'nospace' ? '' : ' ');
  }

  it('completes', async () => {
    const typed = LINES.map(([line]) => line);
    const answers = await shell('bash', ['--norc', '-c', script, 'bash', ...typed]);
    expect(typed.map((line, i) => completed(line, answers[i]!))).toEqual(LINES.map(([, line]) => line));
  });

  it('evaluates nothing that is on the line', async () => {
    const lines = ['seed=$(touch pwned) env.gr', '--x`touch pwned`=', 'x > pwned policy=r', 'a;touch pwned'];
    await shell('bash', ['--norc', '-c', script, 'bash', ...lines]);
    expect(existsSync(join(cwd, 'pwned'))).toBe(false);
  });

  it('completes at the cursor, not at the end of the line', async () => {
    const line = 'plume-nav-capture policy=rando seed=1';
    const point = 'plume-nav-capture policy=ran'.length;
    const answer = await shell('bash', [
      ...['--norc', '-c'],
      `source <(plume-nav-capture completion bash)
       COMP_LINE='${line}' COMP_POINT=${point} COMP_WORDS=(plume-nav-capture policy = rando seed = 1) COMP_CWORD=3
       _plume_nav_capture; echo "\${COMPREPLY[*]}"`,
    ]);
    expect(answer).toEqual(['random']);
  });
});

describe.skipIf(missing('zsh'))('zsh (where it is installed)', () => {
  // a zsh in a terminal of its own; ^T shows and clears the line
  const script = String.raw`
    zmodload zsh/zpty
    zpty shell zsh -f -i
    zpty -w shell 'PS1=; unsetopt zle_bracketed_paste prompt_cr prompt_sp; autoload -Uz compinit; compinit -u -D
      bindkey "^I" complete-word
      show() { print -r -- "<<$BUFFER>>"; BUFFER= }; zle -N show; bindkey "^T" show
      source <(plume-nav-capture completion zsh); print "read""y"'
    zpty -r shell out "*ready*"
    for typed in "$@"; do
      zpty -w -n shell "plume-nav-capture $typed"$'\t\x14'
      zpty -r shell out $'*<<*>>*'
      out=${'$'}{out##*<<}
      print -r -- "${'$'}{${'$'}{out%%>>*}#plume-nav-capture }"
    done
    zpty -d shell`;

  it('completes', async () => {
    const typed = LINES.map(([line]) => line);
    expect(await shell('zsh', ['-f', '-c', script, 'zsh', ...typed])).toEqual(LINES.map(([, line]) => line));
  }, 60_000);

  it('evaluates nothing that is on the line', async () => {
    await shell('zsh', ['-f', '-c', script, 'zsh', '--x`true>pwned`=', 'a-$(true>pwned)=']);
    expect(existsSync(join(cwd, 'pwned'))).toBe(false);
  }, 60_000);
});

describe.skipIf(missing('fish'))('fish (where it is installed)', () => {
  const script = `
    source (plume-nav-capture completion fish | psub)
    for typed in $argv
      complete -C "plume-nav-capture $typed" | string join '|'
      echo
    end`;

  it('completes', async () => {
    const typed = LINES.map(([line]) => line);
    const answers = await shell('fish', ['--no-config', '-c', script, '--', ...typed]);
    const words = answers.filter((line) => line !== '').map((line) => line.split(/[|\t]/)[0]);
    // fish says the word; whether a space follows it knows from the last letter
    const expected = LINES.map(([, line]) => line.trimEnd().split(' ').at(-1)!.replaceAll("'", ''));
    expect(words).toEqual(expected.filter((word) => word !== 'nonsense'));
  }, 60_000);
});

it('has a script for each shell, and names them where another is asked for', async () => {
  for (const name of ['bash', 'zsh', 'fish']) {
    const { exitCode, stdout, stderr } = await plume(['completion', name]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('plume-nav-capture complete -- ');
  }
  const other = await plume(['completion', 'tcsh']);
  expect(other).toMatchObject({ exitCode: 2, stdout: '' });
  expect(other.stderr).toContain('bash, zsh, fish');
});

it('answers a shell without a word on stderr, whatever is wrong', async () => {
  for (const words of [[], ['--config-path', '/nowhere', 'x='], ['policy=', 'policy.'], ["'", '"$(']]) {
    const { exitCode, stdout, stderr } = await plume(['complete', '--', ...words], { cwd });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/(^|\n):\d+$/);
  }
});
