// DuckDB, with two threads, making a Parquet file of JSON lines.
//   node bench/duckdb.mjs FILE.jsonl.gz FILE.parquet inferred|given
import { DuckDBInstance } from '@duckdb/node-api';

/** The types of a step's columns, as artifacts.md has them. */
const TYPES = {
  schema_version: 'VARCHAR',
  ts: 'DOUBLE',
  run_id: 'VARCHAR',
  episode_id: 'VARCHAR',
  step: 'BIGINT',
  action: 'BIGINT',
  reward: 'DOUBLE',
  terminated: 'BOOLEAN',
  truncated: 'BOOLEAN',
  agent_position: 'STRUCT(x BIGINT, y BIGINT)',
  distance_to_goal: 'DOUBLE',
  observation_summary: 'DOUBLE[]',
  seed: 'BIGINT',
};

const [from, to, types] = process.argv.slice(2);
const given = Object.entries(TYPES).map(([name, type]) => `${name}: '${type}'`);
const columns = types === 'given' ? `, columns={${given.join(', ')}}` : '';
const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
const connection = await instance.connect();
const begun = performance.now();
const copied = await connection.run(
  `COPY (SELECT * FROM read_json('${from}', format='newline_delimited'${columns}))
   TO '${to}' (FORMAT parquet, COMPRESSION snappy)`,
);
const seconds = (performance.now() - begun) / 1000;
console.log(JSON.stringify({ steps: copied.rowsChanged, seconds }));
