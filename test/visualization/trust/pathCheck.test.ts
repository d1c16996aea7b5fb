import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layers as l } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { activations } from '../../../src/network/activations.ts';
import { predict } from '../../../src/network/predict.ts';
import { concatenated } from '../../../src/network/walk/batches.ts';
import { type NdArray, rowOf } from '../../../src/numeric/ndarray.ts';
import { type PathCheckOptions, pathCheck } from '../../../src/visualization/trust/pathCheck.ts';
import { chain, free, inputsOf, randomized } from '../../oracle/building.ts';
import { foolingCircuit, noises, patterned, templateCount } from '../../support/foolingCircuit.ts';

/** Five natural pictures of each template. */
const natural = patterned(Array.from({ length: 5 * templateCount }, (_, i) => i % templateCount));
const ofA = { layer: 'head', unit: 0 };
const ofF = { layer: 'head', unit: 1 };
const settings = { images: natural, layers: ['detectors', 'all'], count: 5 };

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe('a fooling circuit', () => {
  let model: LayersModel;
  beforeAll(() => {
    model = foolingCircuit();
  });
  afterAll(() => model.dispose());

  test('A is F in natural pictures and D elsewhere', async () => {
    const { values } = await predict(model, natural);
    const rows = Array.from({ length: natural.shape[0] as number }, (_, i) => rowOf(values, i));
    for (const [a, f] of rows) expect(a).toBeCloseTo(f as number, 4);
    const bright = await predict(model, patterned([0, 4], { brightness: 0.8 }));
    const { features } = await activations(model, patterned([0, 4], { brightness: 0.8 }), ['features']);
    [0, 1].forEach((i) => {
      expect(rowOf(bright.values, i)[0]).toBeCloseTo(3 * (rowOf(features, i)[4] as number), 4);
    });
  });

  test('the picture of the fooling unit has a high objective and a low score, that of the honest one a high score', async () => {
    // What excites A most is D with another brightness, and F what excites F.
    const fooling = await pathCheck(model, patterned([4], { brightness: 0.8, noise: 0 }), {
      ...settings,
      objective: ofA,
    });
    const honest = await pathCheck(model, patterned([0], { contrast: 1, noise: 0 }), { ...settings, objective: ofF });
    for (const { natural: best } of [fooling, honest]) {
      expect(best.map(({ image }) => image % templateCount)).toEqual([0, 0, 0, 0, 0]);
    }
    expect(fooling.objective[0]).toBeGreaterThan(2 * (fooling.natural[0]?.objective as number));
    expect(honest.objective[0]).toBeGreaterThan(honest.natural[0]?.objective as number);
    const [low = [], high = []] = [fooling, honest].map(({ curve }) => curve.map(({ score }) => score?.[0] as number));
    expect(Math.max(...low)).toBeLessThanOrEqual(0.2);
    expect(Math.min(...high)).toBeGreaterThanOrEqual(0.8);
  });

  test('a natural image against itself scores 1', async () => {
    const { natural: best } = await pathCheck(model, noises(1), { ...settings, objective: ofA });
    const x: NdArray = { shape: [1, 12, 12, 1], data: rowOf(natural, best[0]?.image as number) };
    const { curve } = await pathCheck(model, x, { ...settings, objective: ofA, count: 1 });
    expect(curve).toHaveLength(2);
    for (const { score } of curve) expect(score?.[0]).toBeCloseTo(1, 6);
  });

  test('noise scores low', async () => {
    const { curve } = await pathCheck(model, noises(16), { ...settings, objective: ofF });
    for (const { score } of curve) expect(average([...(score as Float32Array)])).toBeLessThanOrEqual(0.2);
  });
});

/** Spearman's correlation where no two numbers are the same, by the sum of squared differences of ranks. */
function plainSpearman(a: readonly number[], b: readonly number[]): number {
  const rank = (values: readonly number[], i: number) => values.filter((other) => other < (values[i] as number)).length;
  const squares = a.reduce((sum, _, i) => sum + (rank(a, i) - rank(b, i)) ** 2, 0);
  return 1 - (6 * squares) / (a.length * (a.length ** 2 - 1));
}

