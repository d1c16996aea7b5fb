import { expect, test } from 'vitest';
import { type DeepLiftRule, deepLift, deepLiftShap } from '../../../src/attribution/index.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { classifier, free, inputsOf } from '../../oracle/building.ts';
import { batch, denseModel } from '../../oracle/denseModel.ts';
import { expectClose } from '../../support/close.ts';

test('deepLiftShap(linear model, x) is w (x − mean of the background)', async () => {
  const model = denseModel([{ kernel: [[2], [-1], [0.5]], bias: [3], activation: 'linear' }]);
  const background = batch([
    [0, 1, 2],
    [2, 3, 0],
    [4, 2, 1],
  ]);
  const { values, delta, score } = await deepLiftShap(model, batch([[1, 1, 1]]), { background });
  await expectClose(values, batch([[-2, 1, 0]]));
  expect(score[0]).toBeCloseTo(4.5, 5);
  // F(x) − mean F = 4.5 − 5.5.
  expect(Math.abs(delta?.[0] as number)).toBeLessThan(1e-5);
  model.dispose();
});

test.each<[DeepLiftRule, string | undefined]>([
  ['rescale', undefined],
  ['revealCancel', undefined],
  ['mixed', undefined],
  ['rescale', 'pool1'],
])(
  'deepLiftShap(model, x, { rule: %j, layer: %j }) is the mean of deepLift, whatever the batch size',
  async (rule, layer) => {
    const model = classifier();
    const [x, background] = [inputsOf(model, 2)[0] as NdArray, inputsOf(model, 3, 9)[0] as NdArray];
    const options = { rule, target: [1, 3], ...(layer && { layer }) };
    const size = background.data.length / 3;
    const singles: NdArray[] = [];
    for (let k = 0; k < 3; k++) {
      const baseline = { shape: [6, 7, 2], data: background.data.slice(k * size, (k + 1) * size) };
      singles.push((await deepLift(model, x, { ...options, baseline })).values);
    }
    const [first] = singles as [NdArray];
    const mean = first.data.map((_, i) => singles.reduce((sum, { data }) => sum + (data[i] as number), 0) / 3);
    for (const batchSize of [1, 2, 3]) {
      const { values, delta } = await deepLiftShap(model, x, { ...options, background, batchSize });
      await expectClose(values, { shape: first.shape, data: mean });
      for (const gap of delta as Float32Array) expect(Math.abs(gap)).toBeLessThan(1e-5);
    }
    free(model);
  },
);

test('deepLiftShap refuses an empty background, and one of another shape', async () => {
  const model = classifier();
  const x = inputsOf(model, 1);
  const empty = { shape: [0, 6, 7, 2], data: new Float32Array(0) };
  await expect(deepLiftShap(model, x, { background: empty })).rejects.toThrow(
    '"background" expected at least one example',
  );
  const other = { shape: [1, 6, 6, 2], data: new Float32Array(72) };
  await expect(deepLiftShap(model, x, { background: other })).rejects.toThrow(
    '"background" expected shape [n, 6, 7, 2]',
  );
  await expect(deepLiftShap(model, x, undefined as never)).rejects.toThrow('"background" expected a tensor');
  free(model);
});
