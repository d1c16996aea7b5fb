import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { buildModel } from '../../../src/network/loading/buildModel.ts';
import type { JsonObject } from '../../../src/network/loading/modelJson.ts';
import type {
  StoredArray,
  StoredGroup,
  StoredLayers,
  StoredWeights,
} from '../../../src/network/loading/storedModel.ts';
import { loadModel } from '../../../src/network/loadModel.ts';
import { chain3Json, chainJson, graphJson, layerJson, modelFiles, tensorJson } from '../../support/kerasJson.ts';

/** A weight of `shape` whose numbers are all `value`. */
function arrayOf(name: string, shape: readonly number[], value: number): StoredArray {
  return { name, shape, tensor: () => tf.fill([...shape], value) };
}

function storedModel(topology: object, weights: StoredWeights): StoredLayers {
  const known = topology as JsonObject & { class_name: string };
  return { format: 'layers', name: 'file', topology: known, kerasVersion: undefined, metadata: undefined, weights };
}

const byName = (...arrays: StoredArray[]): StoredWeights => ({
  by: 'name',
  arrays: new Map(arrays.map((array) => [array.name, array])),
});

/** A group with groups and, under numbers, arrays; `name` is what its `vars` say. */
function group(
  path: string,
  { groups = [], arrays = [], name }: { groups?: StoredGroup[]; arrays?: StoredArray[]; name?: string },
): StoredGroup {
  const vars: StoredGroup = {
    path: `${path}/vars`,
    attributes: new Map(name === undefined ? [] : [['name', name]]),
    groups: new Map(),
    arrays: new Map(arrays.map((array, i) => [String(i), array])),
  };
  const inner = [...groups, ...(arrays.length > 0 ? [vars] : [])];
  return {
    path,
    attributes: new Map(),
    arrays: new Map(),
    groups: new Map(inner.map((each) => [each.path.replace(/^.*\//, ''), each])),
  };
}

/** The first number of each weight of a model, which is disposed. */
async function firstNumbers(model: LayersModel): Promise<Record<string, number>> {
  const entries = model.layers.flatMap((layer) =>
    layer.weights.map((weight, i) => [`${layer.name}/${i}`, weight.read()] as const),
  );
  const values = await Promise.all(entries.map(async ([key, tensor]) => [key, (await tensor.data())[0]] as const));
  model.dispose();
  return Object.fromEntries(values) as Record<string, number>;
}

function refusal(stored: StoredLayers): string {
  const before = tf.memory().numTensors;
  try {
    buildModel(stored);
  } catch (error) {
    expect(tf.memory().numTensors - before, 'tensors left').toBe(0);
    return (error as Error).message;
  }
  throw new Error('the model was built');
}

const dense = (name: string): ReturnType<typeof layerJson> => layerJson('Dense', { name, units: 1, use_bias: true });
const two = chainJson([1], [dense('a'), dense('b')]);

describe('by name', () => {
  test('names with the model, other scopes and none before the layer', async () => {
    const weights = byName(
      arrayOf('model/a/kernel', [1, 1], 1),
      arrayOf('scope/more/a/bias', [1], 2),
      arrayOf('b/kernel', [1, 1], 3),
      arrayOf('b/bias', [1], 4),
    );
    expect(await firstNumbers(buildModel(storedModel(two, weights)))).toEqual({
      'a/0': 1,
      'a/1': 2,
      'b/0': 3,
      'b/1': 4,
    });
  });

  test('the name of a layer that ends another’s is not taken for it', async () => {
    const topology = chainJson(
      [1],
      [
        layerJson('Dense', { name: 'x/a', units: 1, use_bias: false }),
        layerJson('Dense', { name: 'a', units: 1, use_bias: false }),
      ],
    );
    const weights = byName(arrayOf('x/a/kernel', [1, 1], 1), arrayOf('a/kernel', [1, 1], 2));
    expect(await firstNumbers(buildModel(storedModel(topology, weights)))).toEqual({ 'x/a/0': 1, 'a/0': 2 });
  });

  test('the kernel of a depthwise convolution and a variable without a name, as Keras 3 calls them', async () => {
    const layers = [
      layerJson('DepthwiseConv2D', { name: 'd', kernel_size: [1, 1], use_bias: false }),
      layerJson('LayerScale', { name: 's', init_values: 1, projection_dim: 1 }),
    ];
    const weights = byName(arrayOf('d/kernel', [1, 1, 1, 1], 1), arrayOf('s/variable_7', [1], 2));
    expect(await firstNumbers(buildModel(storedModel(chain3Json([2, 2, 1], layers), weights)))).toEqual({
      'd/0': 1,
      's/0': 2,
    });
  });

  test('paths of a .keras file that a converter made names', async () => {
    const weights = {
      'layers/dense/vars/0': { shape: [1, 1], values: [1] },
      'layers/dense/vars/1': { shape: [1], values: [2] },
      'layers/dense_1/vars/0': { shape: [1, 1], values: [3] },
      'layers/dense_1/vars/1': { shape: [1], values: [4] },
      'optimizer/vars/0': { shape: [1], values: [5] },
    };
    expect(await firstNumbers(await loadModel(modelFiles(two, weights)))).toEqual({
      'a/0': 1,
      'a/1': 2,
      'b/0': 3,
      'b/1': 4,
    });
  });

  test('weights that the converter loses are known by their names', () => {
    const topology = chainJson([1], [dense('Conv'), dense('Conv/Norm')]);
    const weights = byName(arrayOf('Conv/kernel', [1, 1], 1), arrayOf('Conv/bias', [1], 1));
    expect(refusal(storedModel(topology, weights))).toBe(
      '"file" is no model that can be opened: it lacks the weights of 1 layers, "Conv/Norm" among them: tensorflowjs_converter ' +
        'loses those of a layer whose name continues that of another ("Conv") after a slash. Open the .h5 or .keras file ' +
        'itself, or rename the layers before the conversion',
    );
  });
});

describe('by layer', () => {
  const norm = layerJson('BatchNormalization', { name: 'n', axis: [-1], epsilon: 0 });
  const listed = (...names: string[]): StoredArray[] => names.map((name, i) => arrayOf(name, [1], i + 1));

  test('a nested model lists what is trained first', async () => {
    const inner = chainJson([1], [norm, layerJson('Dense', { name: 'd', units: 1, use_bias: false })]) as {
      config: object;
    };
    const nested = { class_name: 'Functional', config: { ...inner.config, name: 'inner' } };
    const topology = chainJson([1], [nested as never]);
    const arrays = [
      ...listed('n/gamma:0', 'n/beta:0'),
      arrayOf('d/kernel:0', [1, 1], 3),
      ...listed('', '', '', 'n/moving_mean:0', 'n/moving_variance:0').slice(3),
    ];
    // The call that made the inner model is its first.
    const outer = structuredClone(topology) as { config: { output_layers: unknown } };
    outer.config.output_layers = [['inner', 1, 0]];
    const model = buildModel(storedModel(outer, { by: 'layer', layers: new Map([['inner', arrays]]) }));
    expect(await firstNumbers(model)).toEqual({ 'inner/0': 1, 'inner/1': 2, 'inner/2': 3, 'inner/3': 4, 'inner/4': 5 });
  });

  test('what only training needs is left out; another order is told by the names', async () => {
    const wrapped = layerJson('SpectralNormalization', { name: 's', layer: dense('inner') });
    const arrays = [arrayOf('s/bias:0', [1], 2), arrayOf('s/kernel:0', [1, 1], 1), arrayOf('s/sn_u:0', [1, 1], 9)];
    const model = buildModel(storedModel(chainJson([1], [wrapped]), { by: 'layer', layers: new Map([['s', arrays]]) }));
    expect(await firstNumbers(model)).toEqual({ 's/0': 1, 's/1': 2 });
  });

  test('what is missing, left over or of another shape is named', () => {
    const layers = (entries: Record<string, StoredArray[]>): StoredWeights => ({
      by: 'layer',
      layers: new Map(Object.entries(entries)),
    });
    const both = {
      a: [arrayOf('a/kernel', [1, 1], 1), arrayOf('a/bias', [1], 1)],
      b: [arrayOf('b/kernel', [1, 1], 1), arrayOf('b/bias', [1], 1)],
    };
    expect(refusal(storedModel(two, layers({ a: both.a })))).toMatch(
      /layer "b" expected 2 weights \(kernel, bias\), got none$/,
    );
    expect(refusal(storedModel(two, layers({ ...both, c: both.a })))).toMatch(
      /weights of layer "c" are in the file, which "model" does not have; near: /,
    );
    const wide = [arrayOf('b/kernel', [1, 3], 1), arrayOf('b/bias', [1], 1)];
    expect(refusal(storedModel(two, layers({ ...both, b: wide })))).toMatch(
      /weight "b\/kernel" of layer "b" expected shape \[1, 1\], got \[1, 3\]$/,
    );
  });
});

describe('by path', () => {
  const pair = (name: string, value: number): StoredArray[] => [
    arrayOf(`${name}/0`, [1, 1], value),
    arrayOf(`${name}/1`, [1], value + 1),
  ];
  const at = (path: string, value: number, name?: string): StoredGroup =>
    group(path, { arrays: pair(path, value), ...(name !== undefined && { name }) });
  const root = (where: string, groups: StoredGroup[]): StoredWeights => ({
    by: 'path',
    root: group('', { groups: [group(where, { groups })] }),
  });

  test('classes are counted, operations are not', async () => {
    const tensor = (layer: string): object => tensorJson(layer);
    const sum = layerJson(
      'Add',
      { name: 'sum' },
      { module: 'keras.src.ops.numpy', inbound_nodes: [{ args: [tensor('a'), 1], kwargs: {} }] },
    );
    const layers = [
      dense('a'),
      sum,
      layerJson('Add', { name: 'add' }, { inbound_nodes: [{ args: [[tensor('a'), tensor('sum')]], kwargs: {} }] }),
      dense('b'),
    ];
    const weights = root('layers', [at('layers/dense', 1, 'a'), at('layers/dense_1', 3, 'b')]);
    expect(await firstNumbers(buildModel(storedModel(chain3Json([1], layers), weights)))).toEqual({
      'a/0': 1,
      'a/1': 2,
      'b/0': 3,
      'b/1': 4,
    });
  });

  test('Keras 2.13 has another word and counts twice', async () => {
    const where = '_layer_checkpoint_dependencies';
    const weights = root(where, [at(`${where}/dense`, 1), at(`${where}/dense_2`, 3)]);
    expect(await firstNumbers(buildModel(storedModel(two, weights)))).toEqual({
      'a/0': 1,
      'a/1': 2,
      'b/0': 3,
      'b/1': 4,
    });
  });

  test('a group that says it is of another layer, and one that is not there', () => {
    const swapped = root('layers', [at('layers/dense', 1, 'b'), at('layers/dense_1', 3, 'a')]);
    expect(refusal(storedModel(two, swapped))).toMatch(
      /weights of layer "a" \(Dense\) expected in "layers\/dense", which says it is of "b"$/,
    );
    expect(refusal(storedModel(two, root('layers', [at('layers/dense', 1)])))).toMatch(
      /layer "b" \(Dense\) expected 2 weights \(kernel, bias\), got none$/,
    );
  });

  test('a group that no layer has', () => {
    const groups = [at('layers/dense', 1), at('layers/dense_1', 3), at('layers/conv2d', 5)];
    expect(refusal(storedModel(two, root('layers', groups)))).toMatch(
      /weights in "layers\/conv2d" belong to no layer of "model"$/,
    );
  });
});

test('a model with two calls of one layer is freed by one dispose', () => {
  const before = tf.memory().numTensors;
  const input = {
    ...layerJson('InputLayer', { name: 'in', batch_input_shape: [null, 1] }),
    name: 'in',
    inbound_nodes: [],
  };
  const shared = { ...dense('a'), name: 'a', inbound_nodes: [[['in', 0, 0, {}]], [['a', 0, 0, {}]]] };
  const topology = graphJson([input, shared], { input_layers: [['in', 0, 0]], output_layers: [['a', 1, 0]] });
  buildModel(storedModel(topology, byName(arrayOf('a/kernel', [1, 1], 1), arrayOf('a/bias', [1], 1)))).dispose();
  expect(tf.memory().numTensors).toBe(before);
});
