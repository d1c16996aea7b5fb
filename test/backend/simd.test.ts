import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sharing } from '../../src/backend/kernels/simd/sharing.ts';
import { canShare, ownMemory, sharedMemory, takenBuilds } from '../support/simdBuilds.ts';

/** What a kernel is given, and what it shall make of it, bit for bit. */
interface Example {
  readonly operands: readonly Float32Array[];
  /** What follows the address of the result. */
  readonly numbers: readonly number[];
  readonly expected: Float32Array;
}

const { fround } = Math;
const examples: Readonly<Record<string, fc.Arbitrary<Example>>> = {
  reluGradient: elementwise(2, [ceilings()], ([g, y], [ceiling]) => fround(g * slope(y, ceiling))),
  guidedReluGradient: elementwise(2, [ceilings()], ([g, y], [ceiling]) => fround(Math.max(g, 0) * slope(y, ceiling))),
  stabilisedQuotient: elementwise(2, [factors(), factors()], ([signal, z], [epsilon, share]) =>
    fround(fround(signal * share) / fround(z + (z >= 0 ? epsilon : -epsilon))),
  ),
  quotientWhereSigned: elementwise(
    3,
    [fc.constantFrom(1, -1), factors(), factors(), factors()],
    ([signal, z, y], [sign, ofZ, ofY, epsilon]) => {
      const denominator = fround(fround(fround(z * ofZ) + fround(y * ofY)) + fround(sign * epsilon));
      return z * sign > 0 ? fround(signal / denominator) : 0;
    },
  ),
  scaleShift: scaledRows(),
  maxPoolGradient: pooling(),
  cropRegions: regions(),
};

const memories = [
  { name: 'its own', made: ownMemory, fitting: (module: Uint8Array<ArrayBuffer>) => module },
  ...(canShare ? [{ name: 'shared', made: sharedMemory, fitting: sharing }] : []),
];
const pairs = takenBuilds.flatMap((build) => memories.map((memory) => ({ build, memory })));

describe.each(pairs)('the $build.name build on $memory.name memory', ({ build, memory: { made, fitting } }) => {
  const memory = made();
  const module = new WebAssembly.Module(fitting(build.bytes));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const kernels = exports as Record<string, (...numbers: number[]) => void>;

  const names = Object.keys(examples);
  test.each(names)('%s writes its result and nothing beyond, and in parts the same', (name) => {
    const property = fc.property(examples[name] as fc.Arbitrary<Example>, (example) => {
      const written = (parts: number): Float32Array => inParts(memory, kernels[name] as Kernel, example, parts);
      const whole = written(1);
      expect(Array.from(whole)).toEqual(Array.from(example.expected));
      for (const parts of [2, 3, 7]) expect(bitsOf(written(parts))).toEqual(bitsOf(whole));
    });
    fc.assert(property);
  });
});

type Kernel = (...numbers: number[]) => void;

/** What a kernel writes in parts, the last of them first and one of them twice, between numbers that it must not change. */
function inParts(memory: WebAssembly.Memory, kernel: Kernel, example: Example, parts: number): Float32Array {
  const { operands, numbers, expected } = example;
  const beside = 16;
  const all = new Float32Array(memory.buffer);
  const starts = startsOf([...operands.map(({ length }) => length), beside]);
  operands.forEach((operand, i) => all.set(operand, starts[i]));
  const from = (starts[operands.length] as number) + beside;
  const end = from + expected.length;
  all.fill(9, from - beside, end + beside);
  const order = Array.from({ length: parts }, (_, i) => parts - 1 - i).concat(0);
  for (const part of order) kernel(...starts.slice(0, -1).map((at) => 4 * at), 4 * from, ...numbers, part, parts);
  expect([...all.slice(from - beside, from), ...all.slice(end, end + beside)]).toEqual(Array(2 * beside).fill(9));
  return all.slice(from, end);
}

/** Where each begins that lies behind the others. */
function startsOf(lengths: readonly number[]): readonly number[] {
  return lengths.map((_, i) => lengths.slice(0, i).reduce((sum, length) => sum + length, 0));
}

function bitsOf(numbers: Float32Array): number[] {
  return Array.from(new Uint32Array(numbers.buffer));
}

