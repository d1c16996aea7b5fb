import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { model as modelOf } from '@tensorflow/tfjs-layers';
import { describe, test } from 'vitest';
import { compile } from '../../src/network/compile.ts';
import type { OutputHead } from '../../src/network/graph/graph.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { free, inputsOf } from '../oracle/building.ts';
import { networks, resizingNetworks } from '../oracle/networks.ts';
import { backend } from '../support/backend.ts';
import { expectClose } from '../support/close.ts';
import { networksHere } from '../support/networksHere.ts';

// tfjs normalises nothing of five axes, and on other backends than cpu it has wrong kernels for volumes.
const beyondStock = backend === 'cpu' ? /with norm/ : /with norm|conv3dTranspose|maxPooling3d/;

describe('compile(model).forward(inputs)', () => {
  test.each(networksHere.filter(([name]) => !beyondStock.test(name)))(
    '%s: every layer output is what tfjs gives, folded or not',
    async (_name, build) => {
      const model = build();
      const network = compile(model);
      const inputs = inputsOf(model).map(({ data, shape }) => tf.tensor(data, [...shape]));
      const expected = layerOutputs(model, inputs);
      const addresses = [...network.graph.sites.keys()];
      // A sequential model that begins another one leaves its name before those of its layers.
      const full = (name: string): string => addresses.find((address) => address.endsWith(name)) ?? name;
      const sites = [...expected.keys()].map((name) =>
        network.site(addresses.includes(name) ? name : full(`/${name}`)),
      );
      const heads = network.heads.map(({ site }) => site);
      const [apart, folded] = tf.tidy(() => {
        const every = network.forward(inputs, { taps: [...network.graph.sites.values()] });
        const only = network.forward(inputs);
        return [sites.map((site) => tf.clone(every.value(site))), heads.map((site) => tf.clone(only.value(site)))];
      });
      const outputs = tf.tidy(() => tensors(model.predict(inputs, { batchSize: 2 })).map((y) => tf.clone(y)));
      for (const [i, y] of folded.entries()) await expectClose(y, outputs[i] as Tensor, { name: `output ${i}` });
      for (const [i, y] of apart.entries()) {
        const [name, value] = [...expected][i] as [string, Tensor];
        await expectClose(y, value, { name });
      }
      network.dispose();
      tf.dispose([inputs, apart, folded, outputs, [...expected.values()]]);
      free(model);
    },
  );
});

describe('compile(model).forward(inputs): what tfjs cannot do', () => {
  test.each([...networks].filter(([name]) => /with norm/.test(name)))('%s: folded as apart', async (_name, build) => {
    const model = build();
    const network = compile(model);
    const inputs = inputsOf(model).map(({ data, shape }) => tf.tensor(data, [...shape]));
    const { site } = network.heads[0] as OutputHead;
    const [apart, folded] = tf.tidy(() => {
      const every = network.forward(inputs, { taps: [...network.graph.sites.values()] });
      return [tf.clone(every.value(site)), tf.clone(network.forward(inputs).value(site))];
    });
    await expectClose(folded, apart);
    network.dispose();
    tf.dispose([inputs, apart, folded]);
    free(model);
  });
});

describe('compile(model).forward(inputs): resizing', () => {
  test.each([...resizingNetworks])('%s: as the layer resizes a tensor', async (_name, build) => {
    const model = build();
    const network = compile(model);
    const [{ data, shape }] = inputsOf(model) as [NdArray];
    const [found, expected] = tf.tidy(() => {
      const x = tf.tensor(data, [...shape]);
      const { site } = network.heads[0] as OutputHead;
      return [tf.clone(network.forward([x]).value(site)), model.layers[1]?.apply(x) as Tensor];
    });
    await expectClose(found, expected);
    tf.dispose([found, expected]);
    network.dispose();
  });
});

/** What tfjs gives for each layer of the outermost graph that a call reaches. */
function layerOutputs(model: LayersModel, inputs: Tensor[]): Map<string, Tensor> {
  const found = new Map<string, SymbolicTensor>();
  const visit = (tensor: SymbolicTensor): void => {
    if ([...found.values()].includes(tensor)) return;
    found.set(addressOf(tensor), tensor);
    if (tensor.sourceLayer.getClassName() === 'InputLayer') return;
    tensor.sourceLayer.inboundNodes[tensor.nodeIndex]?.inputTensors.forEach(visit);
  };
  model.outputs.forEach(visit);
  const whole = modelOf({ inputs: model.inputs, outputs: [...found.values()] });
  const values = tf.tidy(() => tensors(whole.predict(inputs, { batchSize: 2 })).map((y) => tf.clone(y)));
  return new Map([...found.keys()].map((address, i) => [address, values[i] as Tensor]));
}

// A nested model has a node of its own before those of its calls.
function addressOf({ sourceLayer, nodeIndex, outputTensorIndex }: SymbolicTensor): string {
  const call = 'nodesByDepth' in sourceLayer ? nodeIndex - 1 : nodeIndex;
  return `${sourceLayer.name}${call > 0 ? `#${call}` : ''}${outputTensorIndex ? `:${outputTensorIndex}` : ''}`;
}

function tensors(value: Tensor | Tensor[]): Tensor[] {
  return Array.isArray(value) ? value : [value];
}
