import { Session } from 'node:inspector/promises';
import { dirname, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers as l, sequential } from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';

/**
 * Counts how far a call goes: the source files, folders and functions that it enters, and how often, on a small network
 * of three convolutions that was not compiled before.
 *
 * `npm run hops` prints a table, with `-- --json` the counts, and with `-- --files gradCam` the files and functions of
 * one call. V8 counts; what modules do when they are loaded is left out.
 */
interface Hops {
  readonly files: number;
  readonly functions: number;
  readonly calls: number;
  readonly folders: number;
}

type Library = Readonly<Record<string, (...given: unknown[]) => Promise<unknown>>>;

/** The library as its callers have it; all folders, so that a call is found wherever it is exported. */
async function library(): Promise<Library> {
  return (await import(pathToFileURL('src/index.ts').href)) as Library;
}

const side = 16;
const classes = 4;
const concepts = [1, 2, 3].map((number) => ({ number, name: `concept ${number}`, category: 'object' }));
const from = { layers: ['conv2', 'conv3'] };
const calls: Readonly<Record<string, (vitrine: Library, model: LayersModel) => Promise<unknown>>> = {
  gradCam: ({ gradCam }, model) => gradCam?.(model, batch(1)) as Promise<unknown>,
  lrp: ({ lrp }, model) => lrp?.(model, batch(1)) as Promise<unknown>,
  integratedGradients: ({ integratedGradients }, model) =>
    integratedGradients?.(model, batch(1), { steps: 10 }) as Promise<unknown>,
  occlusion: ({ occlusion }, model) => occlusion?.(model, batch(1), { window: 4, stride: 4 }) as Promise<unknown>,
  dissect: ({ dissect }, model) =>
    dissect?.(model, labelled(4), { layers: ['conv3'], concepts, quantile: 0.05 }) as Promise<unknown>,
  fitExplanatoryGraph: ({ fitExplanatoryGraph }, model) =>
    fitExplanatoryGraph?.(model, pictures(4), { ...from, patternsPerFilter: 2, iterations: 3 }) as Promise<unknown>,
  distillDecisionTree: ({ distillDecisionTree }, model) =>
    distillDecisionTree?.(model, pictures(6), {
      layer: 'conv3',
      target: { class: 0, minus: 'rest' },
      positives: 'all',
    }) as Promise<unknown>,
};

await tf.setBackend('cpu');
const vitrine = await library();
const counts: Record<string, Hops> = {};
const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
// What only the first call of all does, such as to find out about the backend, is nobody's.
await vitrine.predict?.(network(), batch(1));
for (const [name, call] of Object.entries(calls)) {
  const model = network();
  await session.post('Profiler.takePreciseCoverage');
  await call(vitrine, model);
  const { result } = await session.post('Profiler.takePreciseCoverage');
  const entered = enteredIn(result);
  if (process.argv.includes('--files') && process.argv.includes(name)) printFiles(entered);
  counts[name] = {
    files: entered.size,
    functions: sum([...entered.values()].map((functions) => functions.length)),
    calls: sum([...entered.values()].flatMap((functions) => functions.map(({ count }) => count))),
    folders: new Set([...entered.keys()].map(dirname)).size,
  };
}
if (process.argv.includes('--json')) console.log(JSON.stringify(counts, undefined, 2));
else if (!process.argv.includes('--files')) printTable();

interface Entered {
  readonly name: string;
  readonly count: number;
}

/** What was entered, by source file. */
function enteredIn(scripts: readonly { url: string; functions: readonly Coverage[] }[]): Map<string, Entered[]> {
  const root = pathToFileURL('src').href;
  const found = new Map<string, Entered[]>();
  for (const { url, functions } of scripts) {
    if (!url.startsWith(`${root}/`)) continue;
    const path = relative(root, url.split('?')[0] as string);
    const entered = functions.filter(isOwn).map(({ functionName, ranges }) => {
      return { name: functionName || '(a closure)', count: ranges[0]?.count ?? 0 };
    });
    const run = entered.filter(({ count }) => count > 0);
    if (run.length) found.set(path, [...(found.get(path) ?? []), ...run]);
  }
  return found;
}

interface Coverage {
  readonly functionName: string;
  readonly ranges: readonly { readonly startOffset: number; readonly count: number }[];
}

// The module's own code begins at its first character; `__name` is what esbuild writes into each file to keep names.
function isOwn({ functionName, ranges }: Coverage): boolean {
  return ranges[0]?.startOffset !== 0 && functionName !== '__name';
}

function printFiles(entered: Map<string, Entered[]>): void {
  for (const [path, functions] of [...entered].sort(([a], [b]) => (a < b ? -1 : 1))) {
    console.log(`${path}: ${functions.map(({ name, count }) => `${name} ${count}`).join(', ')}`);
  }
}

function printTable(): void {
  console.log('| call | files | functions | calls | folders |\n| --- | ---: | ---: | ---: | ---: |');
  for (const [name, hops] of Object.entries(counts)) {
    console.log(`| \`${name}\` | ${hops.files} | ${hops.functions} | ${hops.calls} | ${hops.folders} |`);
  }
}

function network(): LayersModel {
  const conv = (name: string, filters: number, strides: number) =>
    l.conv2d({ name, filters, strides, kernelSize: 3, padding: 'same', activation: 'relu' });
  const model = sequential();
  model.add(l.inputLayer({ inputShape: [side, side, 3] }));
  for (const layer of [conv('conv1', 6, 1), conv('conv2', 6, 2), conv('conv3', 6, 1)]) model.add(layer);
  model.add(l.globalAveragePooling2d({ name: 'pool' } as never));
  model.add(l.dense({ units: classes, activation: 'softmax', name: 'head' }));
  model.setWeights(model.getWeights().map((weight, k) => tf.tensor(waves(weight.size, k + 1), weight.shape)));
  return model;
}

// Numbers that are the same everywhere and of no pattern.
function waves(length: number, phase: number): Float32Array {
  return new Float32Array(length).map((_, i) => Math.sin(i * 1.7 + phase * 0.9) / 2);
}

function batch(count: number): unknown {
  return { shape: [count, side, side, 3], data: waves(count * side * side * 3, 3) };
}

function pictures(count: number): { readonly shape: number[]; readonly data: Float32Array }[] {
  return Array.from({ length: count }, (_, i) => ({ shape: [side, side, 3], data: waves(side * side * 3, i + 5) }));
}

function labelled(count: number): unknown[] {
  return pictures(count).map((image, i) => ({
    image,
    planes: { shape: [1, side, side], data: new Uint16Array(side * side).map((_, p) => ((p >> 3) + i) % 4) },
  }));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
