import { entryPoints } from './entry-points.ts';
import { outputOf } from './run.ts';

/** Checks what `npm pack` would publish: the built files, four documents; and how much it weighs. */
const largest = 2_000_000;
const [pack] = JSON.parse(await outputOf('npm', ['pack', '--dry-run', '--json'])) as [
  { size: number; unpackedSize: number; files: { path: string }[] },
];
const paths = pack.files.map(({ path }) => path);
const required = [
  ...['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'],
  ...['dist/node/workers/dissectWorker.js', 'dist/workers/dissectWorker.cjs'],
  ...entryPoints().flatMap((entry) => ['js', 'cjs', 'd.ts', 'd.cts'].map((end) => `dist/${entry}.${end}`)),
];
const allowed = /^(dist\/([\w-]+\/)*[\w.-]+\.(js|cjs|d\.ts|d\.cts)|CHANGELOG\.md|LICENSE|README\.md|package\.json)$/;

const faults = [
  ...required.filter((path) => !paths.includes(path)).map((path) => `${path} is missing`),
  ...paths.filter((path) => !allowed.test(path)).map((path) => `${path} does not belong in the package`),
  ...(pack.size > largest ? [`the tarball has ${pack.size} bytes, more than ${largest}`] : []),
];
for (const fault of faults) console.error(fault);
console.log(`${paths.length} files, ${pack.size} bytes packed, ${pack.unpackedSize} unpacked`);
process.exitCode = faults.length ? 1 : 0;
