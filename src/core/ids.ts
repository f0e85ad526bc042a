import { CaptureError, type ErrorKind } from './errors.js';

const COMPONENT = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

/** Whether a name may be a directory of ours: one path component, no leading dot or dash, at most 128 characters. */
export function isSafeComponent(name: string): boolean {
  return COMPONENT.test(name);
}

/** Refuses experiment names and run ids that could leave their directory, wherever they come from. */
export function requireSafeComponent(what: string, name: string, kind: ErrorKind = 'config'): string {
  if (isSafeComponent(name)) return name;
  throw new CaptureError(kind, `${what} '${name}' is not a valid name`, {
    hint: 'use 1 to 128 of A-Z a-z 0-9 . _ -, not starting with a dot or dash',
  });
}

const two = (n: number): string => String(n).padStart(2, '0');

/** `run-YYYYMMDD-HHMMSS` in UTC; attempt 2, 3, … adds `-2`, `-3`, … */
export function formatRunId(epochMs: number, attempt = 1): string {
  const t = new Date(epochMs);
  const date = `${t.getUTCFullYear()}${two(t.getUTCMonth() + 1)}${two(t.getUTCDate())}`;
  const time = `${two(t.getUTCHours())}${two(t.getUTCMinutes())}${two(t.getUTCSeconds())}`;
  return `run-${date}-${time}${attempt > 1 ? `-${attempt}` : ''}`;
}

const RUN_ID = /^run-(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)(?:-(\d+))?$/;

/** The UTC start a run id states, in milliseconds since the epoch; null when it is not a run id of this form. */
export function runIdEpochMs(runId: string): number | null {
  const m = RUN_ID.exec(runId);
  if (m === null) return null;
  const [year, month, day, hour, minute, second] = m.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const epochMs = Date.UTC(year, month - 1, day, hour, minute, second);
  // Date.UTC carries impossible dates over (month 13); printing it again tells.
  return formatRunId(epochMs) === runId.slice(0, 19) ? epochMs : null;
}

/** `ep-000001` for episode number 1; numbers count from 1. */
export function formatEpisodeId(episode: number): string {
  return `ep-${String(episode).padStart(6, '0')}`;
}

/** Episode number of an id as `formatEpisodeId` writes it, or null. */
export function parseEpisodeId(id: string): number | null {
  if (!/^ep-\d{6,}$/.test(id)) return null;
  const episode = Number(id.slice(3));
  return episode >= 1 && formatEpisodeId(episode) === id ? episode : null;
}
