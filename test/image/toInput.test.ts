import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromInput } from '../../src/image/fromInput.ts';
import type { InputOptions } from '../../src/image/inputOptions.ts';
import { picture } from '../../src/image/picture.ts';
import type { Preprocessing } from '../../src/image/pixelScale.ts';
import { preprocessing } from '../../src/image/preprocessing.ts';
import { resize } from '../../src/image/resize.ts';
import { toInput } from '../../src/image/toInput.ts';
import type { Picture } from '../../src/image/types.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';

const rgb = (width: number, height: number, ...values: number[]): Picture =>
  picture(
    width,
    height,
    Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) =>
      i % 4 === 3 ? 255 : (values[((i - (i % 4)) / 4) * 3 + (i % 4)] ?? 0),
    ),
  );

const dot = (value: number): NdArray => ({ shape: [1, 1, 1], data: Float32Array.of(value) });

const closeTo = (data: Float32Array, expected: readonly number[]): void => {
  expect(data).toHaveLength(expected.length);
  data.forEach((value, i) => expect(value).toBeCloseTo(expected[i] as number, 5));
};

test('toInput(picture, { range: [0, 1] }) is [1, h, w, 3] from 0 to 1', () => {
  const { shape, data } = toInput(rgb(2, 1, 0, 51, 255, 102, 0, 0), { range: [0, 1] });
  expect(shape).toEqual([1, 1, 2, 3]);
  closeTo(data, [0, 0.2, 1, 0.4, 0, 0]);
});

test.each<[InputOptions, readonly number[]]>([
  [{ range: [-1, 1] }, [-1, -0.6, 1]],
  [{ range: [0, 255] }, [0, 51, 255]],
  [{ mean: 127, std: 128 }, [-127 / 128, -76 / 128, 1]],
  [{ mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] }, [-2.117904, -1.142857, 2.64]],
  [{ mean: [103.939, 116.779, 123.68], order: 'bgr' }, [255 - 103.939, 51 - 116.779, -123.68]],
  [{ mean: 0, std: 255 }, [0, 0.2, 1]],
  [{ preprocessing: { mean: 255, std: [5, 51, 2] } }, [-51, -4, 0]],
  [{ channels: 1, range: [0, 1] }, [(0.587 * 51 + 0.114 * 255) / 255]],
])('toInput(picture, %j)', (options, expected) => {
  closeTo(toInput(rgb(1, 1, 0, 51, 255), options).data, expected);
});

test('toInput(picture, { size }) resizes the largest central part of the same proportions', () => {
  const columns = rgb(4, 2, ...[10, 20, 30, 40, 10, 20, 30, 40].flatMap((grey) => [grey, grey, grey]));
  const input = toInput(columns, { size: 2, range: [0, 255] });
  expect(input.shape).toEqual([1, 2, 2, 3]);
  closeTo(input.data, [20, 20, 20, 30, 30, 30, 20, 20, 20, 30, 30, 30]);
  const stretched = toInput(columns, { size: 2, range: [0, 255], fit: 'stretch' });
  closeTo(stretched.data, [15, 15, 15, 35, 35, 35, 15, 15, 15, 35, 35, 35]);
  expect(toInput(columns, { size: [3, 5], range: [0, 1] }).shape).toEqual([1, 3, 5, 3]);
});

test('toInput(picture, { size }) does not round in between', () => {
  const input = toInput(rgb(2, 1, 0, 0, 0, 1, 1, 1), { size: [1, 4], fit: 'stretch', range: [0, 255] });
  closeTo(
    input.data,
    [0, 0.25, 0.75, 1].flatMap((grey) => [grey, grey, grey]),
  );
  const large = rgb(8, 8, ...Array.from({ length: 192 }, (_, i) => i));
  const smooth = toInput(large, { size: 2, antialias: true, range: [0, 255] });
  const expected = resize({ shape: [1, 8, 8, 3], data: Float32Array.from({ length: 192 }, (_, i) => i) }, 2, {
    antialias: true,
  });
  closeTo(smooth.data, Array.from(expected.data));
});

test('fromInput(toInput(picture, options), options) gives an opaque picture back', () => {
  const scales = fc.constantFrom<InputOptions>(
    { range: [0, 1] },
    { range: [-1, 1] },
    { preprocessing: preprocessing.resnet50 },
    { mean: 127, std: 128 },
    { mean: [103.939, 116.779, 123.68], std: 1, order: 'bgr' },
    { mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] },
  );
  const side = fc.integer({ min: 1, max: 6 });
  fc.assert(
    fc.property(
      side,
      side,
      fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 108, maxLength: 108 }),
      scales,
      (w, h, values, scale) => {
        const original = rgb(w, h, ...values);
        expect(fromInput(toInput(original, scale), scale)).toEqual(original);
      },
    ),
  );
});

