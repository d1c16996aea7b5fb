import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomDirections } from '../../../src/dissection/rotation/randomDirections.ts';
import { activations } from '../../../src/network/activations.ts';
import { principalDirections } from '../../../src/numeric/linear/principalDirections.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { runningCovariance } from '../../../src/numeric/running.ts';
import { atOnce } from '../../../src/numeric/sliced.ts';
import { nonNegativeFactors } from '../../../src/visualization/concepts/nonNegativeFactors.ts';
import { applySparseCodes } from '../../../src/visualization/concepts/sparse/applySparseCodes.ts';
import { fitSparseCodes } from '../../../src/visualization/concepts/sparse/fitSparseCodes.ts';
import { smallImages, smallNetwork } from '../../support/smallNetwork.ts';
import { recovery, rowsIn, superposed, unitsShuffled } from '../../support/superposed.ts';

describe('planted directions, more of them than units', async () => {
  const { directions, vectors } = superposed(6000);
  const codes = await fitSparseCodes(vectors, { size: 96, active: 3, steps: 800 });
  const found = recovery(directions, rowsIn(codes.decoder));

  test('are the directions of sparse codes', () => {
    expect(found.mean).toBeGreaterThan(0.95);
    expect(found.found).toBeGreaterThan(0.85);
    expect(codes.explainedVariance).toBeGreaterThan(0.85);
  });

  test('and not of those of vectors whose units are shuffled', async () => {
    const control = await fitSparseCodes(unitsShuffled(vectors), { size: 96, active: 3, steps: 300 });
    expect(recovery(directions, rowsIn(control.decoder)).mean).toBeLessThan(0.7);
  });

  test('and not those of principal components, of non-negative factors, or random ones', async () => {
    const running = runningCovariance(24);
    for (const row of rowsIn(vectors)) running.add(Float64Array.from(row));
    const principal = atOnce(principalDirections(running.covariance())).directions;
    const rectified = { shape: [600, 24], data: vectors.data.slice(0, 600 * 24).map((value) => Math.max(0, value)) };
    const { parts } = await nonNegativeFactors(rectified, { count: 64, steps: 40 });
    const others = [
      recovery(directions, principal, { eitherSign: true }),
      recovery(directions, rowsIn(parts)),
      recovery(directions, rowsIn(randomDirections({ count: 96, unitCount: 24 }))),
    ];
    for (const { mean } of others) expect(mean).toBeLessThan(0.7);
  });

  test('what is said of the codes is so', async () => {
    const some = { shape: [6000, 24], data: vectors.data };
    const { shape, data } = await applySparseCodes(codes, some);
    expect(shape).toEqual([6000, 96]);
    const used = new Float64Array(96);
    let missed = 0;
    let spread = 0;
    const mean = Float64Array.from(
      { length: 24 },
      (_, unit) => vectors.data.filter((_, i) => i % 24 === unit).reduce((a, b) => a + b, 0) / 6000,
    );
    for (let row = 0; row < 6000; row++) {
      const own = data.subarray(row * 96, (row + 1) * 96);
      const places = [...own.keys()].filter((code) => own[code] !== 0);
      expect(places.length).toBeLessThanOrEqual(3);
      for (const place of places) used[place]! += 1 / 6000;
      for (let unit = 0; unit < 24; unit++) {
        const value = vectors.data[row * 24 + unit] as number;
        const rebuilt = places.reduce(
          (sum, code) => sum + (own[code] as number) * (codes.decoder.data[code * 24 + unit] as number),
          codes.bias[unit] as number,
        );
        missed += (value - rebuilt) ** 2;
        spread += (value - (mean[unit] as number)) ** 2;
      }
    }
    expect(codes.explainedVariance).toBeCloseTo(1 - missed / spread, 4);
    codes.rates.forEach((rate, code) => expect(rate).toBeCloseTo(used[code] as number, 6));
    expect(codes.dead).toBe(used.filter((rate) => rate === 0).length);
    for (const row of rowsIn(codes.decoder)) expect(Math.hypot(...row)).toBeCloseTo(1, 5);
  });
});

