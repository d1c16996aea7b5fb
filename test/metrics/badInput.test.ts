import type { LayersModel } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gradCam } from '../../src/attribution/cam/gradCam.ts';
import { gradient } from '../../src/attribution/gradient/gradient.ts';
import * as metrics from '../../src/metrics/index.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import type { Attribution, Explainer } from '../../src/scoring/types.ts';
import { mapMetrics } from '../support/metrics.ts';
import { fixtureModel } from '../support/models.ts';
import { weightedOutputs } from '../support/weightedOutputs.ts';

const x: NdArray = { shape: [2, 16, 16, 3], data: Float32Array.from({ length: 1536 }, (_, i) => Math.sin(i)) };
const array = (...shape: number[]): NdArray => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((product, length) => product * length, 1) }, (_, i) => Math.cos(i)),
});
const attribution = array(2, 16, 16);
let model: LayersModel;
beforeAll(async () => {
  model = await fixtureModel('vgg-tiny');
});
afterAll(() => model.dispose());

const broken = { ...attribution, data: attribution.data.map((value, i) => (i === 256 + 17 ? Number.NaN : value)) };
test.each(Object.keys(mapMetrics))('%s refuses a map that does not fit or is not finite', async (name) => {
  const run = (given: metrics.GivenMap): Promise<unknown> =>
    (mapMetrics[name] as (typeof mapMetrics)[string])(model, x, { attribution: given });
  await expect(run(broken)).rejects.toThrow('"attribution" expected finite numbers, got NaN at [1, 1, 1]');
  await expect(run(array(2, 4, 4))).rejects.toThrow(
    '"attribution" expected shape [2, 16, 16] or [2, 16, 16, 3] to fit the input, got [2, 4, 4]',
  );
});

const onto = { attribution };
const explainer: Explainer = gradient;
const run: Record<string, () => Promise<unknown>> = {
  'a map of the layer': async () =>
    metrics.deletion(model, x, { attribution: await gradCam(model, x, { size: 'layer' }) }),
  'a map for one example of two': () => metrics.deletion(model, x, { attribution: array(16, 16) }),
  'two channels of three': () => metrics.deletion(model, x, { attribution: array(2, 16, 16, 2) }),
  'no map': () => metrics.deletion(model, x, {} as typeof onto),
  'an empty step': () => metrics.deletion(model, x, { ...onto, perStep: 0 }),
  'an unknown order': () => metrics.insertion(model, x, { ...onto, order: 'best' as 'morf' }),
  'an unknown baseline': () => metrics.pixelFlipping(model, x, { ...onto, baseline: 'black' as 'zero' }),
  'another input': () => metrics.deletion(model, x, { ...onto, input: 1 }),
  'an unknown class': () => metrics.deletion(model, x, { ...onto, target: 5 }),
  'a function that is not said again': async () => {
    const attribution = await gradient(model, x, { target: weightedOutputs });
    return metrics.deletion(model, x, { attribution });
  },
  'an empty patch': () => metrics.regionPerturbation(model, x, { ...onto, patch: 0 }),
  'no regions': () => metrics.regionPerturbation(model, x, { ...onto, regions: 0 }),
  'labels of another size': () =>
    metrics.irof(model, x, { ...onto, segments: { shape: [4, 4], data: new Int32Array(16) } }),
  'a fraction of all': () => metrics.road(model, x, { ...onto, shares: [0.5, 1] }),
  'a fraction that leaves no pixel': () => metrics.road(model, x, { ...onto, shares: [0.9999] }),
  'negative noise': () => metrics.road(model, x, { ...onto, noise: -1 }),
  'perturbations of another shape': () =>
    metrics.infidelity(model, x, { ...onto, perturbations: array(4, 2, 16, 16, 1) }),
  'no perturbations': () => metrics.infidelity(model, x, { ...onto, samples: 0 }),
  'an unknown kind of perturbation': () => metrics.infidelity(model, x, { ...onto, kind: 'blur' as 'noise' }),
  'an unknown kind of drop': () => metrics.averageDrop(model, x, { ...onto, kind: 'loss' as 'drop' }),
  'subsets of another size': () => metrics.faithfulnessCorrelation(model, x, { ...onto, subsets: array(4, 8, 8) }),
  'subsets without sizes': () => metrics.sensitivityN(model, x, { ...onto, subsets: array(4, 16, 16) }),
  'one subset': () => metrics.faithfulnessCorrelation(model, x, { ...onto, samples: 1 }),
  'a subset of more than all': () => metrics.faithfulnessCorrelation(model, x, { ...onto, subsetSize: 257 }),
  'an empty size': () => metrics.sensitivityN(model, x, { ...onto, sizes: [4, 0] }),
  'an empty grid': () => metrics.muFidelity(model, x, { ...onto, grid: 0 }),
  'a negative share': () => metrics.muFidelity(model, x, { ...onto, share: -0.1 }),
  'a negative tolerance': () => metrics.monotonicity(model, x, { ...onto, tolerance: -1 }),
  'no draws': () => metrics.monotonicityCorrelation(model, x, { ...onto, samples: 0 }),
  'no explainer': () => metrics.maxSensitivity(model, x, {} as { explainer: Explainer }),
  'no neighbours': () => metrics.maxSensitivity(model, x, { explainer, samples: 0 }),
  'a negative radius': () => metrics.localLipschitz(model, x, { explainer, radius: -1 }),
  'neighbours of another shape': () =>
    metrics.averageSensitivity(model, x, { explainer, perturbed: array(3, 1, 16, 16, 3) }),
  'an unknown layer': () => metrics.modelRandomization(model, x, { explainer, layers: ['conv1', 'conv9'] }),
  'a layer without weights': () => metrics.modelRandomization(model, x, { explainer, layers: ['pool1'] }),
  'no layers': () => metrics.modelRandomization(model, x, { explainer, layers: [] }),
  'an unknown way to randomise': () =>
    metrics.modelRandomization(model, x, { explainer, randomize: 'all' as 'cascading' }),
};

