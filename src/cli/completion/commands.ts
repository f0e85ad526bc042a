import type { Command, Option } from 'commander';
import type { Answer, Candidate } from './answer.js';
import type { Line } from './line.js';

/** Completes a word by what the declaration calls its place: `dir` of `--output <dir>`, `overrides` of `[overrides...]`. */
export type CompletePlace = (place: string, word: string) => Promise<Answer>;

/** Completes commands, flags, and their values and arguments, as the program declares them. */
export async function completeCommand(
  program: Command,
  { before, word }: Line,
  completePlace: CompletePlace,
): Promise<Answer> {
  const { command, rest } = findCommand(program, before);
  if (rest[0] === 'help') return subcommands(command);
  // without a command the line is one of the default command, but a command may still come
  const target = command === program ? defaultCommand(program) : command;
  const { operands, pending } = readFlags(target, rest);
  if (pending !== undefined) return completeFlagValue(pending, word, completePlace);
  if (word.startsWith('-')) {
    const [name, ...value] = word.split('=');
    const flag = value.length === 0 ? undefined : findFlag(target, name!);
    if (flag !== undefined) return completeFlagValue(flag, value.join('='), completePlace);
    return [...flags(target), ...(rest.length === 0 && command === program ? flags(program) : [])];
  }
  const commands = rest.length === 0 ? subcommands(command) : [];
  const { registeredArguments: all } = target;
  const argument = all[operands] ?? (all.at(-1)?.variadic === true ? all.at(-1) : undefined);
  if (argument === undefined) return commands;
  if (argument.argChoices !== undefined) return argument.argChoices.map((value) => ({ value }));
  const answer = await completePlace(argument.name(), word);
  return typeof answer === 'string' ? answer : [...commands, ...answer];
}

/** The command the first words name, and the words after it. */
function findCommand(
  program: Command,
  words: readonly string[],
): { command: Command; rest: readonly string[] } {
  let command = program;
  let rest = words;
  for (;;) {
    const next = command.commands.find((one) => one.name() === rest[0]);
    if (next === undefined) return { command, rest };
    command = next;
    rest = rest.slice(1);
  }
}

const defaultCommand = (program: Command): Command =>
  program.commands.find((one) => one.name() === 'capture')!;

/** How many of the words are operands, and the flag whose value comes next. */
function readFlags(
  command: Command,
  words: readonly string[],
): { operands: number; pending: Option | undefined } {
  let operands = 0;
  let pending: Option | undefined;
  for (const word of words) {
    if (pending !== undefined) pending = undefined;
    else if (!word.startsWith('-')) operands++;
    else pending = findFlag(command, word);
  }
  return { operands, pending };
}

/** The flag of that name, if it takes a value. */
const findFlag = (command: Command, name: string): Option | undefined =>
  command.options.find((one) => one.required && (one.long === name || one.short === name));

async function completeFlagValue(flag: Option, word: string, completePlace: CompletePlace): Promise<Answer> {
  if (flag.argChoices !== undefined) return flag.argChoices.map((value) => ({ value }));
  const answer = await completePlace(/<(.*)>/.exec(flag.flags)?.[1] ?? '', word);
  if (typeof answer === 'string' || answer.length > 0) return answer;
  // a flag that stands for an override says so at the end: '… (env.action_type=)'
  const override = /\(([\w.]+=)\)$/.exec(flag.description)?.[1];
  if (override === undefined) return [];
  const values = await completePlace('overrides', override + word);
  if (typeof values === 'string') return values;
  return values.map(({ value, ...rest }) => ({ value: value.slice(override.length), ...rest }));
}

const flags = (command: Command): Candidate[] =>
  command
    .createHelp()
    .visibleOptions(command)
    .map((one) => ({ value: one.long ?? one.flags, description: one.description }));

const subcommands = (command: Command): Candidate[] =>
  command
    .createHelp()
    .visibleCommands(command)
    .map((one) => ({ value: one.name(), description: one.description() }));
