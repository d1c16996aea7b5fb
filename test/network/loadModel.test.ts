import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { loadModel } from '../../src/network/loadModel.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { countingArrays } from '../support/countingArrays.ts';
import { readFixture, readJson, readNpy } from '../support/fixtures.ts';
import { readable, type SavedModel, saved } from '../support/savedModel.ts';

const fixtures = ['vgg-tiny', 'bn-residual-tiny', 'mobile-tiny', 'inception-tiny'];
const read = (name: string) => (path: string) => readFixture(`models/${name}/${path}`);
const inBrowser = typeof document !== 'undefined';

afterEach(() => {
  vi.unstubAllGlobals();
});

async function readFixtureModel(name: string): Promise<SavedModel> {
  const json = await readJson<SavedModel['json']>(`models/${name}/model.json`);
  return { json, files: { 'weights.bin': await read(name)('weights.bin') } };
}

/** Loads what must not load: the message, once it is clear that no tensor is left. */
async function failure(
  source: Parameters<typeof loadModel>[0],
  options?: Parameters<typeof loadModel>[1],
): Promise<string> {
  const before = tf.memory().numTensors;
  const variables = Object.keys(tf.engine().registeredVariables);
  const result = await loadModel(source, options).catch((error: Error) => error);
  if (!(result instanceof Error)) throw new Error(`"${result.name}" was loaded`);
  expect(tf.memory().numTensors - before, 'tensors left').toBe(0);
  expect(Object.keys(tf.engine().registeredVariables), 'variables left').toEqual(variables);
  return result.message;
}

async function outputOf(model: tfl.LayersModel, { shape, data }: NdArray): Promise<Float32Array> {
  const output = tf.tidy(() => model.predict(tf.tensor(data, [...shape])) as tf.Tensor);
  const values = await output.data<'float32'>();
  output.dispose();
  return values;
}

/** The weights of two models side by side, read. */
async function weightsOf(model: tfl.LayersModel): Promise<[string, number[]][]> {
  return Promise.all(
    model.weights.map(
      async (weight): Promise<[string, number[]]> => [weight.originalName, [...(await weight.read().data())]],
    ),
  );
}

function smallModel(): tfl.LayersModel {
  return tfl.sequential({
    name: 'small',
    layers: [
      tfl.layers.conv2d({
        name: 'conv',
        filters: 4,
        kernelSize: 3,
        inputShape: [6, 6, 2],
        kernelInitializer: 'heNormal',
      }),
      tfl.layers.batchNormalization({ name: 'norm' }),
      tfl.layers.flatten({ name: 'flat' }),
      tfl.layers.dense({ name: 'head', units: 3, biasInitializer: 'randomNormal' }),
    ],
  });
}

async function savedSmall(shardBytes?: number): Promise<SavedModel> {
  const model = smallModel();
  const files = await saved(model, shardBytes);
  model.dispose();
  return files;
}

