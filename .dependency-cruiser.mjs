// Which way imports may go. A room is a folder of src; each rule says why it is there.
// test/architecture.test.ts asserts that the tool really read every module.

/** What a room may import from, besides itself. */
const MAY_IMPORT = {
  core: [],
  io: ['core'],
  sim: ['core'],
  backends: ['core', 'io'],
  qc: ['core'],
  record: ['core', 'io', 'sim', 'backends', 'qc'],
  validate: ['core', 'io', 'sim', 'backends'],
  catalog: ['core', 'io'],
  ingest: ['core', 'io', 'backends'],
  prune: ['core', 'io', 'catalog'],
  recover: ['core', 'io', 'backends'],
  sweep: ['core', 'io'],
  export: ['core', 'io', 'backends'],
  reproduce: ['core', 'io', 'sim', 'backends', 'record'],
  contracts: ['core', 'sim', 'backends'],
};

const WHY = {
  core: 'core is what every room meets in, so it depends on none of them.',
  io: 'io touches disk, clock and processes for the others and knows nothing of what they do with them.',
  sim: 'The simulation is pure: what it needs from disk comes through a port, so the same seed gives the same answer.',
  backends: 'A backend knows streams, not who records or reads them, so any room can use any backend.',
  qc: 'A rule sees the columns of an episode and knows neither who made them nor what becomes of them.',
  record: 'The recorder takes batches and settings; checks and configuration are handed in by cli.',
  validate: 'Checks look at records only, so they judge a run the same whoever wrote it.',
  ingest: 'What ingest needs of another room (validate first) cli hands it as a function.',
  catalog:
    'The catalogue says which runs there are and what people noted of them; what is done with that is for others.',
  prune: 'What prune needs of another room cli hands it as a function, so it can never reach a writer.',
  recover:
    'A recovery reads what it can and writes it anew; what it needs of the checks and of the configuration cli hands it.',
  sweep:
    'A sweep knows jobs, their ledger and who runs them, not what a job does: cli hands it the worker processes.',
  export:
    'An export is one backend read and another format written; what only a simulation knows cli hands it.',
  reproduce:
    'Reproducing is capturing again beside a reader; the settings of a run come from cli, which knows configurations.',
  contracts:
    'The suites are for authors of backends and policies: they know the ports and nothing that uses them.',
};

const layers = Object.entries(MAY_IMPORT).map(([room, others]) => ({
  name: `${room}-imports-only-${others.length > 0 ? others.join('-') : 'itself'}`,
  comment: WHY[room],
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: { path: '^src/', pathNot: `^src/(${[room, ...others].join('|')})/` },
}));

/** Packages that take longer to load than a bare node takes to start. */
const HEAVY = [
  'apache-arrow',
  'parquet-wasm',
  'better-sqlite3',
  'node-sqlite3-wasm',
  'execa',
  'h5wasm',
  'zarrita',
  'zlib-sync',
];
const packages = (names) => `(^|node_modules/)(${names.join('|')})(/|$)`;

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...layers,
    {
      name: 'config-is-nobodys-dependency',
      comment:
        'config knows every room (their schema fragments); a room that knew config could not be used without it.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(config|cli)/|^src/index\\.ts$' },
      to: { path: '^src/config/' },
    },
    {
      name: 'cli-is-the-top',
      comment: 'Everything works without a terminal, from the public API or a test; only bin/ starts cli.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: '^src/(cli/|index\\.ts$)' },
    },
    {
      name: 'core-is-pure',
      comment:
        'core computes: of node it needs only SHA-256, of packages only zod. No disk, clock or process.',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { path: '.', pathNot: `^src/core/|^(node:)?crypto$|${packages(['zod'])}` },
    },
    {
      name: 'sim-is-pure',
      comment: 'sim computes: no module of node, no package but zod (for its schema fragments).',
      severity: 'error',
      from: { path: '^src/sim/' },
      to: { path: '.', pathNot: `^src/(core|sim)/|${packages(['zod'])}` },
    },
    {
      name: 'terminal-only-in-cli',
      comment: 'Parsing a command line and colouring text are for people at a terminal: that is cli.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: packages(['commander', 'chalk']) },
    },
    {
      name: 'heavy-packages-are-lazy',
      comment:
        '--help must start in about the time of a bare node: load these by import() where they are used.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: packages(HEAVY), dependencyTypesNot: ['dynamic-import', 'type-only', 'type-import'] },
    },
    {
      name: 'no-cycles',
      comment:
        'Modules that need each other to load do so in an order nobody chose. Types may refer to each other.',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only', 'type-import'] } },
    },
    {
      name: 'no-undeclared-packages',
      comment:
        'A user who installs the package gets its dependencies and optionalDependencies, nothing else.',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'deprecated'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'no-unresolvable',
      comment: 'An import that leads nowhere fails at run time.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // type-only imports count too: a room that knows another's types knows that room
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
