import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { type DeepLiftRule, deepLift, gradient } from '../../../src/attribution/index.ts';
import { compile } from '../../../src/network/compile.ts';
import type { OperationKind } from '../../../src/network/graph/operation.ts';
import { gradientRule } from '../../../src/network/walk/composite.ts';
import type { ScoreFunction } from '../../../src/scoring/types.ts';
import { classifier, free, inputsOf } from '../../oracle/building.ts';
import { batch, denseModel, randomMatrix } from '../../oracle/denseModel.ts';
import { networks } from '../../oracle/networks.ts';
import { expectClose } from '../../support/close.ts';

// What has no rule: softmaxes that the score is taken behind, layers that are not known.
const unruled: readonly OperationKind[] = ['softmax', 'logSoftmax', 'opaque'];
const rules: readonly DeepLiftRule[] = ['rescale', 'revealCancel', 'mixed'];

/** A different share of every number of every output. */
const everything: ScoreFunction = (outputs) =>
  outputs
    .map((output, k) => {
      const rows = tf.reshape(output, [output.shape[0] as number, -1]) as tf.Tensor2D;
      return tf.sum(tf.mul(rows, tf.cos(tf.range(k, k + rows.shape[1]))), 1);
    })
    .reduce((sum, share) => tf.add(sum, share));

describe.each(rules)('deepLift(model, x, { rule: %j })', (rule) => {
  test.each([...networks])('%s: Σ R = F(x) − F(x′), or a refusal by name', async (_name, build) => {
    const model = build();
    const [x, baseline] = [inputsOf(model, 2), inputsOf(model, 2, 5)];
    const run = deepLift(model, x, { baseline, rule, target: everything });
    const obstacles = compile(model).operations.filter(({ kind }) => unruled.includes(kind));
    if (obstacles.length > 0) {
      const { message } = await run.then(
        () => new Error('nothing was refused'),
        (error: Error) => error,
      );
      expect(
        obstacles.some(({ address }) => message.includes(`layer "${address}"`)),
        message,
      ).toBe(true);
      expect(message).toContain('give it a rule in "rules"');
    } else {
      const { values, inputs = [values], score, delta } = await run;
      const magnitudes = inputs.flatMap(({ data }) => Array.from(data, Math.abs));
      const scale = magnitudes.reduce((sum, value) => sum + value, Math.abs(score[0] as number));
      // One network is silent at both ends: nothing differs.
      for (const gap of delta as Float32Array) expect(Math.abs(gap)).toBeLessThanOrEqual(1e-6 * scale);
    }
    free(model);
  });
});

test.each(rules)('deepLift(model, x, { rule: %j, layer }): only the layer changes', async (rule) => {
  const model = (networks.get('residual') as () => ReturnType<typeof classifier>)();
  const [x, baseline] = [inputsOf(model, 1), inputsOf(model, 1, 5)];
  const layer = model.layers.find((candidate) => candidate.getClassName() === 'ReLU')?.name as string;
  const { values, delta, score } = await deepLift(model, x, { baseline, rule, layer, target: everything });
  const { score: origin } = await deepLift(model, baseline, { rule, layer, target: everything });
  const total = values.data.reduce((sum, value) => sum + value, 0);
  expect(values.shape).toEqual([1, 6, 7, 2]);
  expect(Math.abs(delta?.[0] as number)).toBeLessThan(1e-5);
  // The skip connection takes part in the whole difference, but not in that of the layer.
  expect(Math.abs(total - ((score[0] as number) - (origin[0] as number)))).toBeGreaterThan(1e-2);
  free(model);
});

test.each(rules)('deepLift(model, x, { rule: %j, rules }): the user has a rule for what has none', async (rule) => {
  const model = (networks.get('custom layer') as () => ReturnType<typeof classifier>)();
  const { values } = await deepLift(model, inputsOf(model, 2), {
    rule,
    rules: [['opaque', gradientRule]],
    target: { layer: model.layers.at(-1)?.name as string, unit: 3 },
  });
  expect(values.data.some((value) => value !== 0)).toBe(true);
  free(model);
});

test('deepLift(model, x) with a baseline next to x has the multipliers of the gradient, not rounding errors', async () => {
  const layers = ['tanh', 'sigmoid', 'linear'].map((activation, k) => ({
    kernel: randomMatrix(5, 5, 30 + k),
    bias: randomMatrix(1, 5, 40 + k)[0] as number[],
    activation,
  }));
  const model = denseModel(layers);
  const x = batch(randomMatrix(1, 5, 3));
  const { values: slopes } = await gradient(model, x, { target: 2 });
  for (const distance of [1e-5, 1e-6, 3e-7]) {
    const baseline = { ...x, data: x.data.map((value) => value + distance) };
    const { values } = await deepLift(model, x, { baseline, target: 2 });
    const data = slopes.data.map((slope, i) => slope * ((x.data[i] as number) - (baseline.data[i] as number)));
    await expectClose(values, { shape: x.shape, data }, { tolerance: 1e-3, floor: 0 });
  }
  model.dispose();
});

test.each<[string, object, string]>([
  ['a probability', { scale: 'probability' }, `"scale" expected 'logit': deepLift has no rule for the final softmax`],
  ['an unknown rule', { rule: 'rescaled' }, '"rule" expected one of rescale'],
  ['a baseline of another shape', { baseline: { shape: [3], data: new Float32Array(3) } }, '"baseline" expected shape'],
  ['a baseline of NaN', { baseline: Number.NaN }, '"baseline" expected a finite number'],
  ['an unknown layer', { layer: 'conv9' }, '"layer" expected the address of a layer, got "conv9"; near: conv'],
  [
    'a layer behind the target',
    { layer: 'conv2', target: { layer: 'conv1', unit: 0 } },
    'no gradient reaches "conv2": the target does not depend on it',
  ],
])('deepLift refuses %s', async (_what, options, message) => {
  const model = classifier();
  await expect(deepLift(model, inputsOf(model, 2), options)).rejects.toThrow(message);
  free(model);
});