describe('loadModel({json, read})', () => {
  test.each(fixtures)('%s: the model that tf.loadLayersModel loads', async (name) => {
    const { json, files } = await readFixtureModel(name);
    const before = tf.memory().numTensors;
    const model = await loadModel({ json, read: read(name) });
    expect(tf.memory().numTensors - before).toBe(model.weights.length);
    const stock = await tfl.loadLayersModel({
      load: async () => ({
        modelTopology: json.modelTopology,
        weightSpecs: json.weightsManifest.flatMap(({ weights }) => weights),
        weightData: files['weights.bin']?.slice().buffer as ArrayBuffer,
      }),
    });
    expect(await weightsOf(model)).toEqual(await weightsOf(stock));
    expect(model.toJSON(null, false)).toEqual(stock.toJSON(null, false));
    const x = await readNpy(`goldens/attribution/${name}/x.npy`);
    expect(await outputOf(model, x)).toEqual(await outputOf(stock, x));
    model.dispose();
    stock.dispose();
  });

  test('JSON as text, bytes, buffer or object; weights as bytes, a view of a larger buffer, or a buffer', async () => {
    const { json, files } = await savedSmall();
    const bytes = files['weights.bin'] as Uint8Array;
    const shifted = new Uint8Array(bytes.length + 7);
    shifted.set(bytes, 3);
    const text = JSON.stringify(json);
    const encoded = new TextEncoder().encode(text);
    const jsons = [json, text, encoded, encoded.slice().buffer];
    const reads = [() => bytes, async () => shifted.subarray(3, 3 + bytes.length), () => bytes.slice().buffer];
    const all: [string, number[]][][] = [];
    for (const source of jsons) {
      for (const reader of reads) {
        const model = await loadModel({ json: source, read: reader });
        all.push(await weightsOf(model));
        model.dispose();
      }
    }
    for (const weights of all) expect(weights).toEqual(all[0]);
  });

  test('weights in several shards and groups, cut inside a number', async () => {
    const original = smallModel();
    const expected = await weightsOf(original);
    const { json, files } = await saved(original, 101);
    original.dispose();
    expect(Object.keys(files).length).toBeGreaterThan(5);
    const progress: [string, number, number][] = [];
    const model = await loadModel(readable({ json, files }), {
      onProgress: ({ stage, done, total }) => progress.push([stage, done, total]),
    });
    expect(await weightsOf(model)).toEqual(expected);
    const total = expected.reduce((sum, [, values]) => sum + 4 * values.length, 0);
    expect(progress).toHaveLength(Object.keys(files).length);
    expect(progress.at(-1)).toEqual(['weights', total, total]);
    model.dispose();
  });

  test('Functional and nested models, a shared layer, an initialiser kept in the configuration', async () => {
    const shared = tfl.layers.dense({ name: 'shared', units: 4 });
    const input = tfl.input({ shape: [4], name: 'in' });
    const inner = tfl.sequential({
      name: 'inner_net',
      layers: [tfl.layers.dense({ name: 'deep', units: 4, inputShape: [4] })],
    });
    const twice = shared.apply(shared.apply(input)) as tfl.SymbolicTensor;
    const sum = tfl.layers.add({ name: 'sum_up' }).apply([twice, inner.apply(input) as tfl.SymbolicTensor]);
    const original = tfl.model({ inputs: input, outputs: sum as tfl.SymbolicTensor, name: 'outer_net' });
    const files = await saved(original);
    const topology = { ...files.json.modelTopology, class_name: 'Functional' };
    // An initialiser that is slow, and that throws where tensors have no chained operations: it must not run.
    const { config } = topology as unknown as {
      config: { layers: { name: string; config: Record<string, object> }[] };
    };
    const layer = config.layers.find(({ name }) => name === 'shared') as (typeof config.layers)[number];
    layer.config['kernel_initializer'] = { class_name: 'Orthogonal', config: { gain: 1, seed: null } };
    const model = await loadModel(readable({ ...files, json: { ...files.json, modelTopology: topology } }));
    expect(await weightsOf(model)).toEqual(await weightsOf(original));
    const x = { shape: [2, 4], data: Float32Array.of(1, -2, 3, 0.5, 0, 1, -1, 2) };
    expect(await outputOf(model, x)).toEqual(await outputOf(original, x));
    expect(model.getLayer('shared').getConfig()['kernelInitializer']).toMatchObject({ className: 'Orthogonal' });
    // tfjs frees a shared layer only after as many calls as it has uses; that of a loaded model goes with it.
    shared.dispose();
    model.dispose();
    original.dispose();
  });

  test('model_config as Keras nests it, metadata, the optimizer left out', async () => {
    const { json, files } = await savedSmall();
    const optimizer = { name: 'iterations', shape: [2], dtype: 'int32' as const, group: 'optimizer' as const };
    const model = await loadModel(
      readable({
        json: {
          ...json,
          modelTopology: { keras_version: '2.15.0', backend: 'tensorflow', model_config: json.modelTopology },
          weightsManifest: [...json.weightsManifest, { paths: ['more.bin'], weights: [optimizer] }],
          trainingConfig: { loss: 'mse', optimizer_config: { class_name: 'SGD', config: {} } },
          userDefinedMetadata: { labels: ['a', 'b', 'c'] },
        },
        files: { ...files, 'more.bin': new Uint8Array(8) },
      }),
    );
    expect(model.getUserDefinedMetadata()).toEqual({ labels: ['a', 'b', 'c'] });
    expect(model.optimizer ?? null).toBeNull();
    model.dispose();
  });

  test('a model without weights needs no manifest', async () => {
    const original = tfl.sequential({ layers: [tfl.layers.flatten({ inputShape: [2, 2, 1] })] });
    const json = { modelTopology: original.toJSON(null, false) };
    const model = await loadModel({ json, read: () => new Uint8Array() });
    expect(model.outputShape).toEqual([null, 4]);
  });
});

