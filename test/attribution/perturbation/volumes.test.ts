import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import * as vitrine from '../../../src/attribution/index.ts';
import { riseMasks } from '../../../src/attribution/perturbation/randomMasks/riseMasks.ts';
import { blur } from '../../../src/image/blur.ts';
import { segment } from '../../../src/image/segment.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { random } from '../../../src/numeric/random.ts';
import { inputsOf } from '../../oracle/building.ts';
import { resizedPlaces } from '../../oracle/cams.ts';
import { expectNear } from '../../support/near.ts';
import { withBuilt } from '../../support/recomputation.ts';
import { frameModel, linearVolumes, volumeModel } from '../../support/volumeModels.ts';

type Triple = readonly [number, number, number];

const linear = (): LayersModel => linearVolumes([3, 4, 5, 2]);
const lengths: Triple = [3, 4, 5];

/** What each voxel adds to the linear score, its channels together. */
async function shares(model: LayersModel, x: NdArray, hidden: ArrayLike<number> = []): Promise<number[]> {
  const kernel = await (model.getWeights()[0] as tf.Tensor).data();
  const channels = x.shape.at(-1) as number;
  return Array.from({ length: kernel.length / channels }, (_, voxel) => {
    let share = 0;
    for (let i = voxel * channels; i < (voxel + 1) * channels; i++) {
      share += (kernel[i] as number) * ((x.data[i] as number) - (hidden[i] ?? 0));
    }
    return share;
  });
}

/** Depth, row and column of each voxel. */
function placesOf([depth, rows, columns]: Triple): Triple[] {
  const places: Triple[] = [];
  for (let d = 0; d < depth; d++)
    for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) places.push([d, r, c]);
  return places;
}

/** The mean over all boxes that cover a voxel of what the score loses, box by box. */
async function occluded(
  sides: Triple,
  { window, stride }: { window: Triple; stride: Triple },
  drop: (isIn: (place: Triple) => boolean) => number | Promise<number>,
): Promise<number[]> {
  const starts = sides.map((length, axis) => {
    const found = [0];
    while ((found.at(-1) as number) + (window[axis] as number) < length)
      found.push((found.at(-1) as number) + (stride[axis] as number));
    return found;
  });
  const boxes: { isIn: (place: Triple) => boolean; lost: number }[] = [];
  for (const d of starts[0] as number[]) {
    for (const r of starts[1] as number[]) {
      for (const c of starts[2] as number[]) {
        const isIn = (place: Triple): boolean =>
          [d, r, c].every(
            (start, axis) =>
              (place[axis] as number) >= start && (place[axis] as number) < start + (window[axis] as number),
          );
        boxes.push({ isIn, lost: await drop(isIn) });
      }
    }
  }
  return placesOf(sides).map((place) => {
    const own = boxes.filter(({ isIn }) => isIn(place));
    return own.reduce((sum, { lost }) => sum + lost, 0) / own.length;
  });
}

