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

/** Colours for one stream: none unless it is a terminal; NO_COLOR and FORCE_COLOR are respected. */
export async function colours(stream: NodeJS.WriteStream): Promise<ChalkInstance> {
  const { Chalk, supportsColor, supportsColorStderr } = await import('chalk');
  const support = stream === process.stderr ? supportsColorStderr : supportsColor;
  return new Chalk({ level: support === false ? 0 : support.level });
}

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

/** `1,234,567` whatever the locale. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
