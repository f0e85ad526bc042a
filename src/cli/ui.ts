import type { ChalkInstance } from 'chalk';

/** Where a command prints: results to stdout, everything else to stderr. */
export interface Output {
  stdout(text: string): void;
  stderr(text: string): void;
}

export const processOutput: Output = {
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
};

/** Colours for stdout: none unless it is a terminal; FORCE_COLOR is respected, and NO_COLOR, which chalk leaves to us. */
export async function colours(): Promise<ChalkInstance> {
  const { Chalk, supportsColor } = await import('chalk');
  const { NO_COLOR: refused = '', FORCE_COLOR: forced } = process.env;
  const none = supportsColor === false || (refused !== '' && forced === undefined);
  return new Chalk({ level: none ? 0 : supportsColor.level });
}

/**
 * Text of a file or a name as it may go to a terminal: control characters, line breaks too, and those that turn the
 * direction of writing, as escapes.
 */
export function printable(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (c) =>
    JSON.stringify(c)
      .slice(1, -1)
      .replace(c, `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}

/** JSON for a program, or for a terminal: it says the same, but nothing that a terminal would act on. */
export const jsonText = (value: unknown): string =>
  `${JSON.stringify(value, null, 2)
    .split('\n')
    .map((line) => printable(line))
    .join('\n')}\n`;

export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** A share as `19.9%`, rounded down, so that what is below a threshold reads so. */
export const formatShare = (share: number): string => `${(Math.floor(share * 1000) / 10).toFixed(1)}%`;

/** `1,234,567` whatever the locale. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
