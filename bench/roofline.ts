// What the kernels reach of what this machine can do, by kernel and window: `npx tsx bench/roofline.ts [--relaxed]`.
import '@tensorflow/tfjs-backend-wasm';
import { readdirSync, readFileSync } from 'node:fs';
import { plain, relaxed } from '../src/backend/kernels/simd/simd.generated.ts';
import { compile, gradient, predict, useBackend } from '../src/index.ts';
import { build, precision, rounds } from './arguments.ts';
import { inputFor, namesOfNetworks, networks } from './networks.ts';

const SOURCES = new URL('../src/backend/kernels/simd/assembly/', import.meta.url);

/** Kernels that take less, in milliseconds, are counted to all else. */
const LEAST = 0.1;

/** A call of a kernel: its numbers by the names that its source gives them, and how long it took. */
interface Call {
  readonly kernel: string;
  readonly numbers: Readonly<Record<string, number>>;
  readonly milliseconds: number;
}

type Kernel = (...numbers: number[]) => void;

const parameters = parametersOfKernels();
const peaks = { plain: peak(plain), relaxed: peak(relaxed) };
const bandwidth = { '1 MB': copied(2 ** 18), '4 MB': copied(2 ** 20), '64 MB': copied(2 ** 24) };
console.log(`multiply-adds that lie in the cache: ${inWords(peaks, 'GFLOP/s')}`);
console.log(`copies, read and written: ${inWords(bandwidth, 'GB/s')}`);
console.log(
  `networks by ${build} SIMD, precision ${precision ?? 'default'}; GFLOP/s of direct convolution; the roof is of`,
);
console.log('the peak of that build, or of the bytes of images and weights at the speed of a copy of 64 MB\n');

let calls: Call[] = [];
timeKernels();
await useBackend('wasm');
for (const name of namesOfNetworks) {
  const model = await networks[name]();
  const network = compile(model, precision ? { precision } : {});
  const x = inputFor(model);
  console.log(await tableOf(`${name}, forward`, () => predict(network, x)));
  console.log(await tableOf(`${name}, gradient map`, () => gradient(network, x)));
  network.dispose();
  x.dispose();
  model.dispose();
}

/** From now on each call of a kernel by the engine is kept in `calls`. */
function timeKernels(): void {
  const Instance = new Proxy(WebAssembly.Instance, {
    construct(target, of: ConstructorParameters<typeof WebAssembly.Instance>) {
      const kernels = Object.entries(new target(...of).exports as Record<string, Kernel>);
      return { exports: Object.fromEntries(kernels.map(([name, kernel]) => [name, timed(name, kernel)])) };
    },
  });
  Object.defineProperty(WebAssembly, 'Instance', { value: Instance });
}

function timed(name: string, kernel: Kernel): Kernel {
  return new Proxy(kernel, {
    apply(run, _, numbers: number[]) {
      const start = performance.now();
      run(...numbers);
      const milliseconds = performance.now() - start;
      const named = (parameters.get(name) ?? []).map((parameter, i) => [parameter, numbers[i] as number]);
      calls.push({ kernel: name, numbers: Object.fromEntries(named), milliseconds });
    },
  });
}

/** Least times of the rounds: what the kernels of each kind took, and the rest of the work. */
async function tableOf(title: string, run: () => Promise<unknown>): Promise<string> {
  const least = new Map<string, { flops: number; bytes: number; milliseconds: number; count: number }>();
  let whole = Number.POSITIVE_INFINITY;
  // Packs the weights.
  await run();
  for (let round = 0; round < 2 * rounds; round++) {
    calls = [];
    const start = performance.now();
    await run();
    whole = Math.min(whole, performance.now() - start);
    for (const [kind, group] of groupedByKind(calls)) {
      const milliseconds = sum(group, (call) => call.milliseconds);
      if (milliseconds >= (least.get(kind)?.milliseconds ?? Number.POSITIVE_INFINITY)) continue;
      const [flops, bytes] = [sum(group, flopsOf), sum(group, bytesOf)];
      least.set(kind, { flops, bytes, milliseconds, count: group.length });
    }
  }
  const rows = [...least]
    .filter(([, { milliseconds }]) => milliseconds >= LEAST)
    .map(([kind, { flops, bytes, milliseconds, count }]) => {
      const roof = Math.min(peaks[build], (flops / bytes) * bandwidth['64 MB']);
      const reached = flops / milliseconds / 1e6;
      const speed = flops
        ? [reached.toFixed(0), roof.toFixed(0), `${((100 * reached) / roof).toFixed(0)} %`]
        : ['', '', ''];
      return [kind, `${count}`, milliseconds.toFixed(2), ...speed];
    });
  const shown = sum([...least.values()], ({ milliseconds }) => (milliseconds >= LEAST ? milliseconds : 0));
  rows.push(['all else', '', (whole - shown).toFixed(2), '', '', '']);
  const lines = [
    ['kernel', 'calls', 'ms', 'GFLOP/s', 'roof', 'of it'],
    ['---', '--:', '--:', '--:', '--:', '--:'],
    ...rows,
  ];
  return [`### ${title}: ${whole.toFixed(1)} ms\n`, ...lines.map((cells) => `| ${cells.join(' | ')} |`), ''].join('\n');
}

