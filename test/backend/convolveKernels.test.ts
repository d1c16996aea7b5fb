import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inParts, type Kernel, type KernelCall, kernelsOnMemories } from '../support/kernelParts.ts';
import { noise } from '../support/windows.ts';

describe.each(kernelsOnMemories(32))('the $build build on $name memory', ({ memory, kernels }) => {
  const made = (name: string, call: KernelCall): Float32Array => inParts(memory, kernels[name] as Kernel, call);
  const panelsOf = (kernel: Float64Array, depth: number, filters: number): Float64Array =>
    Float64Array.from(
      made('packPanels', {
        operands: [kernel],
        addressed: ([from = 0], result) => [from, result, 1, 1, depth, filters, 0, 0, 4 * filters, 4],
        room: 0,
        size: Math.ceil(filters / 8) * 8 * depth,
      }),
    );

  test('packPanels turns rows into panels of 8 columns, zeros behind the last', () => {
    const sizes = fc.record({ depth: fc.integer({ min: 1, max: 9 }), filters: fc.integer({ min: 1, max: 20 }) });
    const property = fc.property(sizes, ({ depth, filters }) => {
      const { data: kernel } = noise([1, 1, depth, filters], depth);
      const panels = panelsOf(kernel, depth, filters);
      const expected = Array.from(panels, (_, i) => {
        const [filter, k] = [8 * Math.floor(i / 8 / depth) + (i % 8), Math.floor(i / 8) % depth];
        return filter < filters ? Math.fround(kernel[k * filters + filter] as number) : 0;
      });
      expect([...panels]).toEqual(expected);
    });
    fc.assert(property, { numRuns: 100 });
  });

  test('packThree turns rows into fours for each of 3 columns', () => {
    const { data: kernel } = noise([1, 1, 8, 2], 1);
    const packed = made('packThree', {
      operands: [kernel],
      addressed: ([from = 0], result) => [from, result, 1, 1, 8, 2, 0, 0, 8, 4],
      room: 0,
      size: 24,
    });
    const expected = Array.from({ length: 24 }, (_, i) => {
      const [column, k] = [Math.floor(i / 4) % 3, 4 * Math.floor(i / 12) + (i % 4)];
      return column < 2 ? Math.fround(kernel[2 * k + column] as number) : 0;
    });
    expect([...packed]).toEqual(expected);
  });

  test('convolve sums windows, in parts of pixels or of filters the same, and writes nothing beyond', () => {
    const property = fc.property(
      convolutions,
      ({ image, channels, filters, window, strides, dilations, before, seed }) => {
        const toThree = filters <= 3 && channels % 4 === 0 && dilations[1] === 1;
        const depth = window[0] * window[1] * channels;
        const out = [0, 1].map((axis) => {
          const span = ((window[axis] as number) - 1) * (dilations[axis] as number) + 1;
          const padded = (image[axis] as number) + 2 * (before[axis] as number);
          return Math.floor((padded - span) / (strides[axis] as number)) + 1;
        }) as [number, number];
        fc.pre(Math.min(...out) > 0);
        const [{ data: x }, { data: kernel }] = [
          noise([2, ...image, channels], seed),
          noise([1, 1, depth, filters], seed + 1),
        ];
        const { data: bias } = noise([1, 1, 1, filters], seed + 2);
        const weights = toThree ? threes(kernel, depth, filters) : panelsOf(kernel, depth, filters);
        const line = [filters * out[0] * out[1], filters * out[1], filters].map((numbers) => 4 * numbers);
        const found = made('convolve', {
          operands: [x, weights, bias],
          addressed: ([from = 0, list = 0, shift = 0], result, scratch) => [
            ...[
              from,
              list,
              toThree ? 0 : shift,
              result,
              ...scratch,
              toThree ? 1 : 0,
              2,
              ...image,
              channels,
              ...out,
              filters,
            ],
            ...[...window, ...strides, ...dilations, ...before, ...line, -Infinity, Infinity],
          ],
          room: 4 * (10 * depth + 4 * window[0] * window[1] + 8 * Math.ceil(filters / 8) + 32),
          size: 2 * out[0] * out[1] * filters,
        });
        const largest = Math.max(1e-3, ...found.map(Math.abs));
        found.forEach((value, i) => {
          const [filter, place] = [i % filters, Math.floor(i / filters)];
          const [n, y, left] = [
            Math.floor(place / out[0] / out[1]),
            Math.floor(place / out[1]) % out[0],
            place % out[1],
          ];
          let sum = toThree ? 0 : (bias[filter] as number);
          for (let k = 0; k < depth; k++) {
            const [ky, kx, c] = [
              Math.floor(k / channels / window[1]),
              Math.floor(k / channels) % window[1],
              k % channels,
            ];
            const row = y * strides[0] + ky * dilations[0] - before[0];
            const column = left * strides[1] + kx * dilations[1] - before[1];
            if (row < 0 || column < 0 || row >= image[0] || column >= image[1]) continue;
            const read = x[((n * image[0] + row) * image[1] + column) * channels + c] as number;
            sum += read * (kernel[k * filters + filter] as number);
          }
          expect(Math.abs(value - sum)).toBeLessThan(4e-6 * largest);
        });
      },
    );
    fc.assert(property, { numRuns: 100 });
  });

  test.each([2, 4])('Winograd tiles of side %i sum windows, in parts the same, and write nothing beyond', (side) => {
    const property = fc.property(tiled, ({ image, channels, filters, starts, seed }) => {
      const points = (side + 2) ** 2;
      const [{ data: x }, { data: kernel }] = [
        noise([2, ...image, channels], seed),
        noise([3, 3, channels, filters], seed),
      ];
      const wide = 8 * Math.ceil(filters / 8);
      const weights = Float64Array.from(
        made('packWinograd', {
          operands: [kernel],
          addressed: ([from = 0], result, scratch) => [
            ...[from, result, ...scratch, side, channels, filters],
            ...[4 * channels * filters, 4 * filters, 4],
          ],
          room: 4 * 144,
          size: points * wide * channels,
        }),
      );
      const begins = side === 2 && starts ? Float64Array.from([1, 0, 1, 1]) : undefined;
      const block = 8;
      const found = made('winograd', {
        operands: [x, weights, ...(begins ? [begins] : [])],
        addressed: ([from = 0, list = 0, begin = 0], result, scratch) => [
          ...[from, list, 0, begins ? begin : 0, result, ...scratch, side, block],
          ...[2, ...image, channels, ...image, filters, 1, 1, -Infinity, Infinity],
        ],
        room: 4 * (4 * points + 8 + 2 * wide + (points + 4) * channels + points * (block * (channels + filters) + 64)),
        size: 2 * image[0] * image[1] * filters,
      });
      const largest = Math.max(1e-3, ...found.map(Math.abs));
      found.forEach((value, i) => {
        const [filter, place] = [i % filters, Math.floor(i / filters)];
        const [n, y, left] = [
          Math.floor(place / image[0] / image[1]),
          Math.floor(place / image[1]) % image[0],
          place % image[1],
        ];
        let sum = 0;
        for (let tap = 0; tap < 9; tap++) {
          const [row, column] = [y + Math.floor(tap / 3) - 1, left + (tap % 3) - 1];
          if (row < 0 || column < 0 || row >= image[0] || column >= image[1]) continue;
          for (let c = 0; c < channels; c++) {
            const read = x[((n * image[0] + row) * image[1] + column) * channels + c] as number;
            sum += read * (kernel[(tap * channels + c) * filters + filter] as number);
          }
        }
        expect(Math.abs(value - sum)).toBeLessThan((side === 2 ? 2e-6 : 1e-5) * largest);
      });
    });
    fc.assert(property, { numRuns: 40 });
  });
});

/** As packThree does. */
function threes(kernel: Float64Array, depth: number, filters: number): Float64Array {
  return Float64Array.from({ length: 3 * depth }, (_, i) => {
    const [column, k] = [Math.floor(i / 4) % 3, 4 * Math.floor(i / 12) + (i % 4)];
    return column < filters ? (kernel[filters * k + column] as number) : 0;
  });
}

const upTo = (most: number): fc.Arbitrary<number> => fc.integer({ min: 1, max: most });
const pair = (most: number): fc.Arbitrary<[number, number]> => fc.tuple(upTo(most), upTo(most));
const convolutions = fc.record({
  image: pair(7),
  channels: fc.oneof(upTo(9), fc.constantFrom(8, 12)),
  filters: upTo(19),
  window: pair(4),
  strides: pair(3),
  dilations: pair(2),
  before: fc.tuple(fc.nat(2), fc.nat(2)),
  seed: fc.nat(1000),
});
const tiled = fc.record({
  image: pair(9),
  channels: fc.constantFrom(4, 8, 12),
  filters: fc.constantFrom(4, 8, 20),
  starts: fc.boolean(),
  seed: fc.nat(1000),
});
