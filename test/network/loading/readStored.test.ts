import { describe, expect, test } from 'vitest';
import { readStored } from '../../../src/network/loading/readStored.ts';
import type { ModelSource } from '../../../src/network/loading/source.ts';
import type { StoredArray, StoredGroup, StoredLayers } from '../../../src/network/loading/storedModel.ts';
import { readFixture } from '../../support/fixtures.ts';
import { zipped } from '../../support/zipped.ts';

const fixture = (name: string): Promise<Uint8Array> => readFixture(`files/${name}`);
const bytes = (content: string): Uint8Array => new TextEncoder().encode(content);

async function readLayers(source: ModelSource): Promise<StoredLayers> {
  const stored = await readStored(source);
  if (stored.format === 'graph') throw new Error('a GraphModel');
  return stored;
}

async function failure(source: ModelSource): Promise<string> {
  return readStored(source).then(
    () => 'read',
    (error: Error) => error.message,
  );
}

const read = (): never => {
  throw new Error('no such file');
};

async function valuesOf(array: StoredArray | undefined): Promise<number[]> {
  const tensor = (array as StoredArray).tensor();
  const values = [...(await tensor.data())];
  tensor.dispose();
  expect(tensor.shape).toEqual(array?.shape);
  return values;
}

// As test/fixtures/files/make_models.py sets them: kernel and bias of both layers.
const values = [[0, 0.5, 1, 1.5, 2, 2.5], [3, 3.5], [4, 4.5], [5]];
const versions = { 2: '2.15.0', 3: '3.15.1' } as const;

describe('readStored: what Keras writes', () => {
  test.each([2, 3] as const)('a .keras file of Keras %i: weights by path', async (major) => {
    const { weights, ...stored } = await readLayers(await fixture(`keras${major}.keras`));
    expect(stored).toMatchObject({
      format: 'layers',
      name: 'the given bytes',
      kerasVersion: versions[major],
      metadata: undefined,
      topology: { class_name: 'Sequential', config: { name: 'small' } },
    });
    const { root } = weights as { root: StoredGroup };
    const layers = root.groups.get('layers')?.groups;
    const arrays = ['dense', 'dense_1'].flatMap((name) => [
      ...(layers?.get(name)?.groups.get('vars')?.arrays.values() ?? []),
    ]);
    expect(arrays.map(({ name }) => name)).toEqual([
      'layers/dense/vars/0',
      'layers/dense/vars/1',
      'layers/dense_1/vars/0',
      'layers/dense_1/vars/1',
    ]);
    expect(await Promise.all(arrays.map(valuesOf))).toEqual(values);
  });

  test.each([
    ['keras2.h5', '2.15.0', 'first/kernel:0'],
    ['keras2Split.h5', '2.15.0', 'first/kernel:0'],
    ['keras3.h5', '3.15.1', 'small/first/kernel'],
    ['keras3Split.h5', '3.15.1', 'small/first/kernel'],
  ])('%s: weights by layer, also where the list of them is split', async (file, version, name) => {
    const { weights, kerasVersion, topology } = await readLayers(await fixture(file));
    expect(kerasVersion).toBe(version);
    expect(topology).toMatchObject({ class_name: 'Sequential', config: { name: 'small' } });
    const { layers } = weights as { layers: ReadonlyMap<string, readonly StoredArray[]> };
    expect([...layers.keys()]).toEqual(['first', 'second']);
    expect(layers.get('first')?.[0]?.name).toBe(name);
    const arrays = [...layers.values()].flat();
    expect(await Promise.all(arrays.map(valuesOf))).toEqual(values);
  });

  test('a .keras file that was unpacked and zipped again, in a folder and deflated, is the same', async () => {
    // By make_archive of Python.
    const { weights, topology } = await readLayers(await fixture('zippedAgain.keras'));
    expect(topology).toMatchObject({ config: { name: 'small' } });
    const vars = (weights as { root: StoredGroup }).root.groups.get('layers')?.groups.get('dense')?.groups.get('vars');
    expect(await valuesOf(vars?.arrays.get('0'))).toEqual(values[0]);
  });

  test.each(['keras2.weights.h5', 'keras3.weights.h5', 'legacyWeights.h5'])('%s holds weights alone', async (file) => {
    expect(await failure(await fixture(file))).toBe(
      '"the given bytes" holds weights alone, no layers: save the whole model with model.save("model.keras") and open that',
    );
  });

  test('an HDF5 file of something else', async () => {
    expect(await failure(await fixture('groups.h5'))).toBe(
      '"the given bytes" expected a Keras model with model_config and model_weights, got groups many, outer',
    );
  });

  test('a .keras file whose weights are kept in another way', async () => {
    const file = zipped({
      'config.json': bytes('{"class_name": "A", "config": {}}'),
      'metadata.json': bytes('{}'),
      'model.weights.npz': bytes(''),
    });
    expect(await failure(file)).toBe(
      '"the given bytes" expected a file model.weights.h5 in the zip, got config.json, metadata.json, model.weights.npz',
    );
  });
});