describe('occlusion of volumes', () => {
  test.each([
    ['one number for all sides', { window: 2 }, [2, 2, 2], [2, 2, 2]],
    ['boxes that overlap', { window: [2, 3, 2], stride: [1, 2, 1] }, [2, 3, 2], [1, 2, 1]],
    ['the whole', { window: [3, 4, 5] }, [3, 4, 5], [3, 4, 5]],
  ] as const)('of a linear score: %s', async (_name, options, window, stride) => {
    await withBuilt(linear, async (model) => {
      const x = inputsOf(model, 1)[0] as NdArray;
      const own = await shares(model, x);
      const places = placesOf(lengths);
      const expected = await occluded(lengths, { window, stride }, (isIn) =>
        own.reduce((sum, share, i) => sum + (isIn(places[i] as Triple) ? share : 0), 0),
      );
      const { values, layout } = await vitrine.occlusion(model, x, options);
      expect(values.shape).toEqual([1, 3, 4, 5, 2]);
      expect(layout).toBeUndefined();
      expectNear(
        values.data,
        expected.flatMap((value) => [value, value]),
        1e-4,
      );
    });
  });

  test.each([
    ['a volume', volumeModel],
    ['frames', frameModel],
  ])('of %s through convolutions: box by box', async (_name, build) => {
    await withBuilt(build, async (model) => {
      const x = inputsOf(model, 2)[0] as NdArray;
      const places = placesOf([3, 6, 5]);
      const score = async (data: ArrayLike<number>): Promise<number> => {
        const y = tf.tidy(() => model.predict(tf.tensor(Array.from(data), [1, 3, 6, 5, 2])) as tf.Tensor);
        const [, value] = await y.data();
        y.dispose();
        return value as number;
      };
      const second = x.data.subarray(180);
      const whole = await score(second);
      const expected = await occluded(
        [3, 6, 5],
        { window: [2, 3, 2], stride: [2, 2, 2] },
        async (isIn) => whole - (await score(second.map((value, i) => (isIn(places[i >> 1] as Triple) ? 0.5 : value)))),
      );
      const options = { target: 1, window: [2, 3, 2], stride: 2, baseline: 0.5 } as const;
      const { values } = await vitrine.occlusion(model, x, options);
      expectNear(
        values.data.subarray(180),
        expected.flatMap((value) => [value, value]),
        1e-4,
      );
    });
  });

  test('refuses windows of two sides, and boxes that do not fit', async () => {
    await withBuilt(linear, async (model) => {
      const x = inputsOf(model, 1)[0] as NdArray;
      await expect(vitrine.occlusion(model, x, { window: [2, 2] })).rejects.toThrow(
        '"window" expected [planes, rows, columns] or one number for all, got [2, 2]',
      );
      await expect(vitrine.occlusion(model, x, { window: 4 })).rejects.toThrow(
        '"window" expected at most the 3 × 4 × 5 of input',
      );
    });
  });
});

