import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { compile } from '../../src/network/compile.ts';
import type { OperationParameters } from '../../src/network/graph/operation.ts';
import { predict } from '../../src/network/predict.ts';
import { withParameters } from '../../src/network/withParameters.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { chain, conv, free, inputsOf, norm, picture, randomized } from '../oracle/building.ts';
import { expectClose } from '../support/close.ts';

const layers = {
  'a convolution before its normalization': () => [conv({ name: 'conv' }), norm({ name: 'norm' })],
  'a normalization before its convolution': () => [norm({ name: 'norm' }), conv({ name: 'conv' })],
};
const others: readonly Readonly<Record<string, readonly number[]>>[] = [
  { scale: [2, -1, 0.5] },
  { shift: [1, -2, 3] },
  { scale: [-0.3, 3, 1.5], shift: [0.5, 0.2, -4] },
];

// Folded weights are kept: they must be made anew where one of the three that they come from differs, and only there.
test.each(
  Object.keys(layers).flatMap((order) => others.map((changed) => [order, Object.keys(changed).join(' and '), changed])),
)('%s: a view with another %s beside the network in use', async (order, _, changed) => {
  const made = layers[order as keyof typeof layers]();
  const model = randomized(chain(picture, ...made));
  const network = compile(model);
  const [x] = inputsOf(model, 2) as [NdArray];
  const before = (await predict(network, x)).values;
  const { parameters } = network.operations.find(({ address }) => address === 'norm') as {
    parameters: OperationParameters;
  };
  const channels = (parameters['scale'] as tf.Tensor).size;
  const own = Object.fromEntries(
    Object.entries(changed).map(([name, values]) => [name, tf.tensor1d(values.slice(0, channels))]),
  );
  const replaced = { ...parameters, ...own } as Record<'scale' | 'shift', tf.Tensor>;
  const view = withParameters(network, ({ address }) => (address === 'norm' ? replaced : undefined));
  const expected = tf.tidy(() =>
    made.reduce<tf.Tensor>(
      (value, layer) =>
        layer.name === 'norm'
          ? tf.add(tf.mul(value, replaced.scale), replaced.shift)
          : (layer.apply(value) as tf.Tensor),
      tf.tensor(x.data, [...x.shape]),
    ),
  );
  await expectClose((await predict(view, x)).values, expected);
  expect((await predict(network, x)).values).toEqual(before);
  await expectClose((await predict(view, x)).values, expected);
  for (const part of [view, network]) part.dispose();
  tf.dispose([expected, ...Object.values(own)]);
  free(model);
});
