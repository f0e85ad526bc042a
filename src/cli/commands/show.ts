import { glanceAt } from '../../catalog/glance.js';
import { inspectRun } from '../../catalog/inspect.js';
import { locateRun, type Located } from '../../catalog/locate.js';
import { marksOf, readMark, readMarks, type MarkDetails } from '../../catalog/marks.js';
import { nameOf, type FinishedRun, type FoundRun } from '../../catalog/run-entry.js';
import { stateOf } from '../../catalog/state.js';
import { CaptureError } from '../../core/errors.js';
import type { Manifest } from '../../core/records.js';
import { EXIT } from '../exit-codes.js';
import { rejectionText } from '../rejections-text.js';
import { shellWord } from '../shell-word.js';
import { formatBytes, formatCount, jsonText, plural, printable, type Output } from '../ui.js';

/** `plume-nav-capture show`: what a run is, what lies in it, and what was noted of it. */
export async function run(path: string, { json }: { json?: boolean }, io: Output): Promise<number> {
  const located = await locateRun(path);
  const marks = (await readMarks(located.root, located.experiment)).get(located.runId);
  const found = await glanceAt(located.root, located, marks);
  if (found === null) throw new CaptureError('input', `${path} is gone`);
  const manifest = found.kind === 'finished' ? await inspectRun(located.root, located) : null;
  const notes = await notesOf(located);
  if (json === true) {
    const reason = found.kind === 'finished' ? null : found.reason;
    io.stdout(jsonText({ path, state: stateOf(found), reason, marks: notes, manifest }));
  } else io.stdout(text(path, found, manifest, notes));
  return EXIT.done;
}

async function notesOf(located: Located): Promise<Record<string, MarkDetails | null>> {
  const names = await marksOf(located.root, located);
  const details = await Promise.all(names.map((name) => readMark(located.root, located, name)));
  return Object.fromEntries(names.map((name, i) => [name, details[i]!]));
}

function text(
  path: string,
  found: FoundRun,
  manifest: Manifest | null,
  notes: Record<string, MarkDetails | null>,
): string {
  const lines: [string, string][] = [
    ['run', nameOf(found)],
    ['state', stateOf(found)],
  ];
  if (found.kind !== 'finished') lines.push(...ofUnfinished(found, path));
  if (manifest !== null) lines.push(...ofManifest(manifest));
  for (const [name, details] of Object.entries(notes)) {
    const { at = '', reason, destination } = details ?? {};
    const more = [reason, destination].filter((each) => each !== undefined).join(' ');
    lines.push([name, more === '' ? at : `${at}  ${more}`]);
  }
  const files = (manifest?.files ?? []).map(
    ({ path: file, bytes, rows }) =>
      [file, `${formatBytes(bytes)}${rows === null ? '' : `, ${plural(rows, 'record')}`}`] as [
        string,
        string,
      ],
  );
  const width = Math.max(...[...lines, ...files].map(([name]) => name.length));
  return [...lines, ...files]
    .map(([name, value]) => `${printable(`${name.padEnd(width)}  ${value}`)}\n`)
    .join('');
}

function ofUnfinished(found: Exclude<FoundRun, FinishedRun>, path: string): [string, string][] {
  const named = shellWord(path);
  return [
    // the state has been said
    ['why', found.reason.replace(/^(?:live|may be live|not finished): /, '')],
    ['size', formatBytes(found.bytes)],
    ...(found.kind === 'unfinished'
      ? ([['next', `plume-nav-capture resume ${named}, or plume-nav-capture recover ${named}`]] as [
          string,
          string,
        ][])
      : []),
  ];
}

function ofManifest(manifest: Manifest): [string, string][] {
  const { counts, validation, seed_summary: seeds, recovery, totals, qc } = manifest;
  return [
    ['status', manifest.status],
    ['started', manifest.started_at ?? 'unknown'],
    ['ended', manifest.ended_at ?? 'unknown'],
    ['records', `${plural(counts.episodes, 'episode')}, ${plural(counts.steps, 'step')}`],
    ['size', `${formatBytes(totals.bytes)} in ${plural(totals.files, 'file')}`],
    [
      'seeds',
      seeds.min === null ? 'none' : `${seeds.min} to ${seeds.max} (${formatCount(seeds.unique_count)})`,
    ],
    ['validation', `${plural(validation.errors, 'error')}, ${plural(validation.notes, 'note')}`],
    ...(qc === undefined ? [] : ([['qc', rejectionText(qc)]] as [string, string][])),
    ['config_hash', manifest.config_hash ?? 'none'],
    ['content_digest', manifest.content_digest],
    ['git', `${manifest.git_sha ?? 'none'}${manifest.git_dirty === true ? ', with changes' : ''}`],
    ['command', manifest.command.join(' ')],
    ...(recovery === null ? [] : ([['recovery', JSON.stringify(recovery)]] as [string, string][])),
  ];
}
