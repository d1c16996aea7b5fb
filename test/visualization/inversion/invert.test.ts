import { layers as l } from '@tensorflow/tfjs-layers';
import { afterAll, describe, expect, test } from 'vitest';
import { activations } from '../../../src/network/activations.ts';
import { type NdArray, rowOf } from '../../../src/numeric/ndarray.ts';
import { parameterizations } from '../../../src/visualization/index.ts';
import { accentuate } from '../../../src/visualization/inversion/accentuate.ts';
import { caricature } from '../../../src/visualization/inversion/caricature.ts';
import { invert } from '../../../src/visualization/inversion/invert.ts';
import { chain, conv, randomized } from '../../oracle/building.ts';
import { expectNear } from '../../support/near.ts';

const model = randomized(
  chain(
    [8, 8, 3],
    conv({ name: 'first', filters: 6, padding: 'same', activation: 'relu' }),
    conv({ name: 'second', filters: 5, padding: 'same', activation: 'relu' }),
    l.globalAveragePooling2d({}),
    l.dense({ name: 'head', units: 3 }),
  ),
  14,
);
afterAll(() => model.dispose());
const pixels = model.layers[0]?.name as string;

/** Waves of different lengths and colours. */
function images(count: number): NdArray {
  const data = Float32Array.from({ length: count * 192 }, (_, i) => {
    const [example, row, column, channel] = [Math.floor(i / 192), Math.floor(i / 24) % 8, Math.floor(i / 3) % 8, i % 3];
    return 0.6 * Math.sin((0.5 + 0.3 * example) * row + 0.4 * (channel + 1) * column + example);
  });
  return { shape: [count, 8, 8, 3], data };
}
/** What the second layer makes of images. */
async function secondOf(x: NdArray): Promise<NdArray> {
  return (await activations(model, x, ['second'])).second;
}

const range = [-1, 1] as const;
const squares = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value * value, 0);

describe('invert', () => {
  test('recovers images from themselves', async () => {
    const x = images(1);
    const setting = {
      range,
      layer: pixels,
      smoothness: 0,
      steps: 120,
      parameterization: parameterizations.pixels({ decorrelate: false }),
      learningRate: 0.1,
    };
    const { error, inputs, images: pictures } = await invert(model, x, setting);
    expect(
      Math.sqrt(squares(x.data.map((value, i) => value - (inputs.data[i] as number))) / squares(x.data)),
    ).toBeLessThan(1e-2);
    expect(error[0]).toBeLessThan(1e-4);
    expectNear(
      pictures.data,
      x.data.map((value) => (value + 1) / 2),
      2e-2,
    );
  });

  test('brings features nearer, whatever else is inverted', async () => {
    const x = images(2);
    const setting = { range, layer: 'second', steps: 30 };
    const { curve, error, images: pictures, inputs, reported, featureNorm, warnings } = await invert(model, x, setting);
    expect([curve.shape, pictures.shape, warnings]).toEqual([[2, 31], [2, 8, 8, 3], []]);
    const [found, wanted] = [await secondOf(inputs), await secondOf(x)];
    for (const example of [0, 1]) {
      const apart = squares(rowOf(found, example).map((value, i) => value - (rowOf(wanted, example)[i] as number)));
      const size = squares(rowOf(wanted, example));
      expect(error[example]).toBeCloseTo(apart / size, 4);
      expect(featureNorm[example]).toBeCloseTo(Math.sqrt(size), 3);
      expect(curve.data[31 * example + 30]).toBeCloseTo(apart / size, 3);
      expect(apart / size).toBeLessThan(0.7 * (curve.data[31 * example] as number));
    }
    expect(reported?.error.length).toBe(2);
    const alone = await invert(model, images(1), setting);
    expectNear(alone.images.data, pictures.data.subarray(0, 192), 1e-3);
    expect(alone.reported).toBeUndefined();
  });

  test('is smoother where that counts more', async () => {
    const setting = { range, layer: 'second', steps: 15 };
    const [rough, smooth] = await Promise.all(
      [0, 300].map((smoothness) => invert(model, images(1), { ...setting, smoothness })),
    );
    const variation = ({ data }: NdArray): number =>
      squares(data.subarray(24).map((value, i) => value - (data[i] as number)));
    expect(variation((smooth as typeof rough & object).images)).toBeLessThan(
      0.8 * variation((rough as typeof smooth & object).images),
    );
  });

  test('says that a scale fits no picture', async () => {
    const { warnings } = await invert(model, images(1), { range: [0, 1], layer: 'second', steps: 1 });
    expect(warnings[0]).toContain('example 0 has a pixel of');
  });

  test('refuses what cannot be inverted', async () => {
    const refused = (given: object, text: string) =>
      expect(invert(model, images(1), { range, layer: 'second', steps: 1, ...given } as never)).rejects.toThrow(text);
    await refused({ layer: 'secnd' }, 'near: second');
    await refused({ mask: { neighborhood: 9 } }, '"mask.neighborhood" expected an integer in 1..8, got 9');
    await refused({ parameterization: parameterizations.alpha(parameterizations.fourier()) }, 'without opacity');
    await refused({ size: 8 }, '"options" expected some of');
    await refused({ range: undefined }, '"preprocessing" expected a preset');
    const dark = { shape: [1, 8, 8, 3], data: new Float32Array(192) };
    await expect(invert(model, dark, { range, layer: pixels })).rejects.toThrow(
      'features that are all 0 for example 0',
    );
    await expect(
      invert(model, { shape: [1, 9, 9, 3], data: new Float32Array(243) }, { range, layer: 'second' }),
    ).rejects.toThrow('"x" expected shape [n, 8, 8, 3]');
  });

  test('stops when it is told to', async () => {
    const controller = new AbortController();
    const onProgress = ({ done }: { done: number }): void => void (done === 2 && controller.abort(new Error('enough')));
    const call = invert(model, images(1), { range, layer: 'second', signal: controller.signal, onProgress });
    await expect(call).rejects.toThrow('enough');
  });
});

