import { describe, expect, test } from 'vitest';
import { attacks } from '../../../../src/diagnosis/index.ts';
import { type NdArray, rowOf } from '../../../../src/numeric/ndarray.ts';
import { ascended, lossOracles, strongestPlace } from '../../../oracle/attacks.ts';
import { free } from '../../../oracle/building.ts';
import { batch, denseModel } from '../../../oracle/denseModel.ts';
import { rowsOfBatch } from '../../../support/attacked.ts';
import { expectClose } from '../../../support/close.ts';
import { type GoldenCase, goldenCases } from '../../../support/goldenCases.ts';
import { expectNear } from '../../../support/near.ts';

const goldens = await goldenCases('diagnosis');
const bounds = [0, 1] as const;

describe('reference values', () => {
  const caseOf = (method: string): GoldenCase => goldens.ofMethod(method)[0] as GoldenCase;
  const read = async (file: string | undefined) => (await goldens.arrayOf(file)) as NdArray;

  async function networkOf({ inputs }: GoldenCase) {
    const [w1, b1, w2, b2] = await Promise.all(['w1', 'b1', 'w2', 'b2'].map((name) => read(inputs[name])));
    const layers = [
      { kernel: rowsOfBatch(w1 as NdArray), bias: [...(b1 as NdArray).data], activation: 'relu' },
      { kernel: rowsOfBatch(w2 as NdArray), bias: [...(b2 as NdArray).data], activation: 'linear' },
    ];
    const label = Array.from((await read(inputs['labels'])).data);
    return { model: denseModel(layers), layers, x: await read(inputs['x']), label };
  }

  test('the loss at the start, and the sign of its gradient', async () => {
    const golden = caseOf('cross-entropy-gradient');
    const { model, x, label } = await networkOf(golden);
    const { history, gradients } = await attacks.bim(model, x, { epsilon: 0.01, bounds, label, steps: 1 });
    expectNear(rowOf(history as NdArray, 0), golden.expected['loss'] as number[], 1e-5);
    expect([...gradients]).toEqual([1, 1, 1, 1, 1]);
    free(model);
  });

  test('of one step of signs', async () => {
    for (const golden of goldens.ofMethod('fgsm')) {
      const { model, x, label } = await networkOf(golden);
      const found = await attacks.fgsm(model, x, { epsilon: golden.params['epsilon'] as number, bounds, label });
      await expectClose(found.adversarial, await read(golden.outputs['adversarial']), { tolerance: 1e-6 });
      expect([...found.classes.after]).toEqual(golden.expected['predicted']);
      expect(found.success.map(Number)).toEqual(golden.expected['success']);
      expect([...found.queries, ...found.gradients]).toEqual(new Array(10).fill(1));
      free(model);
    }
  });

  test('of one step towards goals', async () => {
    const golden = caseOf('fgsm-targeted');
    const { model, x, label } = await networkOf(golden);
    const target = golden.params['targets'] as number[];
    const options = { epsilon: golden.params['epsilon'] as number, bounds, label, criterion: { target } };
    const found = await attacks.fgsm(model, x, options);
    await expectClose(found.adversarial, await read(golden.outputs['adversarial']), { tolerance: 1e-6 });
    expect([...(found.goal as Int32Array)]).toEqual(target);
    free(model);
  });

  test('of one step along the gradient', async () => {
    const golden = caseOf('fgm-l2');
    const { model, x, label } = await networkOf(golden);
    const found = await attacks.fgm(model, x, { epsilon: golden.params['epsilon'] as number, bounds, label });
    await expectClose(found.adversarial, await read(golden.outputs['adversarial']), { tolerance: 2e-6 });
    free(model);
  });

  test.each(['pgd-linf', 'pgd-l2'])('of the steps of %s', async (method) => {
    const golden = caseOf(method);
    const { model, layers, x, label } = await networkOf(golden);
    const { epsilon, stepSize } = golden.params as { epsilon: number; stepSize: number };
    const norm = method === 'pgd-l2' ? 'l2' : 'linf';
    const { shape, data } = await read(golden.outputs['trajectory']);
    const [, most, size] = shape as [number, number, number];
    for (const steps of [1, 2, 5, most]) {
      const options = { norm, epsilon, stepSize, steps, randomStart: false, bounds, label } as const;
      const { adversarial, history } = await attacks.pgd(model, x, options);
      const strongest = label.map((mine, row) => {
        const at = ascended(layers, lossOracles.crossEntropy, { label: mine });
        const path = Array.from({ length: steps }, (_, step) => {
          const from = (row * most + step) * size;
          return Array.from(data.slice(from, from + size));
        });
        return strongestPlace(at, path, { label: mine });
      });
      await expectClose(adversarial, batch(strongest), { tolerance: 3e-6 });
      if (steps === most) expectNear(rowOf(history as NdArray, steps), golden.expected['lossAtEnd'] as number[], 1e-5);
    }
    free(model);
  });
});