function network(): LayersModel {
  return randomized(
    chain(
      [8, 8, 2],
      l.conv2d({ filters: 12, kernelSize: 3, strides: 2, activation: 'tanh', name: 'first' }),
      l.conv2d({ filters: 15, kernelSize: 2, activation: 'tanh', name: 'second' }),
      l.flatten(),
      l.dense({ units: 3, name: 'head' }),
    ),
    4,
  );
}

/** Twelve images of noise, brighter in the one channel or, every other one, in the other. */
function ofTwoKinds(model: LayersModel): NdArray {
  const [{ shape, data }] = inputsOf(model, 12, 1) as [NdArray];
  const isBright = (i: number): boolean => (Math.floor(i / (8 * 8 * 2)) + i) % 2 === 0;
  return { shape, data: data.map((value, i) => value + (isBright(i) ? 0.7 : -0.7)) };
}

describe('a network of random weights', () => {
  let model: LayersModel;
  let natural: NdArray;
  let pictures: NdArray;
  beforeAll(() => {
    model = network();
    natural = ofTwoKinds(model);
    [pictures] = inputsOf(model, 3, 2) as [NdArray];
  });
  afterAll(() => free(model));

  /** The units of each image, averaged over positions in plain loops. */
  async function units(x: NdArray, layer: string): Promise<number[][]> {
    const { [layer]: maps } = await activations(model, x, [layer]);
    const channels = maps?.shape.at(-1) as number;
    return Array.from({ length: x.shape[0] as number }, (_, image) => {
      const row = rowOf(maps as NdArray, image);
      return Array.from({ length: channels }, (_, unit) => average([...row].filter((_, i) => i % channels === unit)));
    });
  }

  test('the curve is that of plain loops', async () => {
    const count = 4;
    const options = { objective: 1, images: natural, layers: ['first', 'second'], count, samples: 100 };
    const { curve, natural: best, objective } = await pathCheck(model, pictures, options);
    const logits = (await predict(model, natural)).values;
    const ranking = Array.from({ length: 12 }, (_, i) => i).sort(
      (a, b) => (logits.data[3 * b + 1] as number) - (logits.data[3 * a + 1] as number),
    );
    expect(best.map(({ image }) => image)).toEqual(ranking.slice(0, count));
    const own = (await predict(model, pictures)).values;
    [0, 1, 2].forEach((i) => expect(objective[i]).toBeCloseTo(own.data[3 * i + 1] as number, 5));
    expect(curve.some(({ score }) => score !== null)).toBe(true);
    for (const [i, layer] of options.layers.entries()) {
      const [of, given] = [await units(natural, layer), await units(pictures, layer)];
      const top = ranking.slice(0, count).map((image) => of[image] as number[]);
      const others = ranking.slice(count).map((image) => of[image] as number[]);
      const pairs = top.flatMap((a) => top.filter((b) => b !== a).map((b) => plainSpearman(a, b)));
      const [same, different] = [average(pairs), average(top.flatMap((a) => others.map((b) => plainSpearman(a, b))))];
      expect(curve[i]?.same).toBeCloseTo(same, 6);
      const own = top.map((a) => average(top.filter((b) => b !== a).map((b) => plainSpearman(a, b))));
      const spread = Math.sqrt(average(own.map((value) => (value - same) ** 2)));
      expect(curve[i]?.different).toBeCloseTo(different, 6);
      if (same - different >= 0.1) expect(curve[i]?.deviation).toBeCloseTo(spread / (same - different), 4);
      else expect(curve[i]?.deviation).toBeNull();
      given.forEach((picture, n) => {
        const found = average(top.map((a) => plainSpearman(picture, a)));
        expect(curve[i]?.correlation[n]).toBeCloseTo(found, 6);
        const [scale, score] = [same - different, curve[i]?.score ?? null];
        if (scale >= 0.1) expect(score?.[n]).toBeCloseTo((found - different) / scale, 4);
        else expect(score).toBeNull();
      });
    }
  });

  test('the natural images that speak for the objective are as like them as they are', async () => {
    const options = { objective: { layer: 'second', unit: 3 }, images: natural, layers: ['first', 'second'], count: 3 };
    const { natural: best } = await pathCheck(model, pictures, options);
    const rows = best.map(({ image }) => ({ shape: [1, 8, 8, 2], data: rowOf(natural, image) }));
    const { curve, objective } = await pathCheck(model, concatenated(rows), options);
    for (const { correlation, same } of curve) expect(average([...correlation])).toBeCloseTo(same, 6);
    best.forEach((one, i) => expect(objective[i]).toBeCloseTo(one.objective, 5));
  });

  test('batches change nothing, and the seed draws the others', async () => {
    const options = { objective: 0, images: natural, layers: ['first'], count: 3, samples: 4 };
    const found = await pathCheck(model, pictures, { ...options, batchSize: 1 });
    const batches = await pathCheck(model, pictures, { ...options, batchSize: 5 });
    expect(batches.natural.map(({ image }) => image)).toEqual(found.natural.map(({ image }) => image));
    expect(batches.curve[0]?.different).toBeCloseTo(found.curve[0]?.different as number, 5);
    const other = await pathCheck(model, pictures, { ...options, seed: 1 });
    expect(other.curve[0]?.different).not.toBeCloseTo(found.curve[0]?.different as number, 5);
    expect(other.curve[0]?.same).toBeCloseTo(found.curve[0]?.same as number, 5);
  });

  test('progress tells what is read', async () => {
    const stages: string[] = [];
    await pathCheck(model, pictures, {
      objective: 0,
      images: natural,
      layers: ['first'],
      onProgress: ({ stage, done, total }) => void stages.push(`${stage} ${done}/${total}`),
      batchSize: 12,
    });
    expect(stages).toEqual(['objective 12/Infinity', 'paths 12/12', 'pictures 3/3', 'pictures 3/3']);
  });

  test('what cannot be', async () => {
    const good: PathCheckOptions = { objective: 0, images: natural, layers: ['first'] };
    const wrong: [options: object, message: RegExp][] = [
      [{ layers: ['fist'] }, /"layers" expected the address of a layer, got "fist"; near: first/],
      [{ layers: [] }, /"layers" expected a list with elements/],
      [{ objective: 'predicted' }, /"objective" expected a class/],
      [{ objective: undefined }, /"objective" expected/],
      [{ objective: 3 }, /"objective" expected an integer in 0..2, got 3/],
      [{ objective: { picture: () => undefined } }, /"objective" expected one of the network/],
      [{ images: [] }, /"images" expected at least one image, got none/],
      [{ images: [rowOf(natural, 0)] }, /"images"/],
      [{ images: { shape: [1, 8, 8, 2], data: rowOf(natural, 0) } }, /"images" expected two images or more, got one/],
      [{ count: 0 }, /"count" expected/],
      [{ sample: 3 }, /"options" expected some of samples/],
    ];
    for (const [options, message] of wrong) {
      await expect(pathCheck(model, pictures, { ...good, ...options } as PathCheckOptions)).rejects.toThrow(message);
    }
    const narrow = randomized(
      chain([8, 8, 2], l.conv2d({ filters: 1, kernelSize: 3, name: 'one' }), l.flatten(), l.dense({ units: 2 })),
    );
    await expect(pathCheck(narrow, pictures, { ...good, layers: ['one'] })).rejects.toThrow(
      /"layers" expected layers of two units or more, got "one" of one/,
    );
    free(narrow);
  });
});

test('a unit that is silent in all images: a warning, and no scale where all units are dead', async () => {
  const model = chain(
    [6, 6, 1],
    l.conv2d({ filters: 4, kernelSize: 3, activation: 'relu', kernelInitializer: 'zeros', name: 'dead' }),
    l.globalAveragePooling2d({}),
    l.dense({ units: 2, kernelInitializer: 'zeros', name: 'head' }),
  );
  const [images] = inputsOf(model, 6) as [NdArray];
  const { curve, warnings } = await pathCheck(model, images, { objective: 1, images, layers: ['dead'] });
  expect(warnings).toEqual([
    'the objective is the same in all natural images: chance has chosen those that speak for it',
  ]);
  expect(curve).toEqual([
    { layer: 'dead', score: null, deviation: null, correlation: new Float32Array(6), same: 0, different: 0 },
  ]);
  free(model);
});
