import fc from 'fast-check';
import { askHydra, attempt, isSame, type Answer, type Case } from '../../hydra-compare.js';
import type { Peers } from '../../python.js';
import { deliberateReason } from '../deliberate.js';

/** One kind of generated case: where they come from, how both are asked, how one is made smaller. */
export interface Family<T> {
  readonly arbitrary: fc.Arbitrary<T>;
  readonly toCase: (item: T) => Case;
  readonly smaller: (item: T) => readonly T[];
}

export interface Sample {
  readonly seed: number;
  readonly count: number;
}

export interface Outcome {
  /** Readable, made small; empty when all is as it should be. */
  readonly differences: readonly string[];
  readonly asked: number;
  /** How many of them Hydra answers without an error. */
  readonly accepted: number;
  /** How often each reason of docs/config.md explains a difference. */
  readonly deliberate: ReadonlyMap<string, number>;
}

const SHOWN = 10;

/** Asks both about many generated cases. */
export async function runFamily<T>(
  peers: Peers,
  family: Family<T>,
  { seed, count }: Sample,
): Promise<Outcome> {
  const items = fc.sample(family.arbitrary, { seed, numRuns: count });
  const answers = await both(peers, items.map(family.toCase));
  const deliberate = new Map<string, number>();
  const differing: T[] = [];
  for (const [i, [ours, theirs]] of answers.entries()) {
    if (isSame(ours, theirs)) continue;
    const reason = deliberateReason(ours, theirs);
    if (reason === null) differing.push(items[i]!);
    else deliberate.set(reason, (deliberate.get(reason) ?? 0) + 1);
  }
  const differences: string[] = [];
  for (const item of differing.slice(0, SHOWN)) differences.push(await shrunk(peers, family, item));
  if (differing.length > SHOWN) differences.push(`… and ${differing.length - SHOWN} more`);
  const accepted = answers.filter(([, theirs]) => theirs.error === undefined).length;
  return { differences: [...new Set(differences)], asked: items.length, accepted, deliberate };
}

async function both(peers: Peers, cases: readonly Case[]): Promise<[ours: Answer, theirs: Answer][]> {
  const asked = askHydra(
    peers,
    cases.map(({ question }) => question),
  );
  const ours = cases.map((one) => attempt(one.ours));
  const theirs = await asked;
  return ours.map((answer, i) => [answer, theirs[i]!]);
}

/** Takes away what can be taken away while the two still differ. */
async function shrunk<T>(peers: Peers, family: Family<T>, item: T): Promise<string> {
  for (;;) {
    const candidates = family.smaller(item).slice(0, 60);
    const answers = await both(peers, candidates.map(family.toCase));
    const next = answers.findIndex(
      ([ours, theirs]) => !isSame(ours, theirs) && deliberateReason(ours, theirs) === null,
    );
    if (next < 0) break;
    item = candidates[next]!;
  }
  const one = family.toCase(item);
  const [[ours, theirs]] = (await both(peers, [one])) as [[Answer, Answer]];
  return `${JSON.stringify(one.what)}\n${one.what}\n  ours   ${JSON.stringify(ours)}\n  theirs ${JSON.stringify(theirs)}\n`;
}