test.each([
  'keras2.keras',
  'keras2.h5',
  'keras2Split.h5',
  'keras3.keras',
  'keras3.h5',
  'keras3Split.h5',
  'zippedAgain.keras',
])('loadModel(%s): what Keras wrote', async (name) => {
  const model = await loadModel(await readFixture(`files/${name}`));
  const output = await outputOf(model, { shape: [1, 3], data: Float32Array.of(1, 2, 3) });
  // By hand, of the weights in test/fixtures/files/make_models.py: 4 · (0 + 2 + 6 + 3) + 4.5 · (0.5 + 3 + 7.5 + 3.5) + 5.
  expect([...output]).toEqual([114.25]);
  model.dispose();
});

test.each([2 ** 20, 1e9, 1e300])(
  'loadModel: a layer of %d units that the weights do not fill takes no memory',
  async (units) => {
    const { json, files } = await savedSmall();
    const config = structuredClone(json.modelTopology['config']) as { layers: { config: { units?: number } }[] };
    (config.layers.at(-1) as (typeof config.layers)[number]).config.units = units;
    const wrong = readable({ json: { ...json, modelTopology: { ...json.modelTopology, config } }, files });
    const { result, total } = await countingArrays(() => failure(wrong));
    expect(result).toMatch(/^"model\.json" is no model that can be opened: .*"head/);
    expect(total).toBeLessThan(100_000);
  },
);

describe('quantised weights', () => {
  interface Stored {
    spec: tf.io.WeightsManifestEntry['quantization'];
    bytes: (values: readonly number[]) => Uint8Array;
    decoded: (values: readonly number[]) => number[];
  }
  const affine = (dtype: 'uint8' | 'uint16', scale: number, min: number): Stored => {
    const codes = (values: readonly number[]): number[] => values.map((value) => Math.round((value - min) / scale));
    return {
      spec: { dtype, scale, min, original_dtype: 'float32' } as tf.io.WeightsManifestEntry['quantization'],
      bytes: (values) =>
        new Uint8Array((dtype === 'uint8' ? Uint8Array.from(codes(values)) : Uint16Array.from(codes(values))).buffer),
      decoded: (values) => codes(values).map((code) => Math.fround(code * scale + min)),
    };
  };
  // sign, exponent, mantissa: 1, -2, 0.333251953125, 65504, 2^-14 and the smallest subnormal 2^-24.
  const halves = Uint16Array.of(0x3c00, 0xc000, 0x3555, 0x7bff, 0x0400, 0x0001);
  const kinds: Record<string, Stored> = {
    uint8: affine('uint8', 0.02, -2),
    uint16: affine('uint16', 0.0001, -3),
    float16: {
      spec: { dtype: 'float16', original_dtype: 'float32' } as unknown as tf.io.WeightsManifestEntry['quantization'],
      bytes: () => new Uint8Array(halves.slice().buffer),
      decoded: () => [1, -2, 0.333251953125, 65504, 2 ** -14, 2 ** -24],
    },
  };
  const values = [0.5, -1.25, 2, 0, 1.75, -0.5];
  const bias = Float32Array.of(0.1, 0.2, 0.3);
  const dense = (): object =>
    JSON.parse(
      JSON.stringify({
        class_name: 'Sequential',
        config: {
          name: 'one',
          layers: [{ class_name: 'Dense', config: { name: 'fc', units: 3, batch_input_shape: [null, 2] } }],
        },
      }),
    ) as object;

  test.each(Object.keys(kinds))('%s beside float32 in one group', async (kind) => {
    const { spec, bytes, decoded } = kinds[kind] as Stored;
    const kernel = bytes(values);
    // The bias begins at an address that is no multiple of four for uint8.
    const file = new Uint8Array([...kernel, ...new Uint8Array(bias.buffer)]);
    const weights = [
      { name: 'fc/kernel', shape: [2, 3], dtype: 'float32', quantization: spec },
      { name: 'fc/bias', shape: [3], dtype: 'float32' },
    ];
    const json = { modelTopology: dense(), weightsManifest: [{ paths: ['w.bin'], weights }] };
    const model = await loadModel({ json, read: () => file });
    const loaded = await weightsOf(model);
    expect(loaded).toEqual([
      ['fc/kernel', decoded(values)],
      ['fc/bias', [...bias]],
    ]);
    model.dispose();
    const short = await failure({ json, read: () => file.subarray(0, kernel.length - 1) });
    expect(short).toBe(
      `w.bin: expected ${kernel.length + 12} bytes, got ${kernel.length - 1}; the data end in weight "fc/kernel"`,
    );
  });

  test('an unknown quantisation is refused by name', async () => {
    const weights = [{ name: 'fc/kernel', shape: [2, 3], dtype: 'float32', quantization: { dtype: 'int4' } }];
    const json = { modelTopology: dense(), weightsManifest: [{ paths: ['w.bin'], weights }] };
    expect(await failure({ json, read: () => new Uint8Array(3) })).toMatch(
      /weight "fc\/kernel" expected .*uint8, got int4/,
    );
  });
});

describe('loadModel(url)', () => {
  function serve(files: Record<string, Response | (() => Response)>): string[] {
    const asked: string[] = [];
    vi.stubGlobal('fetch', async (input: string | URL, init?: RequestInit): Promise<Response> => {
      init?.signal?.throwIfAborted();
      asked.push(String(input));
      const answer = files[String(input)];
      return typeof answer === 'function'
        ? answer()
        : (answer ?? new Response('', { status: 404, statusText: 'Not Found' }));
    });
    return asked;
  }
  const body = (bytes: Uint8Array): Response => new Response(bytes.slice());
  const html = (): Response =>
    new Response('<!doctype html>', { headers: { 'content-type': 'text/html; charset=utf-8' } });

  test.each([false, true])('files beside the JSON (URL object: %s)', async (isObject) => {
    const { json, files } = await savedSmall();
    const at = 'https://models.example/a/model.json';
    const asked = serve({
      [at]: new Response(JSON.stringify(json)),
      'https://models.example/a/weights.bin': body(files['weights.bin'] as Uint8Array),
    });
    const model = await loadModel(isObject ? new URL(at) : at);
    expect(model.name).toBe('small');
    expect(asked).toEqual([at, 'https://models.example/a/weights.bin']);
    model.dispose();
  });

  test('the query of the JSON goes to the weights of the same origin, not to others or over their own', async () => {
    const { json, files } = await savedSmall(400);
    const paths = ['sub/one.bin', 'two.bin?v=2', 'https://cdn.example/three.bin'];
    const shards = Object.values(files);
    expect(shards).toHaveLength(3);
    const weightsManifest = [{ ...json.weightsManifest[0], paths }];
    const asked = serve({
      'https://models.example/a/model.json?key=1': new Response(JSON.stringify({ ...json, weightsManifest })),
      'https://models.example/a/sub/one.bin?key=1': body(shards[0] as Uint8Array),
      'https://models.example/a/two.bin?v=2': body(shards[1] as Uint8Array),
      'https://cdn.example/three.bin': body(shards[2] as Uint8Array),
    });
    (await loadModel('https://models.example/a/model.json?key=1')).dispose();
    expect(asked).toHaveLength(4);
  });

  test('a relative address is relative to the page, and refused where there is none', async () => {
    const { json, files } = await savedSmall();
    if (!inBrowser) {
      expect(await failure('models/model.json')).toBe(
        '"source" expected an absolute URL outside browsers, got "models/model.json"; readModel of vitrine/node opens files',
      );
      return;
    }
    const url = (path: string): string => new URL(path, document.baseURI).href;
    serve({
      [url('models/model.json')]: new Response(JSON.stringify(json)),
      [url('models/weights.bin')]: body(files['weights.bin'] as Uint8Array),
    });
    (await loadModel('models/model.json')).dispose();
  });

  test('missing files are named without the query', async () => {
    const { json } = await savedSmall();
    const at = 'https://models.example/model.json';
    serve({ [`${at}?secret`]: () => new Response(JSON.stringify(json)) });
    expect(await failure('https://models.example/none.json?secret')).toBe(
      '"https://models.example/none.json" cannot be fetched: 404 Not Found',
    );
    expect(await failure(`${at}?secret`)).toBe(
      `weight file "weights.bin", named in "${at}", cannot be read: ` +
        '"https://models.example/weights.bin" cannot be fetched: 404 Not Found',
    );
  });

  test('an HTML page instead of JSON or weights', async () => {
    const { json } = await savedSmall();
    const at = 'https://models.example/model.json';
    serve({
      'https://models.example/page.json': html,
      [at]: () => new Response(JSON.stringify(json)),
      'https://models.example/weights.bin': html,
    });
    expect(await failure('https://models.example/page.json')).toBe(
      '"https://models.example/page.json" expected a model.json, a .keras file or an .h5 file of a whole model, ' +
        'got an HTML page: is the address right?',
    );
    expect(await failure(at)).toMatch(/weight file "weights\.bin".*the server sent an HTML page/);
  });

  test('no network, a file: address', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('fetch failed')));
    expect(await failure('https://models.example/m.json')).toBe(
      '"https://models.example/m.json" cannot be fetched: fetch failed',
    );
    expect(await failure('file:///m.json')).toMatch(
      /expected an address that can be fetched.*readModel of vitrine\/node/,
    );
  });
});