test('fromInput() shows one example, grey as grey, and what lies beyond the range as black or white', () => {
  const batch = { shape: [2, 1, 1, 3], data: Float32Array.of(0, 0, 0, -1, 0.4, 7) };
  expect(Array.from(fromInput(batch, { range: [0, 1], example: 1 }).data)).toEqual([0, 102, 255, 255]);
  expect(Array.from(fromInput(dot(0.2), { range: [0, 1] }).data)).toEqual([51, 51, 51, 255]);
});

const unsaid =
  '"preprocessing" expected a preset such as preprocessing.mobilenetV2, or instead of it "range" such as [0, 1], ';

test.each<[unknown, string]>([
  [undefined, unsaid],
  [{ size: 2 }, `${unsaid}or "mean" and "std", got undefined`],
  [{ std: 255 }, unsaid],
  [{ preprocessing: (preprocessing as Record<string, Preprocessing>)['mobilenetv2'] }, unsaid],
  [
    { preprocessing: 'mobilenetV2' },
    '"preprocessing" expected {mean, std, order} such as preprocessing.mobilenetV2, got "mobilenetV2"',
  ],
  [{ preprocessing: {} }, '"preprocessing" expected {mean, std, order}'],
  [{ preprocessing: preprocessing.vgg16, std: 2 }, '"preprocessing" expected without "std", got both'],
  [{ preprocessing: preprocessing.vgg16, order: 'rgb' }, '"preprocessing" expected without "order", got both'],
  [{ preprocessing: preprocessing.vgg16, channels: 1 }, '"mean" expected one number or 1, got [103.939, 116.779'],
  [{ range: 255 }, '"range" expected [low, high], got 255'],
  [{ range: [1, 0] }, '"range" expected [low, high] with low < high, got [1, 0]'],
  [{ range: [0, 1], mean: 3 }, '"range" expected without "mean", got both'],
  [{ mean: 0, std: 0 }, '"std" expected numbers other than 0, got 0, 0, 0'],
  [{ mean: [1, 2] }, '"mean" expected one number or 3, got [1, 2]'],
  [{ mean: Number.NaN }, '"mean[0]" expected a finite number, got NaN'],
  [{ range: [0, 1], size: 0 }, '"size" expected an integer of at least 1 or [height, width] of such, got 0'],
  [{ range: [0, 1], channels: 2 }, '"channels" expected 1 or 3, got 2'],
  [{ range: [0, 1], order: 'grb' }, '"order" expected one of rgb, bgr, got "grb"'],
  [{ range: [0, 1], size: 2, fit: 'crop' }, '"fit" expected one of cover, stretch, got "crop"'],
  [{ range: [0, 1], fit: 'crop' }, '"fit" expected one of cover, stretch, got "crop"'],
])('toInput(picture, %j) is refused', (options, message) => {
  expect(() => toInput(rgb(2, 2), options as InputOptions)).toThrow(message);
});

const range = [0, 1] as const;

test('toInput() and fromInput() refuse other things than pictures and inputs', () => {
  expect(() => toInput('photo.png' as never, { range })).toThrow(
    '"picture" expected a picture {width, height, data}, got "photo.png"',
  );
  expect(() => fromInput({ shape: [1, 2, 2, 4], data: new Float32Array(16) }, { range })).toThrow(
    '"array" expected 3 channels, got 4',
  );
  expect(() => fromInput({ shape: [2, 2], data: new Float32Array(4) }, { range })).toThrow(
    '"array" expected rank 3 or 4, got shape [2, 2]',
  );
  expect(() => fromInput(dot(Number.NaN), { range })).toThrow('"array" expected finite numbers, got NaN at [0, 0, 0]');
  expect(() => fromInput(dot(0), { range, example: 1 })).toThrow('"example" expected an integer in 0..0, got 1');
  expect(() => fromInput({ shape: [1, 1, 3], data: new Float32Array(3) }, { range, channels: 1 })).toThrow(
    '"array" expected 1 channels, got 3',
  );
});

test('fromInput() wants a scale as toInput() does', () => {
  expect(() => fromInput(dot(0), undefined as never)).toThrow(unsaid);
  expect(() => fromInput(dot(0), { example: 0 } as never)).toThrow(unsaid);
  // @ts-expect-error: no scale.
  expect(() => toInput(rgb(1, 1), { size: 1 })).toThrow(unsaid);
});
