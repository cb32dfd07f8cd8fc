/** The arrows of the architecture: services -> projections -> domain; infra is known only where ports are given their adapters. */
export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'domain-is-pure',
      comment: 'domain imports nothing but zod, canonicalize, the hashes of node:crypto and itself',
      severity: 'error',
      from: { path: '^domain/', pathNot: '^domain/randomness/bls\\.ts$' },
      to: { pathNot: ['^domain/', '^node_modules/(zod|canonicalize)/', '^(node:)?crypto$'] },
    },
    {
      name: 'one-file-checks-signatures-of-beacons',
      comment:
        'pairings are no place for code of our own: the one file that needs them may use a library of pure functions',
      severity: 'error',
      from: { path: '^domain/randomness/bls\\.ts$' },
      to: { pathNot: ['^domain/', '^node_modules/@noble/', '^(node:)?crypto$'] },
    },
    {
      name: 'projections-know-domain-only',
      severity: 'error',
      from: { path: '^projections/' },
      to: { pathNot: ['^projections/', '^domain/', '^node_modules/zod/'] },
    },
    {
      name: 'infra-knows-domain-only',
      severity: 'error',
      from: { path: '^infra/' },
      to: { path: '^(services|projections|test|scripts)/' },
    },
    {
      name: 'adapters-are-wired-in-mains',
      comment:
        'services get their ports given; only main.ts and *.main.ts (and the command line itself) choose adapters',
      severity: 'error',
      from: { path: '^services/', pathNot: 'main\\.ts$' },
      to: { path: '^infra/' },
    },
    {
      name: 'services-do-not-know-tests',
      severity: 'error',
      from: { path: '^(services|projections|domain|infra|scripts)/' },
      to: { path: '^test/' },
    },
    {
      name: 'one-service-does-not-reach-into-another',
      comment:
        'services meet in the ledger; what they share lives in services/runtime. The command line composes them.',
      severity: 'error',
      from: { path: '^services/(intake|reviewer|evaluator|scorer|weight-emitter|sequencer|gateway)/' },
      to: {
        path: '^services/(intake|reviewer|evaluator|scorer|weight-emitter|sequencer|gateway|cli)/',
        pathNot: '^services/$1/',
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.mjs', '.js', '.json'] },
    moduleSystems: ['es6'],
    exclude: { path: 'node_modules/.*/node_modules' },
  },
};
