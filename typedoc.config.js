import { readdirSync, readFileSync } from 'node:fs';
import { katex } from '@mdit/plugin-katex';

const { exports } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const folders = Object.keys(exports).filter((path) => path.startsWith('./') && path !== './package.json');
const guides = readdirSync(new URL('docs/', import.meta.url)).filter(
  (name) => name.endsWith('.md') && name !== 'api-report.md',
);

/** @type {Partial<import('typedoc').TypeDocOptions>} */
export default {
  name: 'vitrine',
  entryPoints: folders.map((path) => `src/${path.slice(2)}/index.ts`),
  projectDocuments: guides.map((name) => `docs/${name}`),
  tsconfig: 'tsconfig.src.json',
  out: 'docs/api',
  readme: 'README.md',
  includeVersion: true,
  excludePrivate: true,
  excludeInternal: true,
  categorizeByGroup: false,
  disableSources: true,
  // Fields whose name says it all, such as width, need no sentence.
  requiredToBeDocumented: ['Variable', 'Function', 'Class', 'Interface', 'TypeAlias'],
  validation: { notExported: true, invalidLink: true, notDocumented: true },
  treatWarningsAsErrors: true,
  logLevel: 'Warn',
  // Malformed TeX is an error; MathML needs no style sheet.
  markdownItLoader: (parser) => parser.use(katex, { output: 'mathml', throwOnError: true }),
};