describe('fitSparseCodes', () => {
  const few = superposed(300, { features: 6, units: 4, seed: 2 }).vectors;
  const options = { size: 8, active: 2, steps: 60, batchSize: 32 } as const;

  test('the same seed gives the same, another seed another', async () => {
    const first = await fitSparseCodes(few, options);
    expect(await fitSparseCodes(few, options)).toEqual(first);
    expect((await fitSparseCodes(few, { ...options, seed: 1 })).decoder).not.toEqual(first.decoder);
    expect(structuredClone(first)).toEqual(first);
  });

  test('activations of another scale have the same directions, and codes of that scale', async () => {
    const [first, scaled] = await Promise.all(
      [1, 64].map((scale) => fitSparseCodes({ ...few, data: few.data.map((value) => scale * value) }, options)),
    );
    if (!first || !scaled) throw new Error();
    expect(scaled.decoder).toEqual(first.decoder);
    scaled.bias.forEach((value, unit) => expect(value / 64).toBeCloseTo(first.bias[unit] as number, 5));
  });

  test('more steps explain more', async () => {
    const short = await fitSparseCodes(few, { ...options, steps: 1 });
    const long = await fitSparseCodes(few, { ...options, steps: 400, learningRate: 0.01 });
    expect(long.explainedVariance).toBeGreaterThan(short.explainedVariance + 0.1);
    expect(long.losses).toHaveLength(400);
  });

  test('of a model: the positions of a layer, or some of each image', async () => {
    const model = smallNetwork();
    const images = smallImages(5);
    const own = { size: 9, active: 2, steps: 5 };
    const found = await fitSparseCodes(model, images, { ...own, layer: 'conv' });
    const conv: number[] = [];
    for (const { image } of images) conv.push(...((await activations(model, image, ['conv'])).conv as NdArray).data);
    const array = await fitSparseCodes({ shape: [5, 8, 8, 6], data: Float32Array.from(conv) }, own);
    expect(found).toMatchObject({ layer: 'conv', encoder: array.encoder, explainedVariance: array.explainedVariance });
    expect(found.directions.map(({ layer, vector }) => [layer, ...vector])).toEqual(
      rowsIn(found.decoder).map((row) => ['conv', ...row]),
    );
    const some = await fitSparseCodes(model, images, { ...own, layer: 'conv', samples: 3 });
    expect(some.encoder).not.toEqual(found.encoder);
    expect((await fitSparseCodes(model, images, { ...own, layer: 'head', samples: 3 })).decoder.shape).toEqual([9, 2]);
    model.dispose();
  });

  const same = { shape: [3, 2], data: Float32Array.of(1, 2, 1, 2, 1, 2) };
  const faulty = { shape: [2, 2], data: Float32Array.of(1, 2, Number.NaN, 2) };
  const wrong: readonly (readonly [string, () => Promise<unknown>, RegExp])[] = [
    [
      'more active codes than there are',
      () => fitSparseCodes(few, { size: 3, active: 4 }),
      /"active" expected an integer in 1\.\.3, got 4/,
    ],
    ['vectors that are all the same', () => fitSparseCodes(same, options), /expected vectors that differ/],
    ['NaN', () => fitSparseCodes(faulty, options), /got NaN at \[1, 0\]/],
    ['no number of codes', () => fitSparseCodes(few, { active: 1 } as never), /"size"/],
    ['a misspelt option', () => fitSparseCodes(few, { ...options, step: 1 } as never), /steps/],
    ['a list', () => fitSparseCodes([few] as never, options as never), /"/],
  ];
  for (const [name, call, message] of wrong) {
    test(`refuses ${name}`, () => expect(call()).rejects.toThrow(message));
  }

  test('refuses to apply codes to another number of units', async () => {
    const codes = await fitSparseCodes(few, { ...options, steps: 1 });
    await expect(applySparseCodes(codes, same)).rejects.toThrow('"activations" expected 4 units, got shape [3, 2]');
    await expect(applySparseCodes({} as never, few)).rejects.toThrow('"codes.encoder" expected');
  });

  test('stops', async () => {
    const controller = new AbortController();
    const call = fitSparseCodes(few, {
      ...options,
      steps: 5000,
      signal: controller.signal,
      onProgress: ({ done }) => done === 20 && controller.abort(new Error('enough')),
    });
    await expect(call).rejects.toThrow('enough');
  });
});

test('applySparseCodes: the codes of each position of a layer', async () => {
  const { vectors } = superposed(24, { features: 6, units: 4, seed: 3 });
  const codes = await fitSparseCodes(vectors, { size: 5, active: 5, steps: 3 });
  const flat = await applySparseCodes(codes, vectors);
  const { shape, data } = await applySparseCodes(codes, { shape: [2, 3, 4, 4], data: vectors.data });
  expect(shape).toEqual([2, 3, 4, 5]);
  expect(data).toEqual(flat.data);
  // With all codes active each is max(0, ⟨w, x − b_p⟩ + b).
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 4 }), (row, code) => {
      let sum = codes.encoderBias[code] as number;
      for (let unit = 0; unit < 4; unit++) {
        const centred = (vectors.data[row * 4 + unit] as number) - (codes.bias[unit] as number);
        sum += (codes.encoder.data[code * 4 + unit] as number) * centred;
      }
      expect(flat.data[row * 5 + code]).toBeCloseTo(Math.max(0, sum), 5);
    }),
  );
});
