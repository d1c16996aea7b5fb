import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { random } from '../../../src/numeric/random.ts';
import * as transforms from '../../../src/visualization/transforms/index.ts';
import type { Outside, SeenDraw, Transform, View } from '../../../src/visualization/transforms/transform.ts';
import { viewOf } from '../../../src/visualization/transforms/view.ts';
import type { Block } from '../../oracle/windows.ts';
import { backend } from '../../support/backend.ts';
import { expectNear } from '../../support/near.ts';
import { noise, tensorOf } from '../../support/windows.ts';

const at = (seen: readonly [number, number], seed = 0, progress = 0): SeenDraw => ({
  random: random(seed),
  progress,
  seen,
});

/** What transforms show of pictures. */
async function shown(pictures: Block, list: readonly Transform[], draw: SeenDraw): Promise<Float32Array> {
  const view = tf.tidy(() => tf.clone(viewOf(tensorOf(pictures), list, draw).pictures));
  expect(view.shape).toEqual([pictures.shape[0], ...draw.seen, pictures.shape[3]]);
  const values = await view.data();
  view.dispose();
  return values as Float32Array;
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, i) => sum + value * (b[i] as number), 0);

/** $\langle A x - A 0, y \rangle = \langle x, A^T y \rangle$ for what transforms do, which is affine. */
async function expectTransposed(list: readonly Transform[], pictures: Block, draw: () => SeenDraw): Promise<void> {
  const seen = draw().seen;
  const cotangent = noise([pictures.shape[0], ...seen, pictures.shape[3]], 99);
  const [view, offset, back] = tf.tidy(() => {
    const run = (x: Tensor4D): View => viewOf(x, list, draw());
    const { pictures: made, pullback } = run(tensorOf(pictures));
    return [
      tf.clone(made),
      tf.clone(run(tf.zerosLike(tensorOf(pictures))).pictures),
      tf.clone(pullback(tensorOf(cotangent))),
    ];
  }) as [Tensor4D, Tensor4D, Tensor4D];
  const [y, y0, gradient] = [await view.data(), await offset.data(), await back.data()];
  tf.dispose([view, offset, back]);
  expect(back.shape).toEqual(pictures.shape);
  const forward = dot(y, cotangent.data) - dot(y0, cotangent.data);
  expect(Math.abs(forward - dot(pictures.data, gradient))).toBeLessThan(1e-3 * (1 + Math.abs(forward)));
}

test('cropOrPadTo cuts and pads around the centre', async () => {
  const picture: Block = { shape: [1, 2, 3, 1], data: Float64Array.of(1, 2, 3, 4, 5, 6) };
  expect(await shown(picture, [], at([2, 3]))).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
  expect(await shown(picture, [transforms.cropOrPadTo([2, 1])], at([2, 1]))).toEqual(Float32Array.of(2, 5));
  const half = [0.5, 0.5, 0.5, 0.5, 0.5, 0.5];
  // An odd row more stands at the end.
  expect(await shown(picture, [transforms.cropOrPadTo([3, 5])], at([3, 5]))).toEqual(
    Float32Array.from([[0.5, 1, 2, 3, 0.5], [0.5, 4, 5, 6, 0.5], half.slice(1)].flat()),
  );
});

const edges: { outside: Outside; row: number[] }[] = [
  { outside: 0.25, row: [0.25, 0.25, 1, 2, 3, 0.25, 0.25] },
  // As tf.pad(…, 'REFLECT') and numpy's 'reflect' have it.
  { outside: 'reflect', row: [3, 2, 1, 2, 3, 2, 1] },
  { outside: 'clamp', row: [1, 1, 1, 2, 3, 3, 3] },
];

test.each(edges)('pad(2, { outside: $outside })', async ({ outside, row }) => {
  const picture: Block = { shape: [1, 1, 3, 1], data: Float64Array.of(1, 2, 3) };
  const padded = await shown(picture, [transforms.pad(2, { outside }), transforms.cropOrPadTo([5, 7])], at([5, 7]));
  expect(Array.from(padded.subarray(14, 21))).toEqual(row);
  const border = outside === 0.25 ? Array<number>(7).fill(0.25) : row;
  expect(Array.from(padded.subarray(0, 7))).toEqual(border);
});

