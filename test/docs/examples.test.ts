import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import * as tfl from '@tensorflow/tfjs-layers';
import ts from 'typescript';
import { beforeAll, expect, test, vi } from 'vitest';
import { fitExplanatoryGraph } from '../../src/graph/fitExplanatoryGraph.ts';
import { inferPatterns } from '../../src/graph/inferPatterns.ts';
import { learnPartTemplates } from '../../src/graph/localization/learnPartTemplates.ts';
import { syntheticPatterns } from '../../src/graph/syntheticPatterns.ts';
import { brodenFiles } from '../support/brodenFiles.ts';
import { findExamples } from '../support/examples.ts';
import { readFixture, readJson } from '../support/fixtures.ts';
import { concepts, randomLabelled } from '../support/labelled.ts';

// Each example becomes a module; what it may use without a declaration is in globals.d.ts.
const folder = resolve('.cache/examples');
const brodenFolder = join(folder, 'broden');
const examples = findExamples().map((example) => ({
  ...example,
  path: join(folder, `${example.title.replace(/\W+/g, '-')}.ts`),
}));

beforeAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'globals.d.ts'), globals);
  for (const { path, code } of examples) writeFileSync(path, `${code}\nexport {};\n`);
  for (const [name, bytes] of brodenFiles()) {
    mkdirSync(dirname(join(brodenFolder, name)), { recursive: true });
    writeFileSync(join(brodenFolder, name), bytes);
  }
  const { maps, truth } = syntheticPatterns({ seed: 3, imageCount: 24 });
  const graph = await fitExplanatoryGraph(maps, { layers: ['lower', 'upper'], patternsPerFilter: 6 });
  const inference = await inferPatterns(graph, maps);
  const places = truth['lower']?.[0]?.parts[0]?.positions.data ?? new Float64Array();
  const place = (image: number): readonly number[] => [...places.subarray(2 * image, 2 * image + 2)];
  const annotations = [0, 1, 2].map((image) => ({ image, position: place(image) as unknown as [number, number] }));
  const wave = (length: number): Float32Array => Float32Array.from({ length }, (_, index) => Math.sin(index));
  Object.assign(globalThis, {
    model: await vggTiny(),
    x: { shape: [2, 16, 16, 3], data: wave(2 * 16 * 16 * 3) },
    map: { shape: [1, 16, 16], data: wave(256) },
    concepts,
    brodenFolder,
    dissectedModule: resolve('test/support/workers/vggTiny.ts'),
    graph,
    inference,
    place,
    ear: learnPartTemplates(graph, { inference, annotations }),
    readsTypeScript: pathToFileURL(resolve('scripts/register-typescript.mjs')).href,
    labelled: randomLabelled({ images: 4, positions: [4, 4], pixels: [8, 8], units: 4 }, 0),
    labelledImages: randomLabelled({ images: 4, positions: [16, 16], pixels: [8, 8], units: 3 }, 0).map(
      ({ activations, ...labels }) => ({ ...labels, image: activations }),
    ),
    picture: {
      width: 32,
      height: 24,
      data: Uint8ClampedArray.from({ length: 32 * 24 * 4 }, (_, index) => (index * 7) % 256),
    },
  });
});

const globals = `import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Picture } from 'vitrine/image';
import type { Concept, LabelledActivations, LabelledImage } from 'vitrine/dissection';
import type { ExplanatoryGraph, PartTemplates, PatternInference } from 'vitrine/graph';
import type { NdArray } from '../../src/numeric/ndarray.ts';
declare global {
  /** A small network: 16 × 16 × 3 to five classes. */
  var model: LayersModel;
  /** Two examples for it. */
  var x: NdArray;
  var map: NdArray;
  var concepts: readonly Concept[];
  /** A few images' activations [4, 4, 4] with labels. */
  var labelled: readonly LabelledActivations[];
  /** A few images for the network with labels. */
  var labelledImages: readonly LabelledImage[];
  /** A directory with a few images for the network in the layout of Broden. */
  var brodenFolder: string;
  /** A module with the network and the few images. */
  var dissectedModule: string;
  /** A graph of synthetic patterns, where its nodes are in 24 images, and where a part is. */
  var graph: ExplanatoryGraph;
  var inference: PatternInference;
  var place: (image: number) => readonly [row: number, column: number];
  var ear: PartTemplates;
  /** What makes a thread read TypeScript. */
  var readsTypeScript: string;
  var picture: Picture;
}
`;

test('examples type-check', () => {
  expect(typeErrors(examples, { noUncheckedIndexedAccess: false })).toEqual([]);
});

test('what is built on the library type-checks where indexed access may be undefined', () => {
  const extensions = examples.filter(({ title }) => title.startsWith('docs/building-on-it.md'));
  expect(extensions.length).toBeGreaterThan(9);
  expect(typeErrors(extensions, { noUncheckedIndexedAccess: true })).toEqual([]);
});

for (const { title, path } of examples.filter(({ runs }) => runs)) {
  test(`example at ${title} runs`, async () => {
    const quiet = vi.spyOn(console, 'log').mockImplementation(() => {});
    await import(/* @vite-ignore */ path).finally(() => quiet.mockRestore());
  });
}

function typeErrors(some: typeof examples, strictness: ts.CompilerOptions): string[] {
  const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, process.cwd());
  const files = [...some.map(({ path }) => path), join(folder, 'globals.d.ts')];
  const own = { noUnusedLocals: false, isolatedDeclarations: false, declaration: false };
  const program = ts.createProgram(files, { ...options, ...own, ...strictness });
  const wrong = ts.getPreEmitDiagnostics(program).filter(({ file }) => file?.fileName.startsWith(folder));
  return wrong.map(describeDiagnostic);
}

function describeDiagnostic({ file, start = 0, messageText }: ts.Diagnostic): string {
  const line = file?.getLineAndCharacterOfPosition(start).line ?? 0;
  const title = examples.find(({ path }) => path === file?.fileName)?.title;
  return `example at ${title}, line ${line + 1}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
}

async function vggTiny(): Promise<LayersModel> {
  const { modelTopology, weightsManifest } = await readJson<tf.io.ModelJSON>('models/vgg-tiny/model.json');
  const weightData = (await readFixture('models/vgg-tiny/weights.bin')).slice().buffer;
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  return tfl.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
}
