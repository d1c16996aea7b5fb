import { describe, expect, test } from 'vitest';
import {
  conductance,
  deepLiftShap,
  expectedGradients,
  integratedGradients,
  internalInfluence,
  neuronConductance,
} from '../../src/attribution/index.ts';
import type { Model } from '../../src/network/types.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import type { Attribution, ExplainOptions } from '../../src/scoring/types.ts';
import { linearModel } from '../support/linearModel.ts';

const terms = 2000;
const weights = [0.1, 0.7, -0.3];
const x: NdArray = { shape: [1, 3], data: Float32Array.of(1, 0.9, 3) };
const background: NdArray = {
  shape: [terms, 3],
  data: Float32Array.from({ length: 3 * terms }, (_, i) => (i % 7) / 13),
};
const once = { batchSize: 1 };
const path = { ...once, steps: terms };
const layer = 'dense';

type Method = (model: Model, x: NdArray, options: ExplainOptions) => Promise<Attribution>;

/** Sums of as many terms as there are steps, draws or baselines, each a pass of its own, and what they come to. */
const methods: Readonly<Record<string, readonly [Method, readonly number[]]>> = {
  integratedGradients: [
    (model, x) => integratedGradients(model, x, { ...path, rule: 'middle' }),
    weights.map((weight, i) => weight * (x.data[i] as number)),
  ],
  expectedGradients: [
    (model, x) =>
      expectedGradients(model, x, {
        ...once,
        samples: terms,
        background: { shape: [1, 3], data: new Float32Array(3) },
      }),
    weights.map((weight, i) => weight * (x.data[i] as number)),
  ],
  deepLiftShap: [
    (model, x) => deepLiftShap(model, x, { ...once, background }),
    weights.map((weight, i) => weight * ((x.data[i] as number) - meanOf(i))),
  ],
  conductance: [(model, x) => conductance(model, x, { ...path, layer: layerOf(model) }), [score()]],
  internalInfluence: [
    (model, x) => internalInfluence(model, x, { ...path, rule: 'middle', layer: layerOf(model) }),
    [1],
  ],
  neuronConductance: [
    (model, x) => neuronConductance(model, x, { ...path, rule: 'middle', layer: layerOf(model), unit: 0 }),
    weights.map((weight, i) => weight * (x.data[i] as number)),
  ],
};

describe(`${terms} terms of a linear network`, () => {
  test.each(Object.entries(methods))('%s: an error as of one term', async (_name, [method, expected]) => {
    const model = linearModel([3], weights);
    const { values } = await method(model, x, {});
    expected.forEach((value, i) => {
      expect(Math.abs((values.data[i] as number) - value)).toBeLessThan(1e-6 * Math.abs(value));
    });
    model.dispose();
  });
});

function layerOf(model: Model): string {
  return (model as { layers: { name: string }[] }).layers.at(-1)?.name ?? layer;
}

function meanOf(column: number): number {
  let sum = 0;
  for (let row = 0; row < terms; row++) sum += background.data[3 * row + column] as number;
  return sum / terms;
}

function score(): number {
  return weights.reduce((sum, weight, i) => sum + weight * (x.data[i] as number), 0);
}
