import { CaptureError } from '../core/errors.js';
import type { StreamName } from '../core/layout.js';
import type { RowEncoder, RunWriter, StreamReader } from '../core/ports.js';
import type { RunStreams } from '../core/streams.js';
import { thrownAt, thrownText } from '../core/thrown-at.js';
import { ioError } from '../io/io-error.js';
import type { Backend } from './backend.js';
import { checkReadBatch, checkWrittenFiles } from './own-results.js';

/** How messages call a module's backend. */
const titled = (module: string): string => `backend '${module}'`;

function requireFunctions(module: string, of: string, value: unknown, names: readonly string[]): void {
  const missing = names.filter(
    (name) => typeof (value as Record<string, unknown> | null)?.[name] !== 'function',
  );
  if (missing.length === 0) return;
  const list = missing.map((name) => `${name}()`).join(', ');
  throw new CaptureError('input', `${titled(module)}: ${of} has no ${list}`, {
    hint: 'plume-nav-capture/contracts has a suite that tells what is missing or wrong',
  });
}

/**
 * A module's backend behind the port: what it lacks is said at once, and what it does wrong later is said as its
 * mistake and not as one of ours.
 *
 * @param module how the user named the module
 * @param value its default export
 * @throws CaptureError `input` when it does not implement the port
 */
export function checkBackend(module: string, value: unknown): Backend {
  requireFunctions(module, 'its default export', value, ['has', 'openWriter', 'openReader']);
  const backend = value as Backend;
  if (typeof backend.name !== 'string' || backend.name === '') {
    throw new CaptureError('input', `${titled(module)}: its default export has no name`, {
      hint: "give it one: name: 'mine'",
    });
  }
  const guard = new Guard(module);
  const encodes = backend.openEncoder !== undefined;
  return {
    name: backend.name,
    ...(typeof backend.continuesFrom === 'string' ? { continuesFrom: backend.continuesFrom } : {}),
    has: (names) => guard.sync('has', () => backend.has(names)),
    ...(backend.check === undefined
      ? {}
      : { check: (storage) => guard.async('check', () => backend.check!(storage)) }),
    async openWriter(options) {
      const writer = await guard.async('openWriter', () => backend.openWriter(options));
      const methods = ['write', 'flush', 'close', 'abort'];
      requireFunctions(module, 'the writer it opens', writer, [...methods, ...(encodes ? ['append'] : [])]);
      return guardedWriter(module, guard, writer);
    },
    ...(encodes
      ? {
          openEncoder: (options) =>
            guardedEncoder(
              guard,
              guard.sync('openEncoder', () => backend.openEncoder!(options)),
            ),
        }
      : {}),
    openReader(directory, names, streams) {
      const reader = guard.sync('openReader', () => backend.openReader(directory, names, streams));
      requireFunctions(module, 'the reader it opens', reader, ['batches']);
      return guardedReader(module, guard, reader, streams);
    },
  };
}

/** Turns what a module throws into one line that names it. */
class Guard {
  private readonly module: string;

  constructor(module: string) {
    this.module = module;
  }

  sync<T>(doing: string, run: () => T): T {
    try {
      return run();
    } catch (error) {
      throw this.failure(doing, error);
    }
  }

  async async<T>(doing: string, run: () => T | Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      throw this.failure(doing, error);
    }
  }

  failure(doing: string, error: unknown): CaptureError {
    if (error instanceof CaptureError) return error;
    const what = `${titled(this.module)} failed in ${doing}`;
    // what the system refuses is no mistake of the module
    if (typeof (error as NodeJS.ErrnoException | null)?.errno === 'number') return ioError(what, error);
    return new CaptureError('input', `${what}: ${thrownText(error)}${thrownAt(error, this.module)}`, {
      cause: error,
    });
  }
}

function guardedWriter(module: string, guard: Guard, writer: RunWriter): RunWriter {
  return {
    ...(writer.keepsTime === true ? { keepsTime: true } : {}),
    write: (batch) => guard.async('write', () => writer.write(batch)),
    ...(writer.append === undefined
      ? {}
      : { append: (rows) => guard.async('append', () => writer.append!(rows)) }),
    flush: () => guard.async('flush', () => writer.flush()),
    close: async () => checkWrittenFiles(titled(module), await guard.async('close', () => writer.close())),
    abort: () => guard.async('abort', () => writer.abort()),
  };
}

function guardedEncoder(guard: Guard, encoder: RowEncoder): RowEncoder {
  return {
    encode: (batch) => guard.sync('encode', () => encoder.encode(batch)),
    flush: () => guard.sync('flush', () => encoder.flush()),
  };
}

function guardedReader(
  module: string,
  guard: Guard,
  reader: StreamReader,
  streams: RunStreams,
): StreamReader {
  return {
    async *batches(stream: StreamName, report) {
      try {
        for await (const read of reader.batches(stream, report)) {
          checkReadBatch(titled(module), streams[stream], read);
          yield read;
        }
      } catch (error) {
        throw guard.failure('batches', error);
      }
    },
  };
}