test('caricature turns the features of a picture to those of an image, without its help', async () => {
  const x = images(2);
  const setting = { range, layer: 'second', power: 1, transforms: [] };
  const [start, drawn] = [
    await caricature(model, x, { ...setting, steps: 0 }),
    await caricature(model, x, { ...setting, steps: 30 }),
  ];
  expect([drawn.images.shape, drawn.curve.shape]).toEqual([
    [2, 8, 8, 3],
    [2, 30],
  ]);
  const inputs = { shape: x.shape, data: drawn.images.data.map((value) => 2 * value - 1) };
  const [found, wanted] = [await secondOf(inputs), await secondOf(x)];
  for (const example of [0, 1]) {
    const [a, b] = [rowOf(found, example), rowOf(wanted, example)];
    const product = a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
    expect(drawn.cosine[example]).toBeCloseTo(product / Math.sqrt(squares(a) * squares(b)), 3);
    expect(drawn.gain[example]).toBeCloseTo(Math.sqrt(squares(a) / squares(b)), 3);
    expect(drawn.cosine[example]).toBeGreaterThan(start.cosine[example] as number);
    expect(drawn.curve.data[30 * example + 29]).toBeGreaterThan(drawn.curve.data[30 * example] as number);
  }
  await expect(
    caricature(model, { shape: [1, 8, 8, 3], data: new Float32Array(192) }, { range, layer: pixels }),
  ).rejects.toThrow('all 0');
});

describe('accentuate', () => {
  const setting = { range, steps: 15 };

  test('begins with the image itself', async () => {
    const { images: pictures, before, after, distance } = await accentuate(model, images(1), 1, { range, steps: 0 });
    expectNear(
      pictures.data,
      images(1).data.map((value) => (value + 1) / 2),
      1e-2,
    );
    expect(after[0]).toBeCloseTo(before[0] as number, 2);
    expect(distance[0]).toBeLessThan(1e-3);
  });

  test.each([undefined, 'first'])(
    'brings out what is asked for, the nearer the dearer a distance in %s is',
    async (layer) => {
      const near = { ...setting, ...(layer && { layer }) };
      const free = await accentuate(model, images(2), 1, { ...near, weight: 0 });
      const held = await accentuate(model, images(2), 1, { ...near, weight: 50 });
      expect([free.images.shape, free.curve.shape]).toEqual([
        [2, 8, 8, 3],
        [2, 15],
      ]);
      for (const example of [0, 1]) {
        expect(free.after[example]).toBeGreaterThan(free.before[example] as number);
        expect(held.distance[example]).toBeLessThan(free.distance[example] as number);
      }
    },
  );

  test('refuses what it cannot begin with or look for', async () => {
    const opaque = { ...setting, parameterization: parameterizations.alpha(parameterizations.fourier()) };
    await expect(accentuate(model, images(1), 7, setting)).rejects.toThrow('7');
    await expect(accentuate(model, images(1), { layer: 'secnd', unit: 0 }, setting)).rejects.toThrow('near: second');
    await expect(accentuate(model, images(1), 1, opaque)).rejects.toThrow();
  });
});