describe('loadModel(bad input)', () => {
  test.each([undefined, null, 3, {}, { json: {} }, { read: () => new Uint8Array() }])(
    '%o is no source',
    async (source) => {
      expect(await failure(source as unknown as string)).toMatch(
        /^"source" expected an address, bytes, files, \{json, read\} or a handler of tf\.io, got/,
      );
    },
  );

  test('a read that returns no bytes', async () => {
    const { json } = await savedSmall();
    expect(await failure({ json, read: (() => 'text') as unknown as () => Uint8Array })).toMatch(
      /"read" expected to return the bytes of "weights\.bin", got "text"/,
    );
  });

  test('a truncated file, a surplus, a missing file', async () => {
    const { json, files } = await savedSmall();
    const bytes = files['weights.bin'] as Uint8Array;
    const full = bytes.length;
    expect(await failure({ json, read: () => bytes.subarray(0, 100) })).toBe(
      `weights.bin: expected ${full} bytes, got 100; the data end in weight "conv/kernel"`,
    );
    expect(await failure({ json, read: () => new Uint8Array(full + 4) })).toBe(
      `weights.bin: expected ${full} bytes, got ${full + 4}`,
    );
    expect(await failure(readable({ json, files: {} }))).toBe(
      'weight file "weights.bin", named in "model.json", cannot be read: no such file',
    );
  });

  test.each([0, 1, 2])('shard %i of three is the short one', async (at) => {
    const { json, files } = await savedSmall(400);
    const [path, bytes] = Object.entries(files)[at] as [string, Uint8Array];
    const total = Object.values(files).reduce((sum, { length }) => sum + length, 0);
    const message = await failure(readable({ json, files: { ...files, [path]: bytes.subarray(0, 10) } }));
    expect(message).toContain(
      `${path}: expected ${bytes.length} bytes, got 10, one of 3 files with ${total} bytes in all`,
    );
  });

  test('invalid JSON, JSON of something else', async () => {
    const none = (): Uint8Array => new Uint8Array();
    expect(await failure({ json: '{"modelTopology": ', read: none })).toMatch(
      /^"model\.json" expected JSON, got invalid JSON: /,
    );
    expect(await failure({ json: '\n<!doctype html><p>404', read: none })).toMatch(/got an HTML page/);
    expect(await failure({ json: '[1]', read: none })).toMatch(/expected a JSON object, got/);
    expect(await failure({ json: { name: 'package' }, read: none })).toBe(
      '"model.json" expected a modelTopology with class_name and config, got keys name',
    );
    const modelTopology = { class_name: 'Sequential', config: { layers: [] } };
    expect(await failure({ json: { modelTopology, weightsManifest: {} }, read: none })).toMatch(
      /weightsManifest of groups/,
    );
    expect(await failure({ json: { class_name: 'Dense', config: {} }, read: none })).toMatch(
      /expected class Sequential, Functional or Model, got "Dense"/,
    );
  });

  test('a GraphModel', async () => {
    const read = (): Uint8Array => new Uint8Array();
    for (const json of [
      { format: 'graph-model', modelTopology: { node: [], versions: {} }, weightsManifest: [] },
      { modelTopology: { node: [{ name: 'x', op: 'Placeholder' }] } },
    ]) {
      expect(await failure({ json, read })).toBe(
        '"model.json" expected a layers model, got a GraphModel: loadNetwork opens it, or readNetwork from a disk',
      );
    }
  });

  test('the old form written under the version of Keras 3 is read', async () => {
    const { json, files } = await savedSmall();
    const modelTopology = { keras_version: '3.0.0', model_config: json.modelTopology };
    (await loadModel(readable({ json: { ...json, modelTopology }, files }))).dispose();
    const weightsManifest = [{ paths: [], weights: [] }];
    expect(await failure({ json: { ...json, modelTopology, weightsManifest }, read: () => new Uint8Array() })).toMatch(
      /it holds no weights, "small" has 8/,
    );
  });

  test('a topology without weights; a weight missing, too many, of another shape, stored twice', async () => {
    const { json, files } = await savedSmall();
    const [group] = json.weightsManifest as [tf.io.WeightsManifestConfig[number]];
    const bytes = files['weights.bin'] as Uint8Array;
    const withWeights = (weights: object[], extra = 0): Parameters<typeof loadModel>[0] => ({
      json: { ...json, weightsManifest: [{ paths: ['w'], weights }] },
      read: () => new Uint8Array(bytes.length + extra),
    });
    expect(await failure({ json: json.modelTopology, read: () => bytes })).toMatch(
      /it holds no weights.*"small" has 8/,
    );

    const [kernel, ...others] = group.weights as [tf.io.WeightsManifestEntry, ...tf.io.WeightsManifestEntry[]];
    const renamed = [{ ...kernel, name: 'other/kernel' }, ...others];
    expect(await failure(withWeights(renamed))).toMatch(
      /1 of 8 weights are not in the file: conv\/kernel; near: other\/kernel/,
    );
    expect(await failure(withWeights(others, -4 * tf.util.sizeFromShape(kernel.shape)))).toMatch(
      /1 of 8 weights are not in the file: conv\/kernel/,
    );
    const flat = [{ ...kernel, shape: [tf.util.sizeFromShape(kernel.shape)] }, ...others];
    expect(await failure(withWeights(flat))).toMatch(
      /weight "conv\/kernel" of layer "conv" expected shape \[3, 3, 2, 4\], got \[72\]/,
    );
    const surplus = [...group.weights, { name: 'x', shape: [1], dtype: 'float32' }];
    expect(await failure(withWeights(surplus, 4))).toMatch(/weights x belong to no layer of "small"/);
    const twice = [...group.weights, { name: 'conv/bias', shape: [4], dtype: 'float32' }];
    expect(await failure(withWeights(twice, 16))).toMatch(/weight "conv\/bias" is stored twice/);
    expect(await failure(withWeights([{ name: 's', shape: [1], dtype: 'string' }]))).toMatch(
      /weight "s" expected .* got string/,
    );
  });

  test('an unknown layer after others were built', async () => {
    const { json, files } = await savedSmall();
    const config = structuredClone(json.modelTopology['config']) as { layers: object[] };
    config.layers.push({ class_name: 'Lambda', config: { name: 'odd' } });
    const modelTopology = { class_name: 'Sequential', config };
    expect(await failure(readable({ json: { ...json, modelTopology }, files }))).toMatch(
      /layer "odd" \(Lambda\) is not supported: .*tf\.serialization\.registerClass/,
    );
  });

  test('layers that do not fit on one another', async () => {
    const { json, files } = await savedSmall();
    const config = structuredClone(json.modelTopology['config']) as { layers: object[] };
    config.layers.push({ class_name: 'Conv2D', config: { name: 'late', filters: 1, kernel_size: [1, 1] } });
    const modelTopology = { class_name: 'Sequential', config };
    expect(await failure(readable({ json: { ...json, modelTopology }, files }))).toMatch(/expected (ndim|.*ndim)=4/);
  });

  test('an aborted signal: its reason, before, while and after the files are read', async () => {
    const files = readable(await savedSmall());
    const reason = new Error('enough');
    expect(await failure(files, { signal: AbortSignal.abort(reason) })).toBe('enough');
    const during = new AbortController();
    const read = async (path: string): Promise<Uint8Array> => {
      during.abort(reason);
      return files.read(path);
    };
    expect(await failure({ ...files, read }, { signal: during.signal })).toBe('enough');
    const refusing = async (): Promise<Uint8Array> => {
      during.abort(reason);
      throw new Error('interrupted');
    };
    expect(await failure({ ...files, read: refusing }, { signal: during.signal })).toBe('enough');
  });

  test('two calls at once, one of which fails', async () => {
    const files = await savedSmall();
    const broken = readable({ ...files, json: { ...files.json, weightsManifest: [{ paths: [], weights: [] }] } });
    const before = tf.memory().numTensors;
    const [bad, good] = await Promise.allSettled([loadModel(broken), loadModel(readable(files))]);
    expect(bad.status).toBe('rejected');
    if (good.status !== 'fulfilled') throw good.reason;
    expect(tf.memory().numTensors - before).toBe(8);
    expect((await weightsOf(good.value)).map(([name]) => name)).toContain('head/bias');
    good.value.dispose();
  });
});

test('loadModel: a registered custom layer', async () => {
  class Doubled extends tfl.layers.Layer {
    static readonly className = 'Doubled';
    override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
      return tf.mul(Array.isArray(inputs) ? (inputs[0] as tf.Tensor) : inputs, 2);
    }
  }
  tf.serialization.registerClass(Doubled);
  const original = tfl.sequential({
    name: 'custom',
    layers: [tfl.layers.dense({ units: 2, inputShape: [2] }), new Doubled({})],
  });
  const model = await loadModel(readable(await saved(original)));
  const x = { shape: [1, 2], data: Float32Array.of(1, 2) };
  expect(await outputOf(model, x)).toEqual(await outputOf(original, x));
  model.dispose();
  original.dispose();
});
