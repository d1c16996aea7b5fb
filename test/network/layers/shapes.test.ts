import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  type LayersModel,
  layers,
  model as modelOf,
  type Shape,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { compile } from '../../../src/network/compile.ts';
import { sizedGraph } from '../../../src/network/graph/sizedGraph.ts';
import { predict } from '../../../src/network/predict.ts';
import { summary } from '../../../src/network/summary.ts';
import { apply, chain, conv, free, inputsOf, type Layer, randomized } from '../../oracle/building.ts';
import { networks } from '../../oracle/networks.ts';
import { expectClose } from '../../support/close.ts';
import { withoutHere } from '../../support/withoutHere.ts';

const crop = (height: number, width: number): Layer => layers.centerCrop({ height, width, name: 'crop' }) as Layer;
const picture = layers.reshape({ targetShape: [16, 22, 1], name: 'picture' });

// Layers of tfjs that write the shape that they make into that of the tensor that they read.
const mutating: readonly [string, () => LayersModel, Readonly<Record<string, Shape>>][] = [
  [
    'a crop behind a reshape',
    () => chain([352], picture, crop(11, 20), layers.flatten(), layers.dense({ units: 2 })),
    { picture: [null, 16, 22, 1], crop: [null, 11, 20, 1] },
  ],
  [
    'a crop behind a convolution, which another layer reads too',
    () => {
      const x = input({ shape: [9, 8, 2] });
      const y = apply(conv({ name: 'features' }), x);
      const [cropped, pooled] = [
        apply(crop(3, 4), y),
        apply(layers.globalAveragePooling2d({ name: 'pool' } as never), y),
      ];
      return modelOf({ inputs: x, outputs: [cropped, pooled] });
    },
    { features: [null, 7, 6, 3], crop: [null, 3, 4, 3], pool: [null, 3] },
  ],
  [
    'a crop in a nested model',
    () =>
      sequential({
        layers: [
          conv({ inputShape: [9, 8, 2], name: 'features' }),
          sequential({ name: 'inner', layers: [conv({ inputShape: [7, 6, 3], name: 'deep' }), crop(2, 3)] }),
        ],
      }),
    { features: [null, 7, 6, 3], 'inner/deep': [null, 5, 4, 3], 'inner/crop': [null, 2, 3, 3] },
  ],
  [
    'numbers of classes behind a reshape',
    () =>
      chain(
        [2, 3],
        layers.reshape({ targetShape: [6], name: 'flat' }),
        layers.categoryEncoding({ numTokens: 9, outputMode: 'count', name: 'counts' } as never) as Layer,
      ),
    { flat: [null, 6], counts: [null, 9] },
  ],
];

const runs = withoutHere(mutating, {
  backends: ['webgpu'],
  names: ['numbers of classes behind a reshape'],
  reason: 'tfjs-layers looks at the classes at once, which WebGPU cannot in Node',
});

test.each(runs)('%s: runs, and is told with its shapes', async (name, build, shapes) => {
  const model = randomized(build());
  const rows = summary(model).layers.map(({ address, shape }) => [address, shape]);
  expect(Object.fromEntries(rows)).toMatchObject(shapes);
  const inputs = inputsOf(model, 2).map(({ shape, data }) => ({
    shape,
    data: name.startsWith('numbers') ? data.map((_, i) => i % 9) : data,
  }));
  const made = await Promise.all(model.outputs.map((_, output) => predict(model, inputs, { output })));
  const expected = tf.tidy(() => [model.predict(inputs.map(({ data, shape }) => tf.tensor(data, [...shape])))].flat());
  for (const [i, { values }] of made.entries()) await expectClose(values, expected[i] as tf.Tensor);
  tf.dispose(expected);
  free(model);
});

test.each([...networks])('%s: each layer has the shape that it makes', (_name, build) => {
  const model = build();
  const network = compile(model);
  const [inputs, sites] = [inputsOf(model, 2), [...network.graph.sites.values()]];
  const made = tf.tidy(() => {
    const record = network.forward(
      inputs.map(({ data, shape }) => tf.tensor(data, [...shape])),
      { taps: sites },
    );
    return sites.map((site) => record.value(site).shape);
  });
  sites.forEach(({ address, shape }, i) => expect([address, shape.slice(1)]).toEqual([address, made[i]?.slice(1)]));
  network.dispose();
  free(model);
});

test('the shapes for another size of the input', () => {
  const model = sequential({
    layers: [
      conv({ inputShape: [null, null, 1], name: 'features' }),
      crop(3, 4),
      conv({ kernelSize: 2, name: 'deep' }),
    ],
  });
  const { sites } = sizedGraph(model, [12, 9]);
  expect(['features', 'crop', 'deep'].map((address) => sites.get(address)?.shape)).toEqual([
    [null, 10, 7, 3],
    [null, 3, 4, 3],
    [null, 2, 3, 3],
  ]);
  free(model);
});

test('concatenate along an axis from the back, which tfjs takes for the last', async () => {
  const x = input({ shape: [2, 1, 2] });
  const doubled = apply(layers.rescaling({ scale: 10 }), x);
  const model = modelOf({ inputs: x, outputs: apply(layers.concatenate({ axis: -2 }), [x, doubled]) });
  const { values } = await predict(model, { shape: [1, 2, 1, 2], data: Float32Array.of(1, 2, 3, 4) });
  expect(values).toEqual({ shape: [1, 2, 2, 2], data: Float32Array.of(1, 2, 10, 20, 3, 4, 30, 40) });
});

test('a layer whose computeOutputShape tells other outputs than it had when the model was built', () => {
  let count = 2;
  class Wavering extends layers.Layer {
    static className = 'Wavering';
    override computeOutputShape(shape: Shape): Shape[] {
      return new Array(count).fill(shape);
    }
  }
  const x = input({ shape: [3] });
  const model = modelOf({ inputs: x, outputs: new Wavering({ name: 'odd' }).apply(x) as SymbolicTensor[] });
  count = 3;
  expect(() => compile(model)).toThrow('layer "odd" (Wavering) has 2 outputs, its computeOutputShape tells 3');
});

test('a crop that would have to make its input larger is refused: tfjs fails there', () => {
  const model = chain([6, 7, 2], conv({ padding: 'same' }), crop(9, 4));
  expect(() => compile(model)).toThrow(
    'layer "crop" (CenterCrop) expected an input of at least 9 × 4, got 6 × 7, which tfjs cannot run',
  );
  free(model);
});
