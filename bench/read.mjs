// How fast the records of a run are read: export to Parquet beside DuckDB doing the same, and validate.
import { join } from 'node:path';
import { binary, captureArgs, count, here, median, ms, rate, ratio, time, withScratch } from './measure.mjs';

const SMALL_EPISODES = 20;

export function read({ rounds, episodes }) {
  withScratch((scratch) => {
    const { run_dir: run, counts } = time(captureArgs(join(scratch, 'runs'), episodes)).result;
    const small = time(captureArgs(join(scratch, 'small'), SMALL_EPISODES)).result;
    const exporting = (directory, name) => [
      binary,
      'export',
      directory,
      '--out',
      join(scratch, name),
      '--force',
    ];
    const duckdb = (types) => {
      const { result, seconds } = time([
        ...[join(here, 'duckdb.mjs'), join(run, 'steps.jsonl.gz')],
        ...[join(scratch, `${types}.parquet`), types],
      ]);
      if (result.steps !== counts.steps)
        throw new Error(`DuckDB copied ${result.steps} of ${counts.steps} steps`);
      return { inside: result.seconds, whole: seconds };
    };

    const measured = Array.from({ length: rounds }, () => {
      const help = time([binary, '--help']).seconds;
      const exported = time(exporting(run, 'ours.parquet')).seconds;
      const inferred = duckdb('inferred');
      const given = duckdb('given');
      const validated = time([binary, 'validate', run]).seconds;
      const little = time(exporting(small.run_dir, 'small.parquet')).seconds;
      return {
        export: { inside: exported - help, whole: exported },
        inferred,
        given,
        validate: { inside: validated - help, whole: validated },
        small: little - help,
      };
    });

    const rates = (name, part) => measured.map((round) => counts.steps / round[name][part]);
    const line = (indent, name, comparison) => {
      const [inside, whole] = ['inside', 'whole'].map((part) => rate(median(rates(name, part))));
      console.log(`${indent}${comparison.padEnd(38 - indent.length)}${inside}   whole process ${whole}`);
    };
    const against = (other) => {
      const [inside, whole] = ['inside', 'whole'].map((part) =>
        ratio(rates('export', part), rates(other, part)),
      );
      console.log(`      ratio ${inside}   whole process ${whole}`);
    };
    console.log(`reading ${count(counts.steps)} steps of JSON lines, median of ${rounds};`);
    console.log(
      '  ratio of the rates, start-up not counted, and of whole processes: above 1, ours is faster',
    );
    line('  ', 'export', 'export to Parquet');
    line('    ', 'inferred', 'DuckDB, 2 threads, types inferred');
    against('inferred');
    line('    ', 'given', 'DuckDB, 2 threads, types given');
    against('given');
    line('  ', 'validate', 'validate');
    const smallSeconds = median(measured.map((round) => round.small));
    console.log(`  export of ${count(small.counts.steps)} steps takes${ms(smallSeconds)} beyond start-up`);
  });
}
