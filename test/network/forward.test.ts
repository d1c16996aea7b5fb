import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { model as modelOf } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { compile } from '../../src/network/compile.ts';
import { free, inputsOf, networks } from '../oracle/networks.ts';
import { expectClose } from '../support/close.ts';

describe('compile(model).forward(inputs)', () => {
  test.each([...networks])('%s: every layer output is what tfjs gives, folded or not', async (_name, build) => {
    const model = build();
    const network = compile(model);
    const inputs = inputsOf(model).map(({ data, shape }) => tf.tensor(data, [...shape]));
    const expected = layerOutputs(model, inputs);
    const sites = [...expected.keys()].map((address) => network.site(address));
    const heads = network.heads.map(({ site }) => site);
    const [apart, folded] = tf.tidy(() => {
      const every = network.forward(inputs, { taps: [...network.graph.sites.values()] });
      const only = network.forward(inputs);
      return [sites.map((site) => tf.clone(every.value(site))), heads.map((site) => tf.clone(only.value(site)))];
    });
    const outputs = tf.tidy(() => tensors(model.predict(inputs, { batchSize: 2 })).map((y) => tf.clone(y)));
    for (const [i, y] of folded.entries()) await expectClose(y, outputs[i] as Tensor, { name: `output ${i}` });
    for (const [i, y] of apart.entries()) {
      const { address } = sites[i] as (typeof sites)[number];
      await expectClose(y, expected.get(address) as Tensor, { name: address });
    }
    network.dispose();
    tf.dispose([inputs, apart, folded, outputs, [...expected.values()]]);
    free(model);
  });
});

/** What tfjs gives for each layer of the outermost graph that a call reaches. */
function layerOutputs(model: LayersModel, inputs: Tensor[]): Map<string, Tensor> {
  const found = new Map<string, SymbolicTensor>();
  const pending = [...model.outputs];
  for (let tensor = pending.pop(); tensor; tensor = pending.pop()) {
    const { sourceLayer, nodeIndex, outputTensorIndex } = tensor;
    const repeated = sourceLayer.inboundNodes.length > 1 && !('nodesByDepth' in sourceLayer);
    const suffix = outputTensorIndex ? `#${outputTensorIndex}` : '';
    if (!repeated || nodeIndex === 0) found.set(`${sourceLayer.name}${suffix}`, tensor);
    else found.set(`${sourceLayer.name}:${nodeIndex}`, tensor);
    if (!('nodesByDepth' in sourceLayer)) pending.push(...(sourceLayer.inboundNodes[nodeIndex]?.inputTensors ?? []));
    else pending.push(...(sourceLayer.inboundNodes[nodeIndex]?.inputTensors ?? []));
  }
  const whole = modelOf({ inputs: model.inputs, outputs: [...found.values()] });
  const values = tf.tidy(() => tensors(whole.predict(inputs, { batchSize: 2 })).map((y) => tf.clone(y)));
  return new Map([...found.keys()].map((address, i) => [address, values[i] as Tensor]));
}

function tensors(value: Tensor | Tensor[]): Tensor[] {
  return Array.isArray(value) ? value : [value];
}
