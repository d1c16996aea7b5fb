// A folder imports only from the folders before it.
const folders = [
  'numeric',
  'backend',
  'optimization',
  'image',
  'network',
  'scoring',
  'readings',
  'attribution',
  'dissection',
  'graph',
  'distillation',
  'metrics',
  'visualization',
  'diagnosis',
  'interpretable',
  'render',
  'node',
];

const layers = folders.slice(0, -1).map((folder, index) => ({
  name: `${folder}-imports-only-earlier-folders`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: `^src/(index\\.ts$|(${folders.slice(index + 1).join('|')})/)` },
}));

// What others need of these modules lies in their top folder: their index, or a file that is named for what it holds.
const closed = [
  'attribution',
  'dissection',
  'graph',
  'distillation',
  'metrics',
  'visualization',
  'diagnosis',
  'render',
];

const doors = closed.map((folder) => ({
  name: `${folder}-only-by-its-top-folder`,
  comment: 'No import from a deeper folder of another module.',
  severity: 'error',
  from: { path: '^src/', pathNot: `^src/${folder}/` },
  to: { path: `^src/${folder}/[^/]+/` },
}));

const npm = (from, pattern) => ({
  name: `${from}-without-${pattern.replaceAll(/\W+/g, '-')}`,
  severity: 'error',
  from: { path: `^src/${from}/` },
  to: { path: pattern },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...layers,
    ...doors,
    { name: 'no-cycles', severity: 'error', from: { path: '^src' }, to: { circular: true } },
    {
      name: 'every-folder-has-a-layer',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(index\\.ts$|(${folders.join('|')})/)` },
      to: {},
    },
    {
      name: 'index-reexports-public-folders',
      comment: 'src/index.ts imports only the index of a folder, and not that of node/',
      severity: 'error',
      from: { path: '^src/index\\.ts$' },
      to: { pathNot: `^src/(${folders.slice(0, -1).join('|')})/` },
    },
    {
      name: 'only-node-imports-node',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/node/' },
      to: { dependencyTypes: ['core'] },
    },
    npm('numeric', 'node_modules/@tensorflow/'),
    npm('backend', 'node_modules/@tensorflow/tfjs-layers'),
    npm('optimization', 'node_modules/@tensorflow/tfjs-layers'),
    {
      name: 'no-backend-packages',
      comment: 'The application chooses its backend.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '@tensorflow/tfjs-backend-' },
    },
    {
      name: 'tfjs-only-by-root-import',
      comment: 'Deep paths do not resolve in Node; only types may come from them.',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        path: '@tensorflow/tfjs-[a-z]+/dist/',
        dependencyTypesNot: ['type-only'],
        pathNot: 'tf-(core|layers)\\.node\\.js$|dist/index\\.(js|d\\.ts)$',
      },
    },
    {
      name: 'no-undeclared-package',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['npm-peer', 'type-only'] },
    },
    { name: 'resolvable', severity: 'error', from: { path: '^src/' }, to: { couldNotResolve: true } },
    {
      name: 'source-without-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|examples|scripts)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Another language.
    exclude: { path: '^src/backend/kernels/simd/assembly/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
