// How long until the command line answers: beside a bare node, and Hydra composing the same tree.
import { join } from 'node:path';
import { binary, here, median, ms, ratio, time } from './measure.mjs';

const python = process.env.PLUME_PEERS_PYTHON;
const hydraArgs = [
  join(here, '../test/peers/hydra_app.py'),
  ...['-cp', join(here, '../conf'), '-cn', 'data_capture/config', '--cfg', 'job'],
];

export function startup({ rounds }) {
  const bare = [];
  const help = [];
  const compose = [];
  const complete = [];
  const hydra = [];
  for (let round = 0; round < 4 * rounds; round++) {
    bare.push(time(['-e', '0']).seconds);
    help.push(time([binary, '--help']).seconds);
    compose.push(time([binary, '--cfg', 'job']).seconds);
    complete.push(time([binary, 'complete', '--', 'env.gr']).seconds);
    if (python !== undefined) hydra.push(time(hydraArgs, python).seconds);
  }
  const line = (name, values) => {
    console.log(`  ${name.padEnd(10)} ${ms(median(values))}   ratio ${ratio(values, bare)}`);
  };
  console.log('start-up, median; ratio to the time of a bare node');
  line('node -e 0', bare);
  line('--help', help);
  line('--cfg job', compose);
  line('complete', complete);
  if (python === undefined) {
    console.log('  Hydra      not measured: PLUME_PEERS_PYTHON names no Python that has it');
    return;
  }
  line('Hydra', hydra);
  console.log(`  --cfg job takes ${ratio(compose, hydra)} of the time of Hydra's, of the same tree`);
}
