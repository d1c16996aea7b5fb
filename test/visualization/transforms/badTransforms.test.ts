import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import type { VitrineError } from '../../../src/numeric/errors.ts';
import { random } from '../../../src/numeric/random.ts';
import * as transforms from '../../../src/visualization/transforms/index.ts';
import type { Transform } from '../../../src/visualization/transforms/transform.ts';
import { viewOf } from '../../../src/visualization/transforms/view.ts';

/** The message with which something is refused; nothing is left behind. */
function refusal(run: () => unknown): string {
  const before = tf.memory().numTensors;
  let message = 'nothing was refused';
  try {
    tf.tidy(() => void run());
  } catch (error) {
    message = `${(error as VitrineError).code}: ${(error as VitrineError).message}`;
  }
  expect(tf.memory().numTensors).toBe(before);
  return message;
}

const { pad, jitter, scale, rotate, randomCrop, noise, blur, cropOrPadTo, resizeTo } = transforms;
const any = (value: unknown): never => value as never;

test.each([
  ['pad(-1)', () => pad(-1), 'bad-argument: "width" expected an integer in 0..1048576, got -1'],
  [
    'pad(1, outside)',
    () => pad(1, { outside: any('zero') }),
    'bad-argument: "outside" expected a finite number, "reflect" or "clamp", got "zero"',
  ],
  [
    'pad(1, NaN)',
    () => pad(1, { outside: Number.NaN }),
    'bad-argument: "outside" expected a finite number, "reflect" or "clamp", got NaN',
  ],
  [
    'pad(1, option)',
    () => pad(1, any({ outsid: 1 })),
    'unknown-option: "options" expected some of outside, got "outsid"',
  ],
  ['jitter(1.5)', () => jitter(1.5), 'bad-argument: "distance" expected an integer in 0..1048576, got 1.5'],
  ['scale([])', () => scale([]), 'bad-argument: "factors" expected a list with elements, got []'],
  ['scale([0])', () => scale([1, 0]), 'bad-argument: "factors[1]" expected a number in 0.01..100, got 0'],
  ['rotate(5)', () => rotate(any(5)), 'bad-argument: "degrees" expected a list, got 5'],
  ['rotate([NaN])', () => rotate([Number.NaN]), 'bad-argument: "degrees[0]" expected a finite number, got NaN'],
  [
    'cropOrPadTo(0)',
    () => cropOrPadTo(0),
    'bad-argument: "size" expected an integer of at least 1 or [height, width] of such, got 0',
  ],
  [
    'resizeTo([1])',
    () => resizeTo(any([1])),
    'bad-argument: "size" expected an integer of at least 1 or [height, width] of such, got [1]',
  ],
  ['randomCrop(side)', () => randomCrop({ side: [0.5, 2] }), 'bad-argument: "side" expected a number in 0..1, got 2'],
  [
    'randomCrop(three)',
    () => randomCrop({ side: any([0.1, 0.2, 0.3]) }),
    'bad-argument: "side" expected a number or [from, to], got [0.1, 0.2, 0.3]',
  ],
  [
    'randomCrop(size)',
    () => randomCrop({ size: 0.5 }),
    'bad-argument: "size" expected an integer of at least 1 or [height, width] of such, got 0.5',
  ],
  [
    'noise(deviation)',
    () => noise({ deviation: -1 }),
    'bad-argument: "deviation" expected a finite number of at least 0, got -1',
  ],
  ['blur(NaN)', () => blur(Number.NaN), 'bad-argument: "sigma" expected a finite number of at least 0, got NaN'],
])('%s is refused', (_, run, message) => {
  expect(refusal(run)).toBe(message);
});

/** A geometric transform that is drawn wrong. */
const wrong = (affine: readonly number[], size: readonly number[] = [4, 4]): Transform => ({
  name: 'wrong',
  place: () => ({ affine: any(affine), size: any(size) }),
});

test.each<[string, Transform[], string]>([
  [
    'two kinds of outside',
    [pad(2, { outside: 0 }), rotate([5]), pad(1, { outside: 'reflect' })],
    'bad-argument: "transforms" expected one "outside" in transforms that follow each other, got 0 of pad and "reflect" of pad; a pixel transform between them parts them',
  ],
  [
    'a jitter of all',
    [jitter(8)],
    'bad-argument: "transforms" expected pictures larger than the jitter of 8, got [8, 9]',
  ],
  ['a number', [any(3)], 'bad-argument: "transforms[0]" expected one of "transforms" or a function of pictures, got 3'],
  [
    'a set in a list',
    [pad(1), any(transforms.light())],
    'bad-argument: "transforms[1]" expected one of "transforms" or a function of pictures, got [a value of type Object',
  ],
  [
    'no map',
    [wrong([1, 0, Number.NaN, 0, 1, 0])],
    'not-finite: "transforms" expected places of wrong within 16777216 of a picture of [8, 9], got the map [1, 0, NaN, 0, 1, 0]',
  ],
  ['a far map', [wrong([1, 0, 1e9, 0, 1, 0])], 'not-finite: "transforms" expected places of wrong within'],
  [
    'no size',
    [wrong([1, 0, 0, 0, 1, 0], [0, 4])],
    'bad-shape: "transforms" expected sides of at least 1 of wrong, got [0, 4]',
  ],
  [
    'a closure of other pictures',
    [blur(1), (x) => tf.tile(x, [2, 1, 1, 1])],
    'bad-shape: "transforms[1]" expected a function to return pictures [2, h, w, 3], got [4, 8, 9, 3]',
  ],
  [
    'a closure of other channels',
    [
      function gray(x) {
        return tf.mean(x, 3, true) as Tensor4D;
      },
    ],
    'bad-shape: "transforms[0]" expected "gray" to return pictures [2, h, w, 3], got [2, 8, 9, 1]',
  ],
  [
    'a closure of nothing',
    [any(() => undefined)],
    'bad-shape: "transforms[0]" expected a function to return pictures [2, h, w, 3], got undefined',
  ],
  [
    'a pixel transform of nothing',
    [{ name: 'mine', apply: () => any({}) }],
    'bad-shape: "transforms[0]" expected "mine" to give pictures [2, h, w, 3], got undefined',
  ],
])('viewOf refuses %s', (_, list, message) => {
  const pictures = tf.zeros([2, 8, 9, 3]) as Tensor4D;
  const draw = { random: random(0), progress: 0, seen: [8, 9] } as const;
  expect(
    refusal(() => viewOf(pictures, list, draw)).startsWith(message),
    refusal(() => viewOf(pictures, list, draw)),
  ).toBe(true);
  pictures.dispose();
});

test('two kinds of outside may be parted by a pixel transform', () => {
  const pictures = tf.zeros([1, 8, 8, 1]) as Tensor4D;
  const list = [pad(2, { outside: 0 }), transforms.normalizeGradient(), pad(1, { outside: 'reflect' })];
  let shape: number[] = [];
  tf.tidy(() => {
    shape = viewOf(pictures, list, { random: random(0), progress: 0, seen: [9, 9] }).pictures.shape;
  });
  expect(shape).toEqual([1, 9, 9, 1]);
  pictures.dispose();
});
