import { findRuns } from '../../catalog/find-runs.js';
import { bytesOf, nameOf, type FoundRun } from '../../catalog/run-entry.js';
import { parseFilter, parseSort } from '../../catalog/select.js';
import { stateOf } from '../../catalog/state.js';
import { told } from '../skipped-text.js';
import { table } from '../table.js';
import { formatBytes, formatCount, jsonText, plural, printable, type Output } from '../ui.js';

export interface LsOptions {
  sort?: string;
  filter?: string[];
  json?: boolean;
}

const NUMBERS = new Set(['episodes', 'steps', 'size']);

/** `plume-nav-capture ls`: the runs of a results folder. */
export async function run(results: string, { sort, filter, json }: LsOptions, io: Output): Promise<number> {
  const filters = (filter ?? []).map(parseFilter);
  const order = parseSort(sort ?? '-ended');
  const { root, runs, skipped } = await findRuns(results);
  const chosen = runs.filter((each) => filters.every((holds) => holds(each))).sort(order);
  if (json === true) io.stdout(jsonText({ results: root, runs: chosen.map(describe), skipped }));
  else if (chosen.length > 0) io.stdout(tableOf(chosen));
  const code = told(skipped, io);
  if (json !== true) {
    io.stderr(
      `${plural(chosen.length, 'run')}${chosen.length < runs.length ? ` of ${formatCount(runs.length)}` : ''}, ${formatBytes(bytesOf(chosen))}\n`,
    );
  }
  return code;
}

function tableOf(runs: readonly FoundRun[]): string {
  return table(
    ['run', 'state', 'status', 'ended', 'episodes', 'steps', 'size', 'marks'],
    runs.map((found) => [
      nameOf(found),
      stateOf(found),
      ...ofFinished(found),
      formatBytes(found.bytes),
      marksText(found),
    ]),
    { toTheRight: (name) => NUMBERS.has(name), width: null },
  );
}

function ofFinished(found: FoundRun): string[] {
  if (found.kind !== 'finished') return ['', '', '', ''];
  const ended = `${new Date(found.endedMs).toISOString().slice(0, 16)}Z`;
  return [printable(found.status), ended, formatCount(found.episodes), formatCount(found.steps)];
}

const marksText = ({ marks: { pinned, tags } }: FoundRun): string =>
  printable([...(pinned ? ['pinned'] : []), ...tags].join(' '));

function describe(found: FoundRun): Record<string, unknown> {
  const { marks, bytes } = found;
  const common = {
    path: nameOf(found),
    experiment: found.experiment,
    run_id: found.runId,
    state: stateOf(found),
    bytes,
    pinned: marks.pinned,
    tags: marks.tags,
  };
  if (found.kind !== 'finished') return { ...common, reason: found.reason };
  return {
    ...common,
    status: found.status,
    started_at: new Date(found.startedMs).toISOString(),
    ended_at: new Date(found.endedMs).toISOString(),
    episodes: found.episodes,
    steps: found.steps,
    config_hash: found.configHash,
  };
}