describe('segments of volumes', () => {
  const halves = {
    shape: [3, 4, 5],
    data: Int32Array.from({ length: 60 }, (_, i) => Number(i >= 20) + Number(i % 5 > 2)),
  };
  const painted = (labels: ArrayLike<number>, own: readonly number[]): { values: number[]; bySegment: number[] } => {
    const bySegment: number[] = [];
    own.forEach((share, i) => (bySegment[labels[i] as number] = (bySegment[labels[i] as number] ?? 0) + share));
    return { values: own.map((_, i) => bySegment[labels[i] as number] as number), bySegment };
  };
  const methods = {
    featureAblation: (model: LayersModel, x: NdArray) =>
      vitrine.featureAblation(model, x, { segments: halves, baseline: 0.5 }),
    exactShapley: (model: LayersModel, x: NdArray) =>
      vitrine.exactShapley(model, x, { segments: halves, baseline: 0.5 }),
    kernelShap: (model: LayersModel, x: NdArray) => vitrine.kernelShap(model, x, { segments: halves, baseline: 0.5 }),
    shapleySampling: (model: LayersModel, x: NdArray) =>
      vitrine.shapleySampling(model, x, { segments: halves, baseline: 0.5, samples: 2 }),
  };

  test.each(Object.entries(methods))('%s of a linear score: what the voxels of each add', async (_name, method) => {
    await withBuilt(linear, async (model) => {
      const x = inputsOf(model, 1)[0] as NdArray;
      const { values, bySegment } = painted(halves.data, await shares(model, x, new Array(120).fill(0.5)));
      const found = await method(model, x);
      expect(found.values.shape).toEqual([1, 3, 4, 5]);
      expect(found.layout).toBe('ndhw');
      expectNear(found.values.data, values, 1e-4);
      expectNear(found.segmentValues.data, bySegment, 1e-4);
    });
  });

  test('partitionShap of a linear score: voxel by voxel after all passes', async () => {
    await withBuilt(
      () => linearVolumes([2, 2, 3, 1]),
      async (model) => {
        const x = inputsOf(model, 1)[0] as NdArray;
        const { values, delta, layout } = await vitrine.partitionShap(model, x, {
          evaluations: 5000,
          baseline: 'zero',
        });
        expect(values.shape).toEqual([1, 2, 2, 3]);
        expect(layout).toBe('ndhw');
        expectNear(values.data, await shares(model, x), 1e-4);
        expect(Math.abs(delta?.[0] as number)).toBeLessThan(1e-5);
      },
    );
  });

  test('lime: boxes by default, and the weights of a linear score', async () => {
    await withBuilt(linear, async (model) => {
      const x = inputsOf(model, 1)[0] as NdArray;
      const labels = segment(x, { grid: 2 });
      expect(labels.shape).toEqual([1, 3, 4, 5]);
      const zero = { samples: 200, ridge: 1e-9, baseline: 'zero' } as const;
      const found = await vitrine.lime(model, x, { ...zero, segments: { grid: 2 } });
      expectNear(found.values.data, painted(labels.data, await shares(model, x)).values, 1e-3);
      expect(found.fit[0]).toBeCloseTo(1, 5);
      // At most four boxes along each side: of three planes as many as there are.
      expect((await vitrine.lime(model, x, { samples: 4 })).segmentValues.shape).toEqual([1, 48]);
    });
  });

  test('lime hides a box behind its own mean', async () => {
    await withBuilt(linear, async (model) => {
      const x = inputsOf(model, 1)[0] as NdArray;
      const { data } = segment(x, { grid: 1 });
      const means = [0, 1].map((c) => x.data.filter((_, i) => i % 2 === c).reduce((sum, value) => sum + value, 0) / 60);
      const found = await vitrine.lime(model, x, { samples: 40, ridge: 1e-9, segments: { shape: [3, 4, 5], data } });
      const own = await shares(
        model,
        x,
        Array.from(x.data, (_, i) => means[i % 2] as number),
      );
      expectNear(found.segmentValues.data, [own.reduce((sum, share) => sum + share, 0)], 1e-3);
    });
  });

  test('sobolAttribution and hsicAttribution find the one box that counts', async () => {
    const model = linearVolumes([2, 2, 2, 1]);
    tf.tidy(() => model.setWeights([tf.tensor([0, 0, 0, 0, 0, 1, 0, 0], [8, 1]), tf.tensor([0])]));
    const x = { shape: [1, 2, 2, 2, 1], data: new Float32Array(8).fill(1) };
    const sobol = await vitrine.sobolAttribution(model, x, { cells: 2, samples: 64 });
    expect(sobol.values.shape).toEqual([1, 2, 2, 2]);
    expect((await vitrine.sobolAttribution(model, x)).segmentValues.shape).toEqual([1, 8]);
    sobol.segmentValues.data.forEach((value, i) => expect(Math.abs(value - Number(i === 5))).toBeLessThan(0.3));
    const { segmentValues } = await vitrine.hsicAttribution(model, x, { cells: 2, samples: 100 });
    expect(segmentValues.data.indexOf(Math.max(...segmentValues.data))).toBe(5);
    model.dispose();
  });

  test('segment(volume): cells, labels that are checked, and what divides pictures alone', () => {
    const x = { shape: [2, 3, 4, 5, 2], data: new Float32Array(240) };
    const { shape, data } = segment(x, { grid: 2 });
    expect(shape).toEqual([2, 3, 4, 5]);
    const expected = placesOf(lengths).map(
      ([d, r, c]) => Math.floor((d * 2) / 3) * 4 + Math.floor(r / 2) * 2 + Math.floor((c * 2) / 5),
    );
    expect([...data]).toEqual([...expected, ...expected]);
    expect(segment(x).data.reduce((most, label) => Math.max(most, label), 0)).toBe(47);
    expect(() => segment(x, { quickshift: 8 })).toThrow(
      '"segments" expected labels [3, 4, 5], {grid} or {slic} for volumes, got {quickshift}',
    );
    expect(() => segment(x, { shape: [4, 5], data: new Int32Array(20) })).toThrow('"segments" expected rank 3 or 4');
    const large = { shape: [3, 4, 4], data: new Int32Array(48) };
    expect(() => segment(x, large)).toThrow(
      '"segments" expected labels of shape [3, 4, 5] or [2, 3, 4, 5], got [3, 4, 4]',
    );
  });
});