test('readStored: a .keras file that tensorflowjs_converter converted: its weights are named by their paths', async () => {
  const named = (name: string): object => ({ name, shape: [1], dtype: 'float32' });
  const names = ['layers/dense/vars/1', 'layers/dense/vars/0', 'layers/functional/layers/dense/vars/0'];
  const json = (weights: readonly object[]): object => ({
    modelTopology: { keras_version: '3.15.1', model_config: { class_name: 'Functional', config: {} } },
    weightsManifest: [{ paths: ['w.bin'], weights }],
  });
  const read = (): ArrayBuffer => Float32Array.of(1, 2, 3).buffer;
  const { weights } = await readLayers({ json: json(names.map(named)), read });
  if (weights.by !== 'path') throw new Error('not by path');
  const layers = weights.root.groups.get('layers') as StoredGroup;
  expect([...layers.groups.keys()]).toEqual(['dense', 'functional']);
  expect(await valuesOf(layers.groups.get('dense')?.groups.get('vars')?.arrays.get('0'))).toEqual([2]);
  const inner = layers.groups.get('functional')?.groups.get('layers')?.groups.get('dense')?.groups.get('vars');
  expect(inner?.path).toBe('layers/functional/layers/dense/vars');
  expect(await valuesOf(inner?.arrays.get('0'))).toEqual([3]);
  const mixed = await readLayers({ json: json([...names.slice(1), 'dense/kernel'].map(named)), read });
  expect(mixed.weights.by).toBe('name');
});

describe('readStored: a GraphModel', () => {
  const weights = [{ name: 'a', shape: [2], dtype: 'float32', quantization: { dtype: 'uint8', min: -1, scale: 0.5 } }];
  const json = {
    format: 'graph-model',
    modelTopology: { node: [{ name: 'a', op: 'Const' }], versions: {} },
    weightsManifest: [{ paths: ['w.bin'], weights }],
  };
  const files = (extra: object): ModelSource => ({ json: { ...json, ...extra }, read: () => Uint8Array.of(0, 6) });

  test('its nodes, signature and dequantised weights', async () => {
    const signature = { outputs: { y: { name: 'y:0' } } };
    for (const extra of [{ signature }, { format: undefined, userDefinedMetadata: { signature } }]) {
      const stored = await readStored(files(extra));
      expect(stored).toMatchObject({ format: 'graph', name: 'model.json', topology: json.modelTopology, signature });
      if (stored.format !== 'graph') throw new Error('no GraphModel');
      expect(await valuesOf(stored.arrays.get('a'))).toEqual([-1, 2]);
    }
  });
});