test('jitter(4) takes each of its 25 places equally often', () => {
  const draws = at([6, 5]);
  const counts = new Map<string, number>();
  const { place } = transforms.jitter(4);
  for (let i = 0; i < 5000; i++) {
    const { affine, size } = place([10, 9], draws);
    expect(size).toEqual([6, 5]);
    counts.set(affine.join(), (counts.get(affine.join()) ?? 0) + 1);
  }
  const expected = Array.from({ length: 25 }, (_, i) => `1,0,${Math.floor(i / 5)},0,1,${i % 5}`);
  expect([...counts.keys()].sort()).toEqual(expected.sort());
  // χ² of 24 degrees of freedom: 51.2 has a chance of 0.001.
  expect([...counts.values()].reduce((sum, count) => sum + (count - 200) ** 2 / 200, 0)).toBeLessThan(51.2);
});

test('scale([1]), rotate([0]), resizeTo(its size) and a jitter of 0 are identities, of the same tensor', () => {
  const still = [transforms.scale([1]), transforms.rotate([0]), transforms.resizeTo([5, 6]), transforms.jitter(0)];
  tf.tidy(() => {
    const pictures = tensorOf(noise([2, 5, 6, 3], 1));
    expect(viewOf(pictures, still, at([5, 6])).pictures).toBe(pictures);
  });
});

test('a quarter turn counterclockwise, a half turn and a mirror', async () => {
  const picture: Block = { shape: [1, 2, 2, 1], data: Float64Array.of(1, 2, 3, 4) };
  expectNear(await shown(picture, [transforms.rotate([90])], at([2, 2])), [2, 4, 1, 3], 1e-5);
  expectNear(await shown(picture, [transforms.rotate([180])], at([2, 2])), [4, 3, 2, 1], 1e-5);
  const looks = [];
  for (let seed = 0; seed < 12; seed++)
    looks.push((await shown(picture, [transforms.mirror()], at([2, 2], seed))).join());
  expect([...new Set(looks)].sort()).toEqual(['1,2,3,4', '2,1,4,3']);
});

test('resizeTo and scale put borders on borders, as half-pixel centres do', async () => {
  const picture = noise([2, 6, 8, 3], 2);
  const edge = transforms.pad(0, { outside: 'clamp' });
  const direct = tf.tidy(() => tf.image.resizeBilinear(tensorOf(picture), [9, 5], false, true));
  expectNear(await shown(picture, [edge, transforms.resizeTo([9, 5])], at([9, 5])), await direct.data(), 1e-5);
  // 0.9 · 6 = 5.4 and 0.9 · 8 = 7.2, without what is behind the point.
  const smaller = tf.tidy(() => tf.image.resizeBilinear(tensorOf(picture), [5, 7], false, true));
  expectNear(
    await shown(picture, [edge, transforms.scale([0.9]), transforms.cropOrPadTo([5, 7])], at([5, 7])),
    await smaller.data(),
    1e-5,
  );
  tf.dispose([direct, smaller]);
});

test('what is even stays even', async () => {
  const even: Block = { shape: [2, 12, 10, 3], data: new Float64Array(2 * 12 * 10 * 3).fill(0.5) };
  for (const list of [transforms.standard(), transforms.light(), [transforms.randomCrop()], [transforms.blur(1.5)]]) {
    for (const value of await shown(even, list, at([11, 9], 3))) expect(Math.abs(value - 0.5)).toBeLessThan(1e-6);
  }
});

test('one map of a sequence shows in the middle what the sequence shows that samples each time', async () => {
  // Linear along both axes: bilinear sampling is exact wherever nothing is outside.
  const data = Float64Array.from({ length: 24 * 26 }, (_, i) => 0.01 * Math.floor(i / 26) + 0.03 * (i % 26));
  const picture: Block = { shape: [1, 24, 26, 1], data };
  const parts = (): Transform[] => [
    transforms.pad(3),
    transforms.jitter(4),
    transforms.scale([0.9, 1.15]),
    transforms.rotate([-12, 7]),
    transforms.jitter(2),
    transforms.cropOrPadTo(8),
  ];
  const apart = parts().flatMap((part) => [part, (x: Tensor4D) => x]);
  for (let seed = 0; seed < 4; seed++) {
    const seen = [8, 8] as const;
    expectNear(await shown(picture, parts(), at(seen, seed)), await shown(picture, apart, at(seen, seed)), 1e-4);
  }
});

