import type { Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { areaPenalty } from '../../../src/attribution/perturbation/learntMasks/areaPenalty.ts';
import { blend, blurLevels, blurPyramid } from '../../../src/attribution/perturbation/learntMasks/blurPyramid.ts';
import { drawPlaces, moved, withMargin } from '../../../src/attribution/perturbation/learntMasks/jitter.ts';
import {
  upsampled,
  upsampledGradient,
  upsamplingMap,
} from '../../../src/attribution/perturbation/learntMasks/maskUpsampling.ts';
import { latticeTensors, smoothMax } from '../../../src/attribution/perturbation/learntMasks/smoothMax.ts';
import { blur } from '../../../src/image/blur.ts';
import { random } from '../../../src/numeric/random.ts';
import { atOnce } from '../../../src/numeric/sliced.ts';
import { plainSmoothMask } from '../../oracle/smoothMask.ts';
import { expectNear, sum } from '../../support/near.ts';

const uniforms = (length: number, seed: number): Float32Array => {
  const { uniform } = random(seed);
  return Float32Array.from({ length }, uniform);
};

async function read<K extends string>(make: () => Record<K, Tensor>): Promise<Record<K, Float32Array>> {
  const tensors = tf.tidy(() => make() as Record<string, Tensor>);
  const entries = Object.entries(tensors).map(async ([key, tensor]) => [key, await tensor.data()] as const);
  const found = Object.fromEntries(await Promise.all(entries)) as Record<K, Float32Array>;
  tf.dispose(tensors);
  return found;
}

/** Σ weights · f by the change of each element of x. */
function slopes(f: (x: Float64Array) => ArrayLike<number>, x: ArrayLike<number>, weights: ArrayLike<number>): number[] {
  const weighted = (i: number, by: number): number => {
    const moved = Float64Array.from(x);
    moved[i] = (moved[i] as number) + by;
    return Array.from(f(moved)).reduce((total, value, k) => total + value * (weights[k] as number), 0);
  };
  return Array.from(x, (_, i) => (weighted(i, 1e-6) - weighted(i, -1e-6)) / 2e-6);
}

describe('smoothMax', () => {
  const lattice = { plane: [13, 10] as const, step: 3, sigma: 4.5 };
  const cells = [5, 4] as const;
  const parameters = uniforms(20, 1).map((value) => 0.9 * value);
  const cotangent = uniforms(130, 2).map((value) => value - 0.5);

  const run = (values: Float32Array): Promise<Record<'mask' | 'back', Float32Array>> =>
    read(() => {
      const tensor = tf.tensor3d(values, [1, ...cells]);
      const { mask, pullback } = smoothMax(tensor, latticeTensors(lattice), lattice);
      return { mask, back: pullback(tf.tensor3d(cotangent, [1, 13, 10])) };
    });

  test('is the smooth maximum of the parameters around each pixel', async () => {
    const { mask } = await run(parameters);
    expectNear(mask, plainSmoothMask(parameters, lattice), 1e-4);
  });

  test('passes gradients back to the parameters', async () => {
    const { back } = await run(parameters);
    expectNear(
      back,
      slopes((x) => plainSmoothMask(x, lattice), parameters, cotangent),
      5e-3,
    );
  });

  test('of ones is one everywhere, of zeros zero', async () => {
    expectNear((await run(new Float32Array(20).fill(1))).mask, new Float32Array(130).fill(1), 1e-5);
    expectNear((await run(new Float32Array(20))).mask, new Float32Array(130), 1e-6);
  });

  test('of one parameter is a blob of the radius of the kernel at least', async () => {
    const single = new Float32Array(20);
    single[2 * 4 + 2] = 1;
    const { mask } = await run(single);
    // Half a kernel around the middle of cell (2, 2), which is pixel (6, 6) with an offset of 1 for each axis.
    const full = [...mask.keys()].filter((i) => (mask[i] as number) > 0.99);
    expect(full.length).toBeGreaterThanOrEqual(Math.floor(Math.PI * 2.25 ** 2) - 4);
    expect(mask[0]).toBeLessThan(0.1);
  });
});

describe('areaPenalty', () => {
  const run = (masks: Float32Array, area: number, shape: readonly [number, number, number]) =>
    read(() => ({ ...areaPenalty(tf.tensor(masks, [...shape]) as Tensor3D, area) }));

  /** By sorting. */
  function plain(mask: Float32Array, area: number): { value: number; gradient: Float64Array } {
    const order = [...mask.keys()].sort((a, b) => (mask[a] as number) - (mask[b] as number));
    const gradient = new Float64Array(mask.length);
    let value = 0;
    order.forEach((pixel, place) => {
      const gap = (mask[pixel] as number) - (place >= Math.round((1 - area) * mask.length) ? 1 : 0);
      value += gap ** 2 / mask.length;
      gradient[pixel] = (2 * gap) / mask.length;
    });
    return { value, gradient };
  }

  test.each([0.1, 0.35, 0.8, 1])('(masks, %d) is what sorting gives, mask by mask', async (area) => {
    const masks = uniforms(2 * 40, 3);
    const { value, gradient } = await run(masks, area, [2, 5, 8]);
    const expected = [plain(masks.subarray(0, 40), area), plain(masks.subarray(40), area)];
    expectNear(
      value,
      expected.map(({ value: one }) => one),
      1e-5,
    );
    expectNear(
      gradient,
      expected.flatMap(({ gradient: one }) => [...one]),
      1e-6,
    );
  });

  test('is zero for a mask of zeros and ones with the area', async () => {
    const mask = Float32Array.from({ length: 20 }, (_, i) => (i % 4 === 1 ? 1 : 0));
    const { value, gradient } = await run(mask, 0.25, [1, 4, 5]);
    expectNear(value, [0], 1e-7);
    expectNear(gradient, new Float32Array(20), 1e-7);
  });

  test('treats equal pixels alike', async () => {
    const { value, gradient } = await run(new Float32Array(20).fill(0.6), 0.25, [1, 4, 5]);
    expectNear(value, [0.25 * 0.16 + 0.75 * 0.36], 1e-6);
    expectNear(gradient, new Float32Array(20).fill((2 * (0.6 - 0.25)) / 20), 1e-6);
  });
});

describe('blurPyramid', () => {
  const picture = { shape: [1, 5, 6, 2], data: uniforms(60, 4) };
  const levels = 4;
  const run = (masks: Float32Array): Promise<Record<'pictures' | 'back', Float32Array>> =>
    read(() => {
      const pyramid = blurPyramid(atOnce(blurLevels(picture, { levels, sigma: 3 })));
      const { pictures, pullback } = blend(pyramid, tf.tensor3d(masks, [1, 5, 6]));
      return { pictures, back: pullback(tf.tensor4d(cotangent, [1, 5, 6, 2])) };
    });
  const cotangent = uniforms(60, 5).map((value) => value - 0.5);
  const level = (k: number): Float32Array => blur(picture, 3 * (1 - k / (levels - 1))).data;

  test.each([0, 1, 2, 3])('blend at %d thirds is that level', async (k) => {
    const { pictures } = await run(new Float32Array(30).fill(k / 3));
    expectNear(pictures, level(k), 1e-5);
  });

  test('blend is linear between levels, pixel by pixel', async () => {
    const masks = uniforms(30, 6);
    const { pictures } = await run(masks);
    const expected = picture.data.map((_, i) => {
      const depth = 3 * (masks[Math.floor(i / 2)] as number);
      const below = Math.min(2, Math.floor(depth));
      const [low, high] = [level(below)[i] as number, level(below + 1)[i] as number];
      return low + (depth - below) * (high - low);
    });
    expectNear(pictures, expected, 1e-5);
  });

  test.each([
    ['at 0 towards the next level', 0, 0],
    ['between levels', 0.5, 1],
    ['at 1 from the level before', 1, 2],
  ])('the pullback %s', async (_where, mask, below) => {
    const { back } = await run(new Float32Array(30).fill(mask));
    const expected = Float32Array.from({ length: 30 }, (_, pixel) =>
      sum(
        [0, 1].map((channel) => {
          const i = pixel * 2 + channel;
          return 3 * ((level(below + 1)[i] as number) - (level(below)[i] as number)) * (cotangent[i] as number);
        }),
      ),
    );
    expectNear(back, expected, 1e-4);
  });
});

describe('upsampled', () => {
  const upsampling = { plane: [7, 9] as const, cellSize: 3, sigma: 1.2 };

  test('repeats each cell and blurs that', async () => {
    const coarse = uniforms(9, 7);
    const nearest = Float32Array.from(
      { length: 63 },
      (_, i) => coarse[Math.floor(Math.floor(i / 9) / 3) * 3 + Math.floor((i % 9) / 3)] as number,
    );
    const { up } = await read(() => ({ up: upsampled(tf.tensor3d(coarse, [1, 3, 3]), upsamplingMap(upsampling)) }));
    expectNear(up, blur({ shape: [7, 9], data: nearest }, 1.2).data, 1e-5);
  });

  test('has its transpose for a gradient, the blur included', async () => {
    const [coarse, cotangent] = [uniforms(9, 8), uniforms(63, 9)];
    const { up, back } = await read(() => {
      const map = upsamplingMap(upsampling);
      return {
        up: upsampled(tf.tensor3d(coarse, [1, 3, 3]), map),
        back: upsampledGradient(tf.tensor3d(cotangent, [1, 7, 9]), map),
      };
    });
    const dot = (a: Float32Array, b: Float32Array): number => sum(a.map((value, i) => value * (b[i] as number)));
    expect(dot(up, cotangent)).toBeCloseTo(dot(coarse, back), 4);
  });
});

describe('jitter', () => {
  const picture = Float32Array.from({ length: 12 }, (_, i) => i);
  const at = (place: readonly [number, number]): Promise<Record<'seen', Float32Array>> =>
    read(() => {
      const canvas = withMargin(tf.tensor4d(picture, [1, 3, 4, 1]) as Tensor4D, 4);
      return { seen: moved(canvas, [place], [3, 4]) };
    });

  test('the place in the middle shows the picture itself, others its mirrored border', async () => {
    expect([...(await at([2, 2])).seen]).toEqual([...picture]);
    expect([...(await at([1, 2])).seen]).toEqual([0, 1, 2, 3, 0, 1, 2, 3, 4, 5, 6, 7]);
    expect([...(await at([2, 3])).seen]).toEqual([1, 2, 3, 3, 5, 6, 7, 7, 9, 10, 11, 11]);
  });

  test('places are drawn evenly', () => {
    const places = drawPlaces(
      Array.from({ length: 400 }, (_, i) => random(0, i)),
      4,
    );
    for (const axis of [0, 1] as const) {
      const counts = [0, 1, 2, 3].map((place) => places.filter((one) => one[axis] === place).length);
      expect(Math.min(...counts)).toBeGreaterThan(70);
      expect(sum(counts)).toBe(400);
    }
  });
});
