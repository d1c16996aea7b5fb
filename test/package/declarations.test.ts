import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { esModule, program } from './program.ts';

const folder = inject('installation');
const load = createRequire(import.meta.url);
const compilers = {
  '5.9': load('typescript') as typeof import('typescript'),
  '5.0': createRequire(load.resolve('tslab'))('@tslab/typescript-for-tslab') as typeof import('typescript'),
};
const modes = [
  { resolution: 'node10', module: 'CommonJS', moduleResolution: 'Node10', file: 'consumer-10.ts' },
  { resolution: 'node16, ES modules', module: 'Node16', moduleResolution: 'Node16', file: 'consumer.mts' },
  { resolution: 'node16, CommonJS', module: 'Node16', moduleResolution: 'Node16', file: 'consumer.cts' },
  { resolution: 'bundler', module: 'ES2022', moduleResolution: 'Bundler', file: 'consumer-b.ts' },
] as const;
// What pages do with pictures and files; a module of its own names what the program already imports.
const inPages = `export function shown(map: Parameters<typeof heatmap>[0]): unknown[] {
  const { data, width, height } = heatmap(map);
  return [new ImageData(data, width, height), new Blob([encodePng({ data, width, height })])];
}
`;
const cases = Object.entries(compilers).flatMap(([version, ts]) => modes.map((mode) => ({ version, ts, ...mode })));

test.each(cases.filter(({ ts, moduleResolution }) => moduleResolution in ts.ModuleResolutionKind))(
  'declarations: TypeScript $version, $resolution',
  ({ ts, module, moduleResolution, file }) => {
    const path = join(folder, file);
    writeFileSync(path, `${esModule('console.log', program).replace(/\nconsole.*\n$/, '')}\nvoid explain;\n${inPages}`);
    const options = {
      strict: true,
      noEmit: true,
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
      module: ts.ModuleKind[module],
      moduleResolution: ts.ModuleResolutionKind[moduleResolution],
      types: [],
    };
    const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram([path], options));
    // tfjs's own declarations have errors under a strict reading; ours and the consumer's must have none.
    const ours = diagnostics.filter((d) => !d.file || /\/vitrine\/|\/consumer/.test(d.file.fileName));
    const told = ours.map((d) => `${d.file?.fileName}: ${ts.flattenDiagnosticMessageText(d.messageText, '\n')}`);
    expect(told).toEqual([]);
  },
);