const messages: Record<keyof typeof run, string> = {
  'a map of the layer': '"attribution" expected shape [2, 16, 16] or [2, 16, 16, 3] to fit the input, got [2, 4, 4]',
  'a map for one example of two': 'to fit the input, got [16, 16]',
  'two channels of three': 'to fit the input, got [2, 16, 16, 2]',
  'no map': '"attribution" expected an attribution or the map of one, got undefined',
  'an empty step': '"perStep" expected an integer of at least 1, got 0',
  'an unknown order': '"order" expected one of lerf, morf, got "best"',
  'an unknown baseline': `"baseline" expected 'zero'`,
  'another input': '"input" expected an integer in 0..0, got 1',
  'a function that is not said again': '"target" expected what "attribution" explains, which is a function, got none',
  'an unknown class': '"target" expected an integer in 0..4, got 5',
  'an empty patch': '"patch" expected an integer of at least 1, got 0',
  'no regions': '"regions" expected an integer of at least 1, got 0',
  'labels of another size': '"segments" expected labels of shape [16, 16]',
  'a fraction of all': '"shares[1]" expected a number between 0 and 1, got 1',
  'a fraction that leaves no pixel': 'expected a pixel that stays in each picture',
  'negative noise': '"noise" expected a finite number of at least 0, got -1',
  'perturbations of another shape': '"perturbations" expected shape [samples, 2, 16, 16, 3], got [4, 2, 16, 16, 1]',
  'no perturbations': '"samples" expected an integer of at least 1, got 0',
  'an unknown kind of perturbation': '"kind" expected one of square, noise, got "blur"',
  'an unknown kind of drop': '"kind" expected one of',
  'subsets of another size': '"subsets" expected shape [samples, 16, 16], got [4, 8, 8]',
  'subsets without sizes': '"subsets" expected rank 4, got shape [4, 16, 16]',
  'one subset': '"samples" expected an integer of at least 2, got 1',
  'a subset of more than all': '"subsetSize" expected an integer in 1..256, got 257',
  'an empty size': '"sizes[1]" expected an integer of at least 1, got 0',
  'an empty grid': '"grid" expected an integer of at least 1, got 0',
  'a negative share': '"share" expected a number in 0..1, got -0.1',
  'a negative tolerance': '"tolerance" expected a finite number of at least 0, got -1',
  'no draws': '"samples" expected an integer of at least 1, got 0',
  'no explainer': '"explainer" expected a function, got undefined',
  'no neighbours': '"samples" expected an integer of at least 1, got 0',
  'a negative radius': '"radius" expected a finite number of at least 0, got -1',
  'neighbours of another shape': '"perturbed" expected shape [samples, 2, 16, 16, 3], got [3, 1, 16, 16, 3]',
  'an unknown layer': '"layers" expected layers with weights, got "conv9"; near: conv',
  'a layer without weights': '"layers" expected layers with weights, got "pool1"; near:',
  'no layers': '"layers" expected a list with elements, got []',
  'an unknown way to randomise': '"randomize" expected one of cascading, independent, got "all"',
};

test.each(Object.keys(run))('%s is refused by name', async (what) => {
  await expect((run[what] as () => Promise<unknown>)()).rejects.toThrow(messages[what] as string);
});

test('completenessGap(attribution) needs a delta or the score of the baseline', () => {
  const bare: Attribution = {
    values: array(2, 3),
    method: 'any',
    target: null,
    score: new Float32Array(2),
    explained: { target: 'function', scale: 'logit' },
  };
  expect(() => metrics.completenessGap(bare)).toThrow('"origin" expected the score of the baseline');
  expect(() => metrics.completenessGap(bare, { origin: [1] })).toThrow(
    '"origin" expected one score for each of 2 example(s), got 1',
  );
  expect(metrics.completenessGap(bare, { origin: 0 }).score).toEqual(Float32Array.of(Number.NaN, Number.NaN));
});
