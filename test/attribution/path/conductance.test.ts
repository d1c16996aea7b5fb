import { expect, test } from 'vitest';
import { conductance, gradient, internalInfluence, neuronConductance } from '../../../src/attribution/index.ts';
import { activations } from '../../../src/network/activations.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { layerGradients } from '../../../src/scoring/layerGradients.ts';
import { classifier, inputsOf } from '../../oracle/building.ts';
import { expectNear, sum } from '../../support/near.ts';
import { withBuilt } from '../../support/recomputation.ts';

const target = 1;
const half = (example: number, { data }: NdArray): Float32Array =>
  data.slice((example * data.length) / 2, ((example + 1) * data.length) / 2);
const blank = ({ shape, data }: NdArray, value: number): NdArray => ({ shape, data: data.map(() => value) });
/** A share of the way from a constant to x. */
const between = ({ shape, data }: NdArray, from: number, share: number): NdArray => ({
  shape,
  data: data.map((value) => from + share * (value - from)),
});

test.each(['conv1', 'norm1', 'relu1', 'pool1', 'conv2@preactivation', 'conv2', 'features'])(
  'conductance of %s sums to F(x) − F(x′); delta is the gap',
  async (layer) => {
    await withBuilt(classifier, async (model) => {
      const x = inputsOf(model)[0] as NdArray;
      const options = { layer, target, baseline: 0.5, steps: 200, batchSize: 100 };
      const { values, delta, score } = await conductance(model, x, options);
      const { score: from } = await gradient(model, blank(x, 0.5), { target });
      for (const example of [0, 1]) {
        const rise = (score[example] as number) - (from[example] as number);
        const total = sum(half(example, values));
        expect(Math.abs(total - rise)).toBeLessThan(0.01 * Math.max(1, Math.abs(rise)));
        expectNear([delta?.[example] as number], [total - rise], 1e-5);
      }
    });
  },
);

test('conductance by the left rule: Σ over steps of gradient × change of the layer', async () => {
  await withBuilt(classifier, async (model) => {
    const x = inputsOf(model)[0] as NdArray;
    const [layer, steps] = ['pool1', 4];
    const { values } = await conductance(model, x, { layer, target, baseline: 0.5, steps });
    const expected = values.data.map(() => 0);
    for (let step = 0; step < steps; step++) {
      const [here, next] = [between(x, 0.5, step / steps), between(x, 0.5, (step + 1) / steps)];
      const slope = (await layerGradients(model, here, { layers: [layer], target }))[layer] as NdArray;
      const [before, after] = [
        (await activations(model, here, [layer]))[layer] as NdArray,
        (await activations(model, next, [layer]))[layer] as NdArray,
      ];
      expected.forEach((_, i) => {
        expected[i]! += (slope.data[i] as number) * ((after.data[i] as number) - (before.data[i] as number));
      });
    }
    expectNear(values.data, expected, 1e-5);
  });
});

test('internalInfluence: the mean of the gradients at the layer, on the way', async () => {
  await withBuilt(classifier, async (model) => {
    const x = inputsOf(model)[0] as NdArray;
    const [layer, steps] = ['relu1', 5];
    const { values } = await internalInfluence(model, x, { layer, target, baseline: 0.5, steps, rule: 'middle' });
    const expected = values.data.map(() => 0);
    for (let step = 0; step < steps; step++) {
      const here = between(x, 0.5, (step + 0.5) / steps);
      const slope = (await layerGradients(model, here, { layers: [layer], target }))[layer] as NdArray;
      slope.data.forEach((value, i) => (expected[i]! += value / steps));
    }
    expectNear(values.data, expected, 1e-5);
  });
});

test('neuronConductance: (x − x′) times the mean of ∂F/∂y ∂y/∂x on the way', async () => {
  await withBuilt(classifier, async (model) => {
    const x = inputsOf(model)[0] as NdArray;
    const [layer, unit, steps] = ['features', 2, 5];
    const found = await neuronConductance(model, x, { layer, unit, target, baseline: 0.5, steps, rule: 'middle' });
    const size = x.data.length / 2;
    const mean = x.data.map(() => 0);
    for (let step = 0; step < steps; step++) {
      const here = between(x, 0.5, (step + 0.5) / steps);
      const { data } = (await layerGradients(model, here, { layers: [layer], target }))[layer] as NdArray;
      const inner = await gradient(model, here, { target: { layer, unit } });
      inner.values.data.forEach((value, i) => {
        mean[i]! += ((data[3 * Math.floor(i / size) + unit] as number) * value) / steps;
      });
    }
    expectNear(
      found.values.data,
      mean.map((value, i) => value * ((x.data[i] as number) - 0.5)),
      1e-5,
    );
  });
});
