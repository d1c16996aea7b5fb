import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { loadNetwork } from '../../../src/network/loadNetwork.ts';
import type { Network } from '../../../src/network/network.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { type PackedModel, packedModels, sourceOf } from '../../support/archive.ts';
import { thorough } from '../../support/backend.ts';
import { expectClose } from '../../support/close.ts';
import type { WrittenArray } from '../../support/kerasModels.ts';

// Functions of TensorFlow in GraphModels of its converter, one for each output: every op that is known, in its forms.
const graphs = (await packedModels('graphs.zip')).filter(({ name }) => name.startsWith('functions/'));
const refused: Readonly<Record<string, RegExp>> = {
  'functions/loops': /node ".*while.*" \(\w+\) is control flow, whose steps depend on the input/,
  'functions/labels': /node ".*ArgMax" \(ArgMax\) chooses indices, which have no gradient/,
};

/** What TensorFlow computes: `grads` are of Σ y[k] cos k of each output by the input. */
interface Values {
  readonly inputs: readonly WrittenArray[];
  readonly outputs: readonly WrittenArray[];
  readonly grads: readonly WrittenArray[];
}

describe('functions of TensorFlow', () => {
  test.each(graphs.filter(({ name }) => !(name in refused)))(
    '$name: values and gradients are its own',
    async (graph) => {
      const { inputs, outputs, grads } = await graph.json<Values>('ref.json');
      const network = await opened(graph);
      try {
        // On a GPU in software one in five.
        for (const i of [...outputs.keys()].filter((output) => thorough || output % 5 === 0)) {
          const found = await outputAndGradient(network, nodeOf(i), arrayOf(inputs[0] as WrittenArray));
          const title = `output ${i}`;
          await expectClose(found.output, arrayOf(outputs[i] as WrittenArray), { name: title, tolerance: 5e-6 });
          await expectClose(found.gradient, arrayOf(grads[i] as WrittenArray), { name: `gradient of ${title}` });
        }
      } finally {
        network.dispose();
      }
    },
  );

  test.each(Object.entries(refused))('%s is refused by name', async (name, message) => {
    const graph = graphs.find((other) => other.name === name) as PackedModel;
    await expect(opened(graph)).rejects.toThrow(message);
  });
});

test('shapes are those that the operations give', async () => {
  for (const graph of graphs.filter(({ name }) => !(name in refused))) {
    const { inputs } = await graph.json<Values>('ref.json');
    const network = await opened(graph);
    const x = tensorOf(inputs[0] as WrittenArray);
    tf.tidy(() => {
      const taps = [...network.graph.sites.values()];
      const record = network.forward([x], { taps });
      for (const site of taps) {
        const found = record.value(site).shape;
        const expected = site.shape.map((length, axis) => (axis === 0 ? 2 : (length ?? found[axis])));
        expect(found, `${graph.name} ${site.address}`).toEqual(expected);
      }
    });
    x.dispose();
    network.dispose();
  }
});

async function opened(graph: PackedModel): Promise<Network> {
  return loadNetwork(await sourceOf(graph));
}

/** The converter numbers outputs by their names. */
function nodeOf(output: number): string {
  return output === 0 ? 'Identity' : `Identity_${output}`;
}

async function outputAndGradient(
  network: Network,
  address: string,
  x: NdArray,
): Promise<{ readonly output: NdArray; readonly gradient: NdArray }> {
  const [site, input] = [network.site(address), network.inputs[0] as (typeof network.inputs)[0]];
  const [output, gradient] = tf.tidy(() => {
    const record = network.forward([tf.tensor(x.data, [...x.shape])], {
      taps: [site],
      differentiate: { to: [input] },
    });
    const y = record.value(site);
    const seed = tf.tensor(
      Float32Array.from({ length: y.size }, (_, k) => Math.cos(k)),
      y.shape,
    );
    const [slope] = record.backward(new Map([[site, seed]]), { to: [input] }).get(input) ?? [];
    return [y, slope as tf.Tensor];
  });
  const read = async (tensor: tf.Tensor): Promise<NdArray> => ({
    shape: tensor.shape,
    data: (await tensor.data()) as Float32Array,
  });
  const found = { output: await read(output), gradient: await read(gradient) };
  tf.dispose([output, gradient]);
  return found;
}

function arrayOf({ shape, data }: WrittenArray): NdArray {
  return { shape, data: Float32Array.from(data) };
}

function tensorOf({ shape, data }: WrittenArray): tf.Tensor {
  return tf.tensor(Float32Array.from(data), [...shape]);
}