describe('readStored: what is no model is refused by name', () => {
  const command =
    'tensorflowjs_converter --input_format=tf_saved_model --output_format=tfjs_graph_model FOLDER web_model';
  const expected = '"a file" expected a model.json, a .keras file or an .h5 file of a whole model, got';

  test.each([
    ['an empty file', '', 'an empty file'],
    ['a page', ' \n<!DOCTYPE html>', 'an HTML page: is the address right?'],
    [
      'a pointer',
      'version https://git-lfs.github.com/spec/v1\noid sha256:1',
      'a pointer of Git LFS in place of the file: ',
    ],
    ['TensorFlow Lite', '\x1c\0\0\0TFL3', 'a TensorFlow Lite model, which cannot be differentiated'],
    ['a saved_model.pb', '\x08\x01\x12\xf5', `a SavedModel, which is converted first: ${command}`],
    ['a pickle', '\x80\x02\x8a\n', 'a pickle of PyTorch'],
    ['gzip', '\x1f\x8b\x08', 'an archive of gzip: unpack it'],
    ['tar', `model.json${'\0'.repeat(247)}ustar`, 'an archive of tar: unpack it'],
    ['what nobody knows', '\x01\x02\x03', 'a file that begins "\\u0001\\u0002\\u0003"'],
  ])('%s', async (_, content, what) => {
    const file = Uint8Array.from(content, (letter) => letter.charCodeAt(0));
    expect(await failure({ json: file, name: 'a file', read })).toContain(`${expected} ${what}`);
  });

  test.each([
    ['frozen.pb', 'a graph of TensorFlow 1'],
    ['net.onnx', 'an ONNX model'],
    ['old/saved_model.pb', `a SavedModel, which is converted first: ${command}`],
  ])('%s, by its name', async (name, what) => {
    expect(await failure({ json: Uint8Array.of(8, 4), name, read })).toContain(`got ${what}`);
  });

  test.each([
    [
      { 'archive/data.pkl': bytes('') },
      'expected a Keras model or a model.json with its weights, got a model of PyTorch',
    ],
    [{ 'arr_0.npy': bytes('') }, 'expected a Keras model or a model.json with its weights, got arrays of NumPy'],
    [
      { 'm/saved_model.pb': bytes(''), 'm/variables/variables.index': bytes('') },
      `are a SavedModel, which is converted first: ${command}`,
    ],
    [
      { 'a.txt': bytes(''), 'b.txt': bytes('') },
      'the files in "the given bytes": expected a model.json, .keras or .h5 file, got a.txt, b.txt',
    ],
    [{ 'a.zip': bytes('PK\x03\x04') }, '"the given bytes/a.zip" is in a zip: unpack that'],
  ])('a zip with %o', async (files, message) => {
    expect(await failure(zipped(files as unknown as Record<string, Uint8Array>))).toContain(message);
  });

  test('JSON that is nested without end', async () => {
    const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
    const message = '"model.json" is nested more than 200 levels deep, as no model is';
    expect(await failure({ json: deep, read })).toBe(message);
    const endless: Record<string, unknown> = {};
    endless['a'] = endless['b'] = endless;
    expect(await failure({ json: endless, read })).toBe(message);
  });

  test('one weight file that is named twice, manifests of another form', async () => {
    const modelTopology = { class_name: 'Sequential', config: { layers: [] } };
    const group = { paths: ['w.bin'], weights: [] };
    expect(await failure({ json: { modelTopology, weightsManifest: [group, group] }, read })).toBe(
      '"model.json" names the weight file "w.bin" twice',
    );
    for (const wrong of [{}, [3], [{ paths: [1], weights: [] }], [{ paths: [], weights: [{ shape: [1] }] }]]) {
      expect(await failure({ json: { modelTopology, weightsManifest: wrong }, read })).toBe(
        '"model.json" expected a weightsManifest of groups {paths, weights}, got another form',
      );
    }
  });

  test('a shape that is none', async () => {
    const modelTopology = { class_name: 'Sequential', config: { layers: [] } };
    for (const shape of [[-1], [0.5], ['2'], 3, undefined]) {
      const weightsManifest = [{ paths: ['w'], weights: [{ name: 'a', shape, dtype: 'float32' }] }];
      expect(await failure({ json: { modelTopology, weightsManifest }, read: () => new Uint8Array(4) })).toContain(
        '"model.json": weight "a" expected a shape and one of float32',
      );
    }
  });

  test('a weight file that is a pointer of Git LFS', async () => {
    const modelTopology = { class_name: 'Sequential', config: { layers: [] } };
    const weightsManifest = [{ paths: ['w.bin'], weights: [{ name: 'a', shape: [1], dtype: 'float32' }] }];
    const pointer = bytes('version https://git-lfs.github.com/spec/v1\n');
    expect(await failure({ json: { modelTopology, weightsManifest }, read: () => pointer })).toContain(
      'weight file "w.bin", named in "model.json", cannot be read: it is a pointer of Git LFS',
    );
  });
});
