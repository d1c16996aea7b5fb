import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { depthwiseRoom } from '../../src/backend/kernels/depthwise.ts';
import { axisOf, paddingBefore, type WindowGeometry } from '../../src/backend/kernels/geometry.ts';
import { at, type Block, outputLength, outputShape, type Reading, readings, zeros } from '../oracle/windows.ts';
import { inParts, type Kernel, type KernelCall, kernelsOnMemories } from '../support/kernelParts.ts';
import { noise } from '../support/windows.ts';

describe.each(kernelsOnMemories(48))('the $build build on $name memory', ({ build, memory, kernels }) => {
  const isExact = build === 'plain';

  test('depthwise adds tap after tap, in parts the same, and writes nothing beyond', () => {
    const property = fc.property(windows(), ({ inputShape, geometry, bias, limits, seed }) => {
      const [input, kernel] = [noise(inputShape, seed), noise([...geometry.window, inputShape[3], 1], seed + 1)];
      const shift = bias ? noise([1, 1, 1, inputShape[3]], seed + 2) : undefined;
      const output = zeros(outputShape(inputShape, geometry, inputShape[3]));
      const expected = sums(output, shift, kernel, placesOf(input, geometry), input).map((sum) =>
        Math.min(Math.max(sum, limits[0]), limits[1]),
      );
      const call: KernelCall = {
        operands: [input.data, kernel.data, ...(shift ? [shift.data] : [])],
        addressed: ([from = 0, taps = 0, biasAt = 0], result, scratch) => [
          ...[from, taps, shift ? biasAt : 0, result, ...scratch],
          ...[...inputShape, output.shape[1], output.shape[2], ...stepsOf(inputShape, geometry), ...limits],
        ],
        room: depthwiseRoom(inputShape[2], inputShape[3], geometry),
        size: expected.length,
      };
      expectParts(memory, kernels['depthwise'] as Kernel, call, isExact ? expected : undefined);
    });
    fc.assert(property, { numRuns: 200 });
  });

  test('depthwiseInputGradient adds tap after tap, in parts the same, and writes nothing beyond', () => {
    const property = fc.property(windows(), ({ inputShape, geometry, seed }) => {
      const channels = inputShape[3];
      const cotangent = noise(outputShape(inputShape, geometry, channels), seed);
      const kernel = noise([...geometry.window, channels, 1], seed + 1);
      const gradient = zeros(inputShape);
      const back = placesOf(gradient, geometry).map(({ from, to, tap }) => ({ to: from, from: to, tap }));
      const inOrder = back.sort((a, b) => a.tap[0] - b.tap[0] || a.tap[1] - b.tap[1]);
      const expected = sums(gradient, undefined, kernel, inOrder, cotangent);
      const [, rows, columns] = cotangent.shape;
      const call: KernelCall = {
        operands: [cotangent.data, kernel.data],
        addressed: (operands, result, scratch) => [
          ...[...operands, result, ...scratch],
          ...[...inputShape, rows, columns, ...stepsOf(inputShape, geometry)],
        ],
        room: depthwiseRoom(columns, channels, geometry),
        size: expected.length,
      };
      expectParts(memory, kernels['depthwiseInputGradient'] as Kernel, call, isExact ? expected : undefined);
    });
    fc.assert(property, { numRuns: 200 });
  });

  test('repeatChannels writes each number so many times', () => {
    const property = fc.property(
      fc.array(fc.float({ noNaN: true }), { maxLength: 40 }),
      fc.integer({ min: 1, max: 4 }),
      (numbers, times) => {
        const expected = Float64Array.from(numbers.flatMap((value) => Array<number>(times).fill(value)));
        const call: KernelCall = {
          operands: [Float64Array.from(numbers)],
          addressed: (operands, result) => [...operands, result, numbers.length, times],
          room: 0,
          size: expected.length,
        };
        expectParts(memory, kernels['repeatChannels'] as Kernel, call, expected);
      },
    );
    fc.assert(property);
  });
});

interface Windows {
  readonly inputShape: Block['shape'];
  readonly geometry: WindowGeometry;
  readonly bias: boolean;
  readonly limits: readonly [number, number];
  readonly seed: number;
}

const pair = (max: number): fc.Arbitrary<[number, number]> =>
  fc.tuple(fc.integer({ min: 1, max }), fc.integer({ min: 1, max }));

/** Windows with a block of their own as often as others. */
function windows(): fc.Arbitrary<Windows> {
  const one: [number, number] = [1, 1];
  const square = fc.constantFrom<[number, number]>([3, 3], [5, 5], [2, 2]);
  return fc
    .record({
      inputShape: fc
        .tuple(fc.integer({ min: 1, max: 3 }), pair(12), fc.constantFrom(1, 2, 3, 4, 5, 6, 8, 11, 13, 16))
        .map(([batch, plane, channels]): Block['shape'] => [batch, ...plane, channels]),
      geometry: fc
        .tuple(
          fc.oneof(
            fc.record({ window: square, strides: pair(2), dilations: fc.constant(one) }),
            fc.record({ window: pair(7), strides: pair(4), dilations: pair(3) }),
          ),
          fc.constantFrom('same' as const, 'valid' as const),
        )
        .map(([window, padding]) => ({ ...window, padding })),
      bias: fc.boolean(),
      limits: fc.constantFrom<[number, number]>([-Infinity, Infinity], [0, Infinity], [0, 1]),
      seed: fc.integer({ min: 0, max: 1000 }),
    })
    .filter(({ inputShape: [, rows, columns], geometry }) =>
      ([rows, columns] as const).every((length, axis) => outputLength(length, geometry, axis as 0 | 1) > 0),
    );
}

/** Window, strides, dilations and padding before, as the kernels take them. */
function stepsOf([, rows, columns]: Block['shape'], geometry: WindowGeometry): number[] {
  const { window, strides, dilations } = geometry;
  const before = [rows, columns].map((size, axis) => paddingBefore(size, axisOf(geometry, axis as 0 | 1)));
  return [...window, ...strides, ...dilations, ...before];
}

function placesOf({ shape: [, rows, columns] }: Block, geometry: WindowGeometry): Reading[] {
  return readings([rows, columns], geometry);
}

/** A bias and what the taps bring, each product and each sum rounded, in their order. */
function sums(
  { shape, data }: Block,
  bias: Block | undefined,
  kernel: Block,
  places: readonly Reading[],
  read: Block,
): Float64Array {
  const [batch, , , channels] = shape;
  const made = data.map((_, i) => bias?.data[i % channels] ?? 0);
  for (const { from, to, tap } of places) {
    for (let n = 0; n < batch; n++) {
      for (let c = 0; c < channels; c++) {
        const x = read.data[at(read, [n, ...from, c])] as number;
        const i = at({ shape }, [n, ...to, c]);
        const product = Math.fround(x * (kernel.data[at(kernel, [...tap, c, 0])] as number));
        made[i] = Math.fround((made[i] as number) + product);
      }
    }
  }
  return made;
}

/** The same numbers in any parts; the bits that are expected, where they are known. */
function expectParts(memory: WebAssembly.Memory, kernel: Kernel, call: KernelCall, expected?: Float64Array): void {
  const whole = inParts(memory, kernel, call);
  if (expected) expect(whole).toEqual(Float32Array.from(expected));
}
