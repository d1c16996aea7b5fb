import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { loadModel } from '../../../src/network/loadModel.ts';
import { chain3Json, chainJson, graphJson, layerJson, modelFiles, tensorJson } from '../../support/kerasJson.ts';

const relu = (name: string, more: object = {}): ReturnType<typeof layerJson> => layerJson('ReLU', { name }, more);
const reading = (...from: [string, number, number][]): object => ({
  inbound_nodes: [from.map((reference) => [...reference, {}])],
});

/** What is said of a model that must not load; nothing of it is left. */
async function refusal(topology: object): Promise<string> {
  const before = tf.memory().numTensors;
  const result = await loadModel(modelFiles(topology)).catch((error: Error) => error);
  if (!(result instanceof Error)) throw new Error(`"${result.name}" was loaded`);
  expect(tf.memory().numTensors - before, 'tensors left').toBe(0);
  return result.message.replace('"model.json" is no model that can be opened: ', '');
}

// tfjs-layers waits for ever for the missing part of each of these.
describe('a graph that cannot be completed is refused at once', () => {
  test.each([
    [
      'a layer that is not there',
      [relu('a'), relu('b', reading(['c', 0, 0]))],
      'layer "b" (ReLU) reads layer "c", which is not there; near: ',
    ],
    [
      'no inbound nodes',
      [relu('a'), relu('b', { inbound_nodes: [] })],
      'layer "b" (ReLU) expected inbound_nodes with at least one call, got none',
    ],
    [
      'a call that is not made',
      [relu('a'), relu('b', reading(['a', 1, 0]))],
      'layer "b" (ReLU) reads call 1 of layer "a", which is called 1 times',
    ],
    [
      'a node without tensors',
      [relu('a', { inbound_nodes: [{ x: null, kwargs: null }] })],
      'layer "a" (ReLU) expected a tensor to read on each of its calls, got none',
    ],
    [
      'a cycle',
      [relu('a', reading(['c', 0, 0])), relu('b', reading(['a', 0, 0])), relu('c', reading(['b', 0, 0]))],
      'layer "a" (ReLU) waits for its own output: its connections form a cycle',
    ],
    ['one name twice', [relu('a'), relu('a')], 'expected layers with names of their own, got "a" twice'],
    [
      'no name',
      [relu('a'), { class_name: 'ReLU', config: {}, inbound_nodes: [[['a', 0, 0, {}]]] }],
      'expected a name for each layer, got undefined for layer 3 (ReLU)',
    ],
    [
      'a name that is no text',
      [relu('a'), { ...relu('b'), config: { name: {} } }],
      'expected a name for each layer, got {} for layer 3 (ReLU)',
    ],
  ] as const)('%s', async (_, layers, expected) => {
    expect(await refusal(chainJson([2], layers as never))).toContain(expected);
  });

  test('two names for one layer', async () => {
    const layers = [{ ...layerJson('ReLU', { name: 'b' }), name: 'a', inbound_nodes: [[['in', 0, 0, {}]]] }];
    const input = {
      ...layerJson('InputLayer', { name: 'in', batch_input_shape: [null, 2] }),
      name: 'in',
      inbound_nodes: [],
    };
    const topology = graphJson([input, ...layers], { input_layers: [['in', 0, 0]], output_layers: [['a', 0, 0]] });
    expect(await refusal(topology)).toBe('layer "a" (ReLU): expected that name again, got "b"');
  });

  test('a cycle and a missing layer of Keras 3', async () => {
    const call = (layer: string): object => ({ inbound_nodes: [{ args: [tensorJson(layer)], kwargs: {} }] });
    expect(await refusal(chain3Json([2], [relu('a', call('b')), relu('b', call('a'))]))).toMatch(/form a cycle$/);
    expect(await refusal(chain3Json([2], [relu('a', call('in2'))]))).toMatch(
      /reads layer "in2", which is not there; near: in/,
    );
  });

  test('outputs that are not there, none at all', async () => {
    const { config } = chainJson([2], [relu('a')]) as { config: { layers: object[] } };
    const ends = { input_layers: [['in', 0, 0]] };
    expect(await refusal(graphJson(config.layers, { ...ends, output_layers: [['z', 0, 0]] }))).toMatch(
      /output of "model" reads layer "z"/,
    );
    expect(await refusal(graphJson(config.layers, { ...ends, output_layers: [] }))).toMatch(
      /"model" expected outputs, got none/,
    );
  });

  test('a thousand layers, the last first', async () => {
    const names = Array.from({ length: 1000 }, (_, i) => `r${i}`);
    const layers = names.map((name, i) => relu(name, reading([names[i + 1] ?? 'in', 0, 0]))).reverse();
    const { config } = chainJson([2], [...layers].reverse()) as { config: { layers: object[] } };
    const ends = { input_layers: [['in', 0, 0]], output_layers: [['r0', 0, 0]] };
    const model = await loadModel(modelFiles(graphJson(config.layers, ends)));
    expect(model.layers).toHaveLength(1001);
  });
});

test('a subclassed model is refused with what to do', async () => {
  expect(await refusal({ class_name: 'MyModel', config: { units: 3 } })).toMatch(
    /got "MyModel", whose graph is not in the file: .* keras\.Model\(inputs, model\.call\(inputs\)\), and save that$/,
  );
});

test('a layer that does not take its input is named, and so is one that cannot be made', async () => {
  const dense = layerJson('Conv2D', { name: 'flat_conv', filters: 1, kernel_size: [1, 1] });
  expect(await refusal(chainJson([4], [dense]))).toMatch(/^layer "flat_conv" \(Conv2D\): .*ndim/);
  const broken = layerJson('Conv2D', { name: 'odd', filters: 1, kernel_size: null });
  expect(await refusal(chainJson([4, 4, 1], [broken]))).toMatch(/^layer "odd" \(Conv2D\): /);
});

test('a layer of any size takes nothing before its weights are known', async () => {
  const huge = layerJson('Dense', { name: 'huge', units: 1e9 });
  expect(await refusal(chainJson([4], [huge]))).toBe('it holds no weights, "model" has 2');
});

test('layers that no output reads leave nothing behind', async () => {
  const before = tf.memory().numTensors;
  const dense = (name: string): ReturnType<typeof layerJson> => layerJson('Dense', { name, units: 2 });
  const topology = chainJson([2], [dense('read'), dense('unread')]);
  const config = { ...(topology as { config: object }).config, output_layers: [['read', 0, 0]] };
  const weights = {
    'read/kernel': { shape: [2, 2], values: [1, 2, 3, 4] },
    'read/bias': { shape: [2], values: [5, 6] },
  };
  const model = await loadModel(modelFiles({ ...topology, config }, weights));
  expect(model.weights.map(({ originalName }) => originalName)).toEqual(['read/kernel', 'read/bias']);
  expect(tf.memory().numTensors - before).toBe(2);
  model.dispose();
});
