import { setImmediate } from 'node:timers/promises';
import { inspect, isDeepStrictEqual } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { CaptureError } from '../../../src/core/errors.js';
import { mutate } from './mutate.js';
import { Random } from './random.js';
import { Watchdog } from './watchdog.js';

export interface Target {
  name: string;
  /** Inputs that are valid, or nearly. Bytes stand as Latin-1. */
  seeds: readonly string[];
  /** Words of the grammar. */
  tokens: readonly string[];
  /** An input made by the rules of the grammar. */
  generate?: (random: Random) => string;
  /** Whether no others are read than those. */
  onlyGenerated?: boolean;
  /**
   * Reads an input and gives in a few words what became of it: an input with other words than all before is kept, and
   * others are made of it. Throws what is a failure.
   */
  read: (input: string) => string | Promise<string>;
}

/** An input may take this long, and the program grow by this much. */
const MAX_MS = 1000;
const MAX_GROWTH = 2 ** 30;
const CHECK_MEMORY_EVERY = 512;
/** Inputs kept beside the seeds. */
const MAX_POOL = 2000;
const MAX_SHAPES = 50_000;

/** `PLUME_FUZZ_SEED=7` gives other inputs than those of every day. */
const SEED = Number(process.env['PLUME_FUZZ_SEED'] ?? 1);

/** The words of a message, without the input and what else it quotes. */
export const shapeOf = (message: string, input = ''): string =>
  (input === '' ? message : message.replaceAll(input, '_'))
    .slice(0, 200)
    .replace(/; (?:to|for|did|valid|write) .*/s, '')
    .replaceAll(/'[^']*'?|"[^"]*"?|\d+/g, '_')
    .slice(0, 80);

/** What an input was refused with, when that is an error for users; any other is a failure. */
export function refusal(error: unknown, input = ''): string {
  if (error instanceof CaptureError && error.message !== '') return shapeOf(error.message, input);
  throw error;
}

/** Far faster than `expect`. @throws Error when two things that must be the same are not */
export function same(what: string, found: unknown, expected: unknown): void {
  if (isDeepStrictEqual(found, expected)) return;
  throw new Error(`${what}: ${inspect(found)} and not ${inspect(expected)}`);
}

/** Whether somebody's key has become a key of every object. */
function isPolluted(): boolean {
  return Object.keys(Object.prototype).length + Object.keys(Array.prototype).length > 0;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes that are in use, without those that are only not collected yet. */
function heldMemory(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const escaped = (input: string): string =>
  JSON.stringify(input).replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** What is wrong with how an input is read; null when nothing is. */
async function failureOf({ read }: Target, input: string): Promise<Error | null> {
  try {
    // of the processor: other processes may have it meanwhile
    const start = process.cpuUsage();
    await read(input);
    const { user, system } = process.cpuUsage(start);
    const ms = (user + system) / 1000;
    if (ms > MAX_MS) return new Error(`it takes ${Math.round(ms)} ms`);
    return isPolluted() ? new Error('it adds to the prototype of objects') : null;
  } catch (error) {
    return error instanceof Error ? error : new Error(`thrown: ${String(error)}`);
  }
}

/** A shorter input that fails in the same way, found by leaving out one part after the other. */
async function shortened(target: Target, input: string, failure: Error): Promise<string> {
  const deadline = performance.now() + 20_000;
  let short = input;
  for (let size = Math.ceil(short.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < short.length && performance.now() < deadline;) {
      const shorter = short.slice(0, from) + short.slice(from + size);
      const found = await failureOf(target, shorter);
      if (found !== null && shapeOf(found.message) === shapeOf(failure.message)) short = shorter;
      else from += size;
    }
  }
  return short;
}

/** Reads `count` inputs made of a target's seeds; the same ones for the same seed and count. */
export async function fuzz(target: Target, count: number): Promise<void> {
  const { name, seeds, tokens, generate, onlyGenerated = false, read } = target;
  const random = new Random(SEED);
  const pool = [...seeds];
  const shapes = new Set<string>();
  const watchdog = new Watchdog(name);
  const begin = performance.now();
  let rejection: { reason: unknown } | null = null;
  const onRejection = (reason: unknown): void => void (rejection = { reason });
  process.on('unhandledRejection', onRejection);
  /** What the process may take before it is looked at what it really needs. */
  let lookAt = Infinity;
  const fail = async (number: number, input: string, failure: Error): Promise<never> => {
    await watchdog.end();
    const short = await shortened(target, input, failure);
    throw new Error(
      `${name}: ${failure.message}; seed ${SEED}, input ${number}: ${escaped(short)}` +
        (short === input || input.length > 2000 ? '' : `, shortened from ${escaped(input)}`),
      { cause: failure },
    );
  };
  try {
    for (let number = 0; number < count; number++) {
      const input =
        number < seeds.length
          ? seeds[number]!
          : generate !== undefined && (onlyGenerated || random.oneIn(2))
            ? generate(random)
            : mutate(random.pick(random.oneIn(4) ? seeds : pool), random, tokens, pool);
      watchdog.begin(input);
      const start = performance.now();
      let shape: string;
      try {
        const told = read(input);
        shape = typeof told === 'string' ? told : await told;
        // it would end the program
        if (rejection !== null)
          throw new Error(`a rejection nobody handles, of it or the one before: ${inspect(rejection)}`);
      } catch (error) {
        return await fail(number, input, error as Error);
      }
      // the machine may have had other things to do: only what is slow again is a failure
      if (performance.now() - start > MAX_MS || isPolluted()) {
        const failure = await failureOf(target, input);
        if (failure !== null) return await fail(number, input, failure);
      }
      if (number < seeds.length) lookAt = process.memoryUsage.rss() + MAX_GROWTH;
      else if (number % CHECK_MEMORY_EVERY === 0) {
        // what is closed frees its memory between turns
        await setImmediate();
        if (process.memoryUsage.rss() > lookAt) {
          if (heldMemory() > MAX_GROWTH)
            return await fail(number, input, new Error('memory grows without end'));
          lookAt = process.memoryUsage.rss() + MAX_GROWTH / 4;
        }
      }
      if (shapes.size >= MAX_SHAPES || shapes.has(shape)) continue;
      shapes.add(shape);
      if (pool.length < seeds.length + MAX_POOL) pool.push(input);
      else pool[seeds.length + random.below(MAX_POOL)] = input;
    }
  } finally {
    process.off('unhandledRejection', onRejection);
    await watchdog.end();
  }
  const rate = Math.round((count / (performance.now() - begin)) * 1000);
  console.info(`${name}: ${count} inputs, ${rate} a second, ${shapes.size} kinds of answers`);
}
