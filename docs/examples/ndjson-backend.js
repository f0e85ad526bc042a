// Plain JSON lines with flat keys, one file a stream, nothing compressed: grep and jq read a run as it lies.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';

const fileOf = (stream) => `${stream}.ndjson`;

/** Row `row` of a column of a batch as JSON has it. */
function cell(values, type, row) {
  if (values === null) return null;
  if (type === 'text') return values.dictionary[values.codes[row]];
  if (type === 'floats') return [...values.values.subarray(row * values.width, (row + 1) * values.width)];
  return values[row];
}

/** Values as a column of a batch: null stands for nulls in every row. */
function column(type, values) {
  if (values[0] === null) return null;
  if (type === 'text') return { codes: Int32Array.from(values.keys()), dictionary: values };
  if (type === 'floats') return { width: values[0].length, values: Float64Array.from(values.flat()) };
  return type === 'bool' ? Uint8Array.from(values) : Float64Array.from(values);
}

/** One file being written. */
async function openFile(directory, { name, columns }) {
  // wx: what is there already is not written over
  const handle = await open(join(directory, fileOf(name)), 'wx');
  const hash = createHash('sha256');
  const about = { path: fileOf(name), bytes: 0, rows: 0 };
  return {
    async write(batch) {
      let text = '';
      for (let row = 0; row < batch.rows; row++) {
        const values = columns.map((each) => [each.name, cell(batch.columns[each.name], each.type, row)]);
        text += `${JSON.stringify(Object.fromEntries(values))}\n`;
      }
      const { bytesWritten } = await handle.write(text);
      hash.update(text);
      about.bytes += bytesWritten;
      about.rows += batch.rows;
    },
    sync: () => handle.sync(),
    // of a handle that is closed already Node says so, which is no news
    close: () => handle.close().catch(() => {}),
    about: () => ({ ...about, sha256: hash.digest('hex') }),
  };
}

/** The lines of a file, a batch for each piece that is read. */
async function* readFile(path, file, stream, report) {
  let line = 0;
  let rest = '';
  for await (const text of createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 20 })) {
    const records = [];
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    for (const each of lines) {
      line++;
      try {
        records.push({ ...JSON.parse(each), line });
      } catch (error) {
        report({ code: 'line-json', severity: 'error', file, line, message: error.message });
      }
    }
    const columns = stream.columns.map(({ name, type }) => [
      name,
      column(
        type,
        records.map((record) => record[name]),
      ),
    ]);
    yield {
      batch: { stream, rows: records.length, columns: Object.fromEntries(columns) },
      source: { file, lineOf: (row) => records[row].line },
    };
  }
  if (rest !== '')
    report({ code: 'line-unended', severity: 'note', file, line, message: 'the last line is cut' });
}

export default {
  name: 'ndjson',
  has: (names) => names.includes(fileOf('steps')),

  async openWriter({ directory, streams }) {
    const files = {
      steps: await openFile(directory, streams.steps),
      episodes: await openFile(directory, streams.episodes),
    };
    const each = (act) => Promise.all(Object.values(files).map(act));
    return {
      write: (batch) => files[batch.stream.name].write(batch),
      flush: () => each((file) => file.sync()),
      async close() {
        await each((file) => file.sync());
        await each((file) => file.close());
        return each((file) => file.about());
      },
      abort: () => each((file) => file.close()),
    };
  },

  openReader: (directory, names, streams) => ({
    async *batches(stream, report) {
      const file = fileOf(stream);
      if (names.includes(file)) yield* readFile(join(directory, file), file, streams[stream], report);
    },
  }),
};