describe('masks of volumes', () => {
  test('riseMasks: cells interpolated along each axis, cut out at a random place', async () => {
    const [cells, probability, sides] = [2, 0.5, [3, 5, 4] as const];
    const made = tf.tidy(() => riseMasks({ lengths: sides, cells, probability, stream: [7, 1] }, 3, 6));
    const masks = (await made.array()) as number[][][][];
    made.dispose();
    [3, 4, 5].forEach((k, i) => {
      const source = random(7, 1, k);
      const grid = Array.from({ length: 8 }, () => Number(source.uniform() < probability));
      const cell = sides.map((length) => Math.ceil(length / cells));
      const shift = cell.map((length) => source.integer(length));
      const large = cell.map((length) => (cells + 1) * length);
      const all = resizedPlaces(grid, [2, 2, 2], large);
      const expected = placesOf(sides).map(([d, r, c]) => {
        const [deep, row, column] = [d + (shift[0] as number), r + (shift[1] as number), c + (shift[2] as number)];
        return all[(deep * (large[1] as number) + row) * (large[2] as number) + column] as number;
      });
      expectNear((masks[i] as number[][][]).flat(2), expected, 1e-6);
    });
  });

  test('rise of a linear score: the masks, weighted by what they leave of it', async () => {
    await withBuilt(linear, async (model) => {
      const x = inputsOf(model, 1)[0] as NdArray;
      const options = { cells: 2, samples: 30, probability: 0.4, seed: 7 };
      const { values, layout } = await vitrine.rise(model, x, options);
      expect(values.shape).toEqual([1, 3, 4, 5]);
      expect(layout).toBe('ndhw');
      const masking = { lengths, cells: 2, probability: 0.4, stream: [7, 0] as const };
      const made = tf.tidy(() => tf.reshape(riseMasks(masking, 0, 30), [30, 60]));
      const masks = (await made.array()) as number[][];
      made.dispose();
      const [own, bias] = [await shares(model, x), (await (model.getWeights()[1] as tf.Tensor).data())[0] as number];
      const scores = masks.map((mask) => own.reduce((sum, share, i) => sum + share * (mask[i] as number), bias));
      const expected = own.map(
        (_, i) => masks.reduce((sum, mask, k) => sum + (scores[k] as number) * (mask[i] as number), 0) / 12,
      );
      expectNear(values.data, expected, 1e-4);
    });
  });
});

describe('baselines of volumes', () => {
  test("'mean' is the mean of each channel, 'blur' a Gaussian along all three axes", async () => {
    await withBuilt(linear, async (model) => {
      const x = inputsOf(model, 1)[0] as NdArray;
      const whole = { shape: [3, 4, 5], data: new Int32Array(60) };
      const lost = async (baseline: 'mean' | 'blur' | NdArray) =>
        (await vitrine.featureAblation(model, x, { segments: whole, baseline })).segmentValues.data;
      const means = [0, 1].map((c) => x.data.filter((_, i) => i % 2 === c).reduce((sum, value) => sum + value, 0) / 60);
      const sumOf = (own: readonly number[]): number => own.reduce((sum, share) => sum + share, 0);
      expectNear(
        await lost('mean'),
        [
          sumOf(
            await shares(
              model,
              x,
              Array.from(x.data, (_, i) => means[i % 2] as number),
            ),
          ),
        ],
        1e-4,
      );
      const blurred = blur(x, [3 / 20, 5 / 20, 5 / 20]);
      expectNear(await lost('blur'), [sumOf(await shares(model, x, blurred.data))], 1e-4);
    });
  });
});

test.each([
  ['meaningfulPerturbation', {}],
  ['extremalPerturbation', {}],
  ['predictionDifference', { background: { shape: [2, 3, 4, 5, 2], data: new Float32Array(240) } }],
  ['xrai', {}],
])('%s of a volume is refused, and says what takes volumes', async (name, options) => {
  await withBuilt(linear, async (model) => {
    const method = (vitrine as unknown as Record<string, (...given: unknown[]) => Promise<unknown>>)[name];
    await expect(method?.(model, inputsOf(model, 1)[0], options)).rejects.toThrow(
      '"input" expected an image [n, h, w, c], got a model of [1, 3, 4, 5, 2]; volumes are taken by occlusion, rise, lime and the methods over segments',
    );
  });
});