test('the way back is the transpose: random lists of transforms', async () => {
  const kinds: fc.Arbitrary<Transform> = fc.oneof(
    fc.integer({ min: 0, max: 4 }).map((width) => transforms.pad(width)),
    fc.integer({ min: 0, max: 2 }).map((distance) => transforms.jitter(distance)),
    fc.double({ min: 0.4, max: 2.5, noNaN: true }).map((factor) => transforms.scale([factor])),
    fc.double({ min: -90, max: 90, noNaN: true }).map((angle) => transforms.rotate([angle])),
    fc.constant(transforms.mirror()),
    fc.constant(transforms.blur(0.8)),
    fc.constant(transforms.cropOrPadTo([5, 6])),
    fc.constant(transforms.resizeTo([9, 7])),
    fc.constant(transforms.randomCrop({ side: 0.6 })),
    fc.constant(transforms.noise({ deviation: 0.1, spread: 0.1 })),
  );
  const cases = fc.record({
    list: fc.array(kinds, { maxLength: 5 }),
    outside: fc.constantFrom<Outside>(0.5, 0, 'reflect', 'clamp'),
    channels: fc.constantFrom(1, 3, 4),
    seed: fc.integer({ min: 0, max: 99 }),
  });
  const property = fc.asyncProperty(cases, async ({ list, outside, channels, seed }) => {
    const edged = list.some((one) => (one as { outside?: Outside }).outside)
      ? list
      : [transforms.pad(0, { outside }), ...list];
    const pictures = noise([2, 10, 8, channels], seed);
    await expectTransposed(edged, pictures, () => at([7, 9], seed));
  });
  await fc.assert(property, { numRuns: { webgl: 4, webgpu: 10 }[backend] ?? 80 });
});

const sets = [
  { name: 'standard', list: transforms.standard() },
  { name: 'atlas', list: transforms.atlas() },
  { name: 'light', list: transforms.light() },
  { name: 'maco', list: transforms.maco() },
];

test.each(sets)('transforms.$name(): the way back, and the same bits for a seed', async ({ list }) => {
  const pictures = noise([1, 44, 40, 3], 4);
  await expectTransposed(list, pictures, () => at([40, 44], 7, 0.5));
  const first = await shown(pictures, list, at([40, 44], 7));
  expect(await shown(pictures, list, at([40, 44], 7))).toEqual(first);
  expect(await shown(pictures, list, at([40, 44], 8))).not.toEqual(first);
});

test('one draw for all pictures', async () => {
  const one = noise([1, 20, 20, 3], 5);
  const both: Block = { shape: [2, 20, 20, 3], data: Float64Array.of(...one.data, ...one.data) };
  const values = await shown(both, transforms.light(), at([16, 16], 2));
  expect(values.subarray(0, values.length / 2)).toEqual(values.subarray(values.length / 2));
});

test('viewOf and the way back leave no tensor behind', () => {
  const pictures = tf.ones([1, 9, 9, 3]) as Tensor4D;
  const list = [
    ...transforms.light().slice(1),
    transforms.blur(1),
    (x: Tensor4D) => tf.square(x),
    transforms.noise(),
    transforms.normalizeGradient(),
  ];
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    const { pictures: made, pullback } = viewOf(
      tf.pad(pictures, [
        [0, 0],
        [9, 9],
        [9, 9],
        [0, 0],
      ]),
      list,
      at([7, 7]),
    );
    pullback(made);
  });
  expect(tf.memory().numTensors).toBe(before);
  pictures.dispose();
});

test('a picture of another size than the network sees is stretched to it, whatever moves it before', async () => {
  const picture = noise([1, 12, 8, 3], 4);
  const half = at([6, 4]);
  const stretched = await shown(picture, [transforms.resizeTo([6, 4])], half);
  expectNear(await shown(picture, [], half), stretched, 1e-6);
  expectNear(await shown(picture, [transforms.pad(2), transforms.cropOrPadTo([12, 8])], half), stretched, 1e-6);
  const blurred = [transforms.pad(3), transforms.blur(0.001), transforms.rotate([0])];
  expectNear(await shown(picture, blurred, half), stretched, 1e-5);
});

test('what gives pictures a size of their own is what is seen', async () => {
  const picture = noise([1, 12, 8, 3], 4);
  const middle = tf.tidy(() => tf.slice(tensorOf(picture), [0, 3, 2, 0], [1, 6, 4, 3]));
  const expected = await middle.data();
  middle.dispose();
  expectNear(await shown(picture, [transforms.cropOrPadTo([6, 4])], at([6, 4])), expected, 1e-6);
});