function groupedByKind(all: readonly Call[]): ReadonlyMap<string, readonly Call[]> {
  const groups = new Map<string, Call[]>();
  for (const call of all) groups.set(kindOf(call), [...(groups.get(kindOf(call)) ?? []), call]);
  return groups;
}

function kindOf({ kernel, numbers: { h, w, kh, kw, sh, sw, m, toThree } }: Call): string {
  if (m !== undefined) return `${kernel}, F(${m} × ${m})`;
  if (kh === undefined) return kernel;
  // There are phases with windows of any size.
  if (toThree) return `${kernel} to three channels`;
  if (h === 1 && w === 1) return `${kernel}, dense`;
  return `${kernel}, ${kh} × ${kw}${sh === 1 && sw === 1 ? '' : `, stride ${sh}`}`;
}

/** Of the sums that define a convolution, whichever way it is computed; 0 of other kernels. */
function flopsOf({ numbers: { batch = 1, oh = 0, ow = 0, c = 0, n = 1, kh = 3, kw = 3 } }: Call): number {
  return 2 * batch * oh * ow * n * c * kh * kw;
}

function bytesOf({ numbers: { batch = 1, h = 0, w = 0, c = 0, oh = 0, ow = 0, n, kh = 3, kw = 3 } }: Call): number {
  return 4 * (batch * (h * w * c + oh * ow * (n ?? c)) + kh * kw * c * (n ?? 1));
}

/** The names of what each kernel takes, as its source has them. */
function parametersOfKernels(): ReadonlyMap<string, readonly string[]> {
  const files = readdirSync(SOURCES).filter((file) => file.endsWith('.ts'));
  const text = files.map((file) => readFileSync(new URL(file, SOURCES), 'utf8')).join('\n');
  const functions = [...text.matchAll(/export function (\w+)\(([^)]*)\)/g)];
  return new Map(
    functions.map(([, name = '', list = '']) => [name, list.split(',').map((one) => one.split(':')[0]?.trim() ?? '')]),
  );
}

/** GFLOP/s of a pointwise convolution of 14 × 14 pixels, 480 → 112, on a memory of its own; NaN if it does not compile. */
function peak(text: string): number {
  const bytes = Buffer.from(text, 'base64');
  if (!WebAssembly.validate(bytes)) return Number.NaN;
  const memory = new WebAssembly.Memory({ initial: 64 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  const numbers: Readonly<Record<string, number>> = {
    ...{ input: 2 ** 16, panels: 2 ** 20, out: 2 ** 19, bias: 2 ** 21, scratch: 3 * 2 ** 20, batch: 1, parts: 1 },
    ...{ h: 14, w: 14, c: 480, oh: 14, ow: 14, n: 112, kh: 1, kw: 1, sh: 1, sw: 1, dh: 1, dw: 1 },
    ...{ outImage: 14 * 14 * 448, outLine: 14 * 448, outPixel: 448, lowest: -Infinity, highest: Infinity },
  };
  const given = (parameters.get('convolve') ?? []).map((name) => numbers[name] ?? 0);
  const milliseconds = leastOf(() => (exports['convolve'] as Kernel)(...given));
  return (2 * 14 * 14 * 480 * 112) / milliseconds / 1e6;
}

/** GB/s of a copy of so many numbers. */
function copied(numbers: number): number {
  const [from, to] = [new Float32Array(numbers).fill(1), new Float32Array(numbers)];
  return (8 * numbers) / leastOf(() => to.set(from)) / 1e6;
}

function leastOf(run: () => void): number {
  const times = Array.from({ length: 200 }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return Math.min(...times);
}

function inWords(values: Readonly<Record<string, number>>, unit: string): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value.toFixed(0)} ${unit}`)
    .join(', ');
}

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}