/** 1 where 0 < y < ceiling; NaN where y is; a ceiling of NaN is none. */
function slope(y: number, ceiling: number): number {
  if (Number.isNaN(y)) return y;
  return y > 0 && !(y >= ceiling) ? 1 : 0;
}

function ceilings(): fc.Arbitrary<number> {
  return fc.constantFrom(6, Number.NaN);
}

function factors(): fc.Arbitrary<number> {
  return fc.float({ min: 0, max: 4, noNaN: true });
}

function sizes(most: number): fc.Arbitrary<number> {
  return fc.integer({ min: 1, max: most });
}

const special = [Number.NaN, Infinity, -Infinity, 0, -0, 6, 1, fround(1e-40), fround(3e38)];

function vectors(length: number): fc.Arbitrary<Float32Array> {
  const value = fc.oneof(
    { arbitrary: fc.float({ min: -8, max: 8, noNaN: true }), weight: 3 },
    { arbitrary: fc.constantFrom(...special), weight: 1 },
  );
  return fc.array(value, { minLength: length, maxLength: length }).map((values) => Float32Array.from(values));
}

type Four = [number, number, number, number];

/** Some vectors of one length, and factors that are the same for all their numbers. */
function elementwise(
  count: number,
  perCall: fc.Arbitrary<number>[],
  formula: (values: Four, factors: Four) => number,
): fc.Arbitrary<Example> {
  const operands = sizes(70).chain((length) =>
    fc.tuple(
      ...Array<null>(count)
        .fill(null)
        .map(() => vectors(length)),
    ),
  );
  return fc.tuple(operands, fc.tuple(...perCall)).map(([vectors, factors]) => ({
    operands: vectors,
    numbers: [(vectors[0] as Float32Array).length, ...factors],
    expected: (vectors[0] as Float32Array).map((_, i) =>
      formula(vectors.map((vector) => vector[i]) as Four, factors as Four),
    ),
  }));
}

function scaledRows(): fc.Arbitrary<Example> {
  const limits = fc.constantFrom([0, 6, -0], [0, Infinity, 0], [-Infinity, Infinity, -0]);
  return fc.tuple(sizes(9), sizes(17), limits).chain(([rows, channels, limits]) => {
    const [least, most, zero] = limits as [number, number, number];
    const limited = (y: number): number => {
      if (y < least) return least + zero;
      return y > most ? most + zero : y + zero;
    };
    return fc.tuple(vectors(rows * channels), vectors(channels), vectors(channels)).map(([x, scale, shift]) => ({
      operands: [x, scale, shift],
      numbers: [rows, channels, ...limits],
      expected: x.map((value, i) => limited(fround(fround(value * at(scale, i % channels)) + at(shift, i % channels)))),
    }));
  });
}

interface Pooling {
  readonly batch: number;
  readonly channels: number;
  readonly rows: PoolingAxis;
  readonly columns: PoolingAxis;
}

interface PoolingAxis {
  readonly size: number;
  readonly window: number;
  readonly stride: number;
  readonly before: number;
  readonly outputs: number;
}

function pooling(): fc.Arbitrary<Example> {
  const axis = fc
    .record({ size: sizes(6), window: sizes(3), stride: sizes(3), before: fc.nat(2) })
    .map((drawn): PoolingAxis => {
      const before = Math.min(drawn.before, drawn.window - 1);
      return { ...drawn, before, outputs: Math.ceil((drawn.size + before) / drawn.stride) };
    });
  const drawn = fc.record({ batch: sizes(2), channels: sizes(11), rows: axis, columns: axis });
  return drawn.chain((shape) => {
    const { batch, channels, rows, columns } = shape;
    const count = batch * rows.outputs * columns.outputs * channels;
    // Whole numbers: most windows have several maxima.
    const input = vectors(batch * rows.size * columns.size * channels).map((values) => values.map(Math.round));
    return fc.tuple(vectors(count), input).map(([cotangent, input]) => pooled(shape, cotangent, input));
  });
}

