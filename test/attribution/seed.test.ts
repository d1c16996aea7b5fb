import type { LayersModel } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gradient, noiseTunnel } from '../../src/attribution/index.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';
import { thorough } from '../support/backend.ts';
import { methods } from '../support/methods.ts';
import { fixtureModel } from '../support/models.ts';

const { normal } = random(2);
const x: NdArray = { shape: [1, 16, 16, 3], data: Float32Array.from({ length: 768 }, normal) };

const drawn = new Set([
  ...['integratedGradients', 'expectedGradients', 'deepLift', 'smoothGrad', 'squareGrad', 'varGrad', 'randomMap'],
  ...['kernelShap', 'shapleySampling', 'lime', 'rise', 'sobolAttribution', 'hsicAttribution'],
  ...['predictionDifference', 'meaningfulPerturbation'],
]);

let model: LayersModel;
beforeAll(async () => {
  model = await fixtureModel('vgg-tiny');
});
afterAll(() => model.dispose());

const run = async (name: string, seed: number): Promise<Float32Array> =>
  (await (methods[name] as (typeof methods)[string])(model, x, { seed, target: 1 })).values.data;
const some = (names: readonly string[], few: number): readonly string[] => (thorough ? names : names.slice(0, few));

test.each(some([...drawn], 2))('%s draws: the same seed gives the same bits, another others', async (name) => {
  const one = await run(name, 3);
  expect(await run(name, 3)).toEqual(one);
  expect(await run(name, 4)).not.toEqual(one);
});

const fixed = Object.keys(methods).filter((name) => !drawn.has(name));
test.each(some(fixed, 2))('%s draws nothing: it gives the same bits whatever the seed', async (name) => {
  expect(await run(name, 4)).toEqual(await run(name, 3));
});

test('noiseTunnel hands another seed to each sample, and none of one seed to another', async () => {
  const seedsOf = async (seed: number): Promise<readonly number[]> => {
    const seeds: number[] = [];
    const watched = noiseTunnel((given, input, options) => {
      seeds.push(options.seed as number);
      return gradient(given, input, options);
    });
    await watched(model, x, { seed, target: 1 });
    return seeds;
  };
  const [one, again, other] = [await seedsOf(0), await seedsOf(0), await seedsOf(1)];
  expect(one).toHaveLength(25);
  expect(again).toEqual(one);
  expect(new Set([...one, ...other]).size).toBe(50);
});
