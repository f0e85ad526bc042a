import { compactJson } from '../../core/canonical-json.js';
import { parseConfigEvent, type ConfigEvent } from '../../core/config-history.js';
import { CaptureError } from '../../core/errors.js';
import { nearest, suggest } from '../../core/nearest.js';
import { readHistory } from '../../io/config-history.js';
import { EXIT } from '../exit-codes.js';
import { formatCount, plural, printable, type Output } from '../ui.js';

/** More damaged lines than that are counted. */
const MOST_NAMED = 20;

export interface HistoryOptions {
  experiment?: string;
  key?: string;
  json?: boolean;
}

/**
 * `history [results]`: what captures changed in the configuration of their experiments.
 * @returns exit code; 3 when damaged lines were passed over
 */
export async function run(
  results: string,
  { experiment, key, json }: HistoryOptions,
  output: Output,
): Promise<number> {
  const events: ConfigEvent[] = [];
  const damaged: number[] = [];
  const path = await readHistory(results, (line, number) => {
    const event = parseConfigEvent(line);
    if (event === null) damaged.push(number);
    else if (event !== undefined) events.push(event);
  });
  const first = firstCaptures(events);
  const chosen = ofKey(ofExperiment(events, experiment, path), key, path);
  if (json === true) output.stdout(document(path, chosen, damaged));
  else for (const capture of captures(chosen)) output.stdout(captureText(capture, first, key !== undefined));
  for (const number of damaged.slice(0, MOST_NAMED)) {
    output.stderr(`warning: ${printable(path)}: line ${number} is damaged and was passed over\n`);
  }
  const more = damaged.length - MOST_NAMED;
  if (more > 0) output.stderr(`warning: and ${formatCount(more)} more\n`);
  if (events.length === 0) output.stderr(`${printable(path)} has no changes\n`);
  return damaged.length === 0 ? EXIT.done : EXIT.partial;
}

function ofExperiment(events: ConfigEvent[], name: string | undefined, path: string): ConfigEvent[] {
  if (name === undefined) return events;
  const found = events.filter(({ experiment }) => experiment === name);
  if (found.length > 0) return found;
  const known = new Set(events.map(({ experiment }) => experiment));
  throw new CaptureError('usage', `--experiment: ${path} has no experiment '${name}'`, {
    hint: known.size === 0 ? undefined : suggest(name, known),
  });
}

/** @param wanted a key, or the beginning of several up to a dot */
function ofKey(events: ConfigEvent[], wanted: string | undefined, path: string): ConfigEvent[] {
  if (wanted === undefined) return events;
  const found = events.filter(({ key }) => sectionsOf(key).includes(wanted));
  if (found.length > 0) return found;
  const close = nearest(wanted, new Set(events.flatMap(({ key }) => sectionsOf(key))));
  throw new CaptureError('usage', `--key: ${path} has no key '${wanted}'`, {
    hint: close === undefined ? 'leave out --key to see them all' : `did you mean '${close}'?`,
  });
}

/** `a`, `a.b` and `a.b.c` of the last of them. */
const sectionsOf = (key: string): string[] => [
  ...[...key.matchAll(/(?<=.)[.[]/g)].map(({ index }) => key.slice(0, index)),
  key,
];

/** Events that one capture wrote. */
type Capture = readonly [ConfigEvent, ...ConfigEvent[]];

const isOfOne = (a: ConfigEvent, b: ConfigEvent): boolean =>
  a.ts === b.ts && a.experiment === b.experiment && a.run_id === b.run_id;

function captures(events: readonly ConfigEvent[]): Capture[] {
  const found: [ConfigEvent, ...ConfigEvent[]][] = [];
  for (const event of events) {
    const last = found.at(-1);
    if (last !== undefined && isOfOne(last[0], event)) last.push(event);
    else found.push([event]);
  }
  return found;
}

/** The first event of each experiment. */
function firstCaptures(events: readonly ConfigEvent[]): Map<string, ConfigEvent> {
  const first = new Map<string, ConfigEvent>();
  for (const event of events) if (!first.has(event.experiment)) first.set(event.experiment, event);
  return first;
}

/** A line for the capture, one for each key below it; of an experiment's first capture only how many there are. */
function captureText(events: Capture, first: ReadonlyMap<string, ConfigEvent>, keysWanted: boolean): string {
  const [{ ts, experiment, run_id: runId, reason }] = events;
  const isFirst = isOfOne(events[0], first.get(experiment)!);
  const heading = [
    ts.replace(/^([\d-]+)T([\d:]+)\.\d+Z$/, '$1 $2Z'),
    `${experiment}/${runId}`,
    ...(isFirst ? [keysWanted ? 'the first' : `the first, of ${plural(events.length, 'key')}`] : []),
    ...(reason === null ? [] : [reason]),
  ];
  const changes = isFirst && !keysWanted ? [] : events.map(changeText);
  return [heading.join('  '), ...changes, ''].map(printable).join('\n');
}

const changeText = ({ key, old, new: now }: ConfigEvent): string =>
  `  ${key}: ${compactJson(old)} -> ${compactJson(now)}`;

function document(path: string, events: readonly ConfigEvent[], damaged: readonly number[]): string {
  return `${compactJson({
    history: path,
    events: events.map((event) => ({ ...event, changes: BigInt(event.changes) })),
    damaged_lines: damaged.map(BigInt),
  })}\n`;
}