function pooled(shape: Pooling, cotangent: Float32Array, input: Float32Array): Example {
  const { batch, channels, rows, columns } = shape;
  const output = cotangent.map((_, i) => Math.max(...tapsOf(shape, i).map((place) => at(input, place))));
  const expected = new Float32Array(input.length);
  for (let i = 0; i < output.length; i++) {
    let rest = at(cotangent, i);
    for (const place of tapsOf(shape, i)) {
      const holds = at(input, place) === output[i];
      expected[place] = at(expected, place) + (holds ? rest : 0);
      if (holds) rest = 0;
    }
  }
  const [tall, wide] = [rows.window, columns.window];
  const sizes = [batch, rows.size, columns.size, channels, rows.outputs, columns.outputs, tall, wide];
  const numbers = [...sizes, rows.stride, columns.stride, rows.before, columns.before];
  return { operands: [cotangent, input, output], numbers, expected };
}

/** Where the numbers of the input lie that a number of the output is the maximum of. */
function tapsOf({ channels, rows, columns }: Pooling, i: number): readonly number[] {
  const pixel = Math.floor(i / channels);
  const line = Math.floor(pixel / columns.outputs);
  const image = Math.floor(line / rows.outputs);
  return placesOf(rows, line % rows.outputs).flatMap((row) =>
    placesOf(columns, pixel % columns.outputs).map(
      (column) => ((image * rows.size + row) * columns.size + column) * channels + (i % channels),
    ),
  );
}

function placesOf({ size, window, stride, before }: PoolingAxis, output: number): readonly number[] {
  const places = Array.from({ length: window }, (_, k) => output * stride - before + k);
  return places.filter((place) => place >= 0 && place < size);
}

interface Regions {
  readonly count: number;
  readonly plane: readonly [rows: number, columns: number, channels: number];
  readonly patch: readonly [rows: number, columns: number];
  readonly size: readonly [rows: number, columns: number];
  readonly beyond: number;
}

function regions(): fc.Arbitrary<Example> {
  const plane = fc.tuple(sizes(6), sizes(6), sizes(5));
  const drawn = plane.chain((plane) =>
    fc.record({
      count: sizes(5),
      plane: fc.constant(plane),
      patch: fc.tuple(fc.nat(plane[0]), fc.nat(plane[1])),
      size: fc.tuple(sizes(7), sizes(7)),
      beyond: fc.constantFrom(...special),
    }),
  );
  return drawn.chain((shape) => {
    const { count, plane, patch } = shape;
    const start = fc.integer({ min: -8, max: 8 });
    const place = fc.tuple(start, start, fc.nat(plane[0] - patch[0]), fc.nat(plane[1] - patch[1]));
    const places = fc.array(place, { minLength: count, maxLength: count }).map((places) => places.flat());
    const [base, patches] = [plane[0] * plane[1] * plane[2], count * patch[0] * patch[1] * plane[2]];
    return fc.tuple(vectors(base), vectors(patches), places).map((operands) => cropped(shape, ...operands));
  });
}

function cropped(shape: Regions, base: Float32Array, patches: Float32Array, places: readonly number[]): Example {
  const { count, plane, patch, size, beyond } = shape;
  const [rows, columns, channels] = plane;
  const valueAt = (i: number): number => {
    const pixel = Math.floor(i / channels);
    const k = Math.floor(pixel / (size[0] * size[1]));
    const [top, left, patchTop, patchLeft] = places.slice(4 * k, 4 * k + 4) as Four;
    const row = top + (Math.floor(pixel / size[1]) % size[0]);
    const column = left + (pixel % size[1]);
    if (row < 0 || row >= rows || column < 0 || column >= columns) return beyond;
    const [y, x] = [row - patchTop, column - patchLeft];
    return y >= 0 && y < patch[0] && x >= 0 && x < patch[1]
      ? at(patches, ((k * patch[0] + y) * patch[1] + x) * channels + (i % channels))
      : at(base, (row * columns + column) * channels + (i % channels));
  };
  return {
    operands: [base, patches, Float32Array.from(places)],
    numbers: [count, rows, columns, 4 * channels, ...patch, ...size, beyond],
    expected: Float32Array.from({ length: count * size[0] * size[1] * channels }, (_, i) => valueAt(i)),
  };
}

function at(numbers: Float32Array, i: number): number {
  return numbers[i] as number;
}
