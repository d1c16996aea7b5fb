import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { readStored } from '../../../src/network/loading/readStored.ts';
import type { LoadOptions, ModelSource } from '../../../src/network/loading/source.ts';
import type { StoredLayers } from '../../../src/network/loading/storedModel.ts';
import type { Progress } from '../../../src/network/types.ts';
import { readFixture } from '../../support/fixtures.ts';
import { zipped } from '../../support/zipped.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

const inBrowser = typeof document !== 'undefined';
const floats = Float32Array.of(1, -2, 3.5, 0.25, 5, 6);
const weightData = floats.slice().buffer;
const shards = { 'one.bin': new Uint8Array(weightData, 0, 10), 'two.bin': new Uint8Array(weightData, 10) };
const modelTopology = { class_name: 'Sequential', config: { name: 'net', layers: [] } };
const weightSpecs: tf.io.WeightsManifestEntry[] = [
  { name: 'd/kernel', shape: [2, 2], dtype: 'float32' },
  { name: 'd/bias', shape: [2], dtype: 'float32' },
];
const json = { modelTopology, weightsManifest: [{ paths: Object.keys(shards), weights: weightSpecs }] };
const text = JSON.stringify(json);
const labels = { labels: ['cat', 'dog'], imageSize: 224 };

const file = (name: string, content: BlobPart): File => new File([content], name);
const modelJson = file('model.json', text);
const dropped = [
  file('two.bin', shards['two.bin'] as BlobPart),
  modelJson,
  file('one.bin', shards['one.bin'] as BlobPart),
];

/** Reads and compares with what was saved. */
async function expectNet(source: ModelSource, options?: LoadOptions): Promise<StoredLayers> {
  const stored = await readStored(source, options);
  if (stored.format !== 'layers' || stored.weights.by !== 'name') throw new Error('another format');
  expect(stored.topology).toMatchObject({ class_name: 'Sequential', config: { name: 'net' } });
  const tensors = [...stored.weights.arrays.values()].map((array) => array.tensor());
  const values = await Promise.all(tensors.map((tensor) => tensor.data()));
  tf.dispose(tensors);
  expect(values.flatMap((array) => [...array])).toEqual([...floats]);
  return stored;
}

async function failure(source: ModelSource, options?: LoadOptions): Promise<string> {
  return readStored(source, options).then(
    () => 'read',
    (error: Error) => error.message,
  );
}

describe('readStored(bytes)', () => {
  test.each(['Uint8Array', 'ArrayBuffer'])('%s: a copy is taken before anything else', async (kind) => {
    const bytes = new Uint8Array(await readFixture('files/keras3.keras'));
    const reading = readStored(kind === 'ArrayBuffer' ? bytes.buffer : bytes);
    bytes.fill(0);
    expect(await reading).toMatchObject({ format: 'layers', kerasVersion: '3.15.1' });
  });

  test('a model.json alone', async () => {
    expect(await failure(new TextEncoder().encode(text))).toMatch(
      /^weight file "\w+\.bin", named in "the given bytes", cannot be read: only bytes were given; give all files/,
    );
  });
});

describe('readStored(File | Blob | files)', () => {
  test('model.json and its shards in any order', async () => {
    expect((await expectNet(dropped)).name).toBe('model.json');
    await expectNet([...dropped].reverse());
    await expectNet(new Set(dropped));
  });

  test('JSON of another name among other JSON; a folder that was dropped', async () => {
    const renamed = [
      file('net (1).json', text),
      file('package.json', '{"name": "page"}'),
      dropped[0] as File,
      dropped[2] as File,
    ];
    expect((await expectNet(renamed)).name).toBe('net (1).json');
    const within = (path: string, content: File): File =>
      Object.defineProperty(new File([content], content.name), 'webkitRelativePath', { value: path });
    const folder = dropped.map((part) => within(`net/${part.name}`, part));
    // Of a second model, whose shards have the same names.
    const other = within('net/old/one.bin', file('one.bin', 'other'));
    expect((await expectNet([...folder, other])).name).toBe('net/model.json');
  });

  test('one file of any name: what it is, its content says', async () => {
    const bytes = (await readFixture('files/keras2.h5')) as BlobPart;
    expect(await readStored(file('download', bytes))).toMatchObject({ name: 'download', kerasVersion: '2.15.0' });
    expect(await readStored([file('net.keras', bytes)])).toMatchObject({ name: 'net.keras' });
    expect(await readStored(new Blob([bytes]))).toMatchObject({ name: 'the given file' });
    expect(await readStored([file('net.h5', bytes), file('notes.txt', '')])).toMatchObject({ name: 'net.h5' });
  });

  test('labels of Teachable Machine beside the JSON; those in the JSON come first', async () => {
    const metadata = file('metadata.json', JSON.stringify(labels));
    expect((await expectNet([...dropped, metadata])).metadata).toEqual(labels);
    expect((await expectNet([...dropped, file('metadata.json', '{"name": "else"}')])).metadata).toBeUndefined();
    const own = { ...json, userDefinedMetadata: { labels: ['own'] } };
    const files = [file('model.json', JSON.stringify(own)), dropped[0] as File, dropped[2] as File, metadata];
    expect((await expectNet(files)).metadata).toEqual({ labels: ['own'] });
    expect(await failure([...dropped, file('metadata.json', '{')])).toMatch(
      /^"metadata\.json" expected JSON, got invalid/,
    );
  });

  test('all of it in a zip, as Teachable Machine exports it', async () => {
    const encoded = (content: string): Uint8Array => new TextEncoder().encode(content);
    const zip = zipped({
      'model.json': encoded(text),
      'metadata.json': encoded(JSON.stringify(labels)),
      ...shards,
    });
    const stored = await expectNet(file('tm-my-image-model.zip', zip));
    expect(stored).toMatchObject({ name: 'tm-my-image-model.zip/model.json', metadata: labels });
    const keras = zipped({
      'keras_model.h5': await readFixture('files/keras2.h5'),
      'labels.txt': encoded('0 cat\n'),
    });
    expect(await readStored(keras)).toMatchObject({ name: 'the given bytes/keras_model.h5', kerasVersion: '2.15.0' });
  });

  test('a missing shard, several models, none, a name twice', async () => {
    expect(await failure(dropped.slice(0, 2))).toBe(
      'weight file "one.bin", named in "model.json", cannot be read: it is not among the files; the nearest are two.bin, model.json',
    );
    expect(await failure([...dropped, file('net.keras', '')])).toBe(
      'the given files: expected one model, got net.keras, model.json: give one of them',
    );
    expect(await failure([file('one.bin', ''), file('two.bin', '')])).toBe(
      'the given files: expected a model.json, .keras or .h5 file, got one.bin, two.bin',
    );
    expect(await failure([])).toBe('the given files: expected a model.json, .keras or .h5 file, got none');
    expect(await failure([modelJson, modelJson])).toBe(
      '"source" expected files of one model, got two of the name "model.json"',
    );
    expect(await failure([file('saved_model.pb', ''), file('variables.index', '')])).toMatch(
      /^the given files are a SavedModel, which is converted first: tensorflowjs_converter/,
    );
  });
});

describe('readStored(handler of tf.io)', () => {
  const artifacts = { modelTopology, weightSpecs, weightData, format: 'layers-model', userDefinedMetadata: labels };

  test('asynchronous or not; weights in one, in parts or as a stream', async () => {
    const parts = [weightData.slice(0, 3), weightData.slice(3)];
    const getWeightStream = (): ReadableStream<ArrayBuffer> =>
      new ReadableStream({
        start(controller) {
          for (const part of parts) controller.enqueue(part);
          controller.close();
        },
      });
    const { weightData: _, ...streamed } = artifacts;
    expect((await expectNet({ load: async () => artifacts })).metadata).toEqual(labels);
    await expectNet({ load: () => artifacts });
    await expectNet({ load: async () => ({ ...artifacts, weightData: parts }) });
    await expectNet({ load: async () => ({ ...streamed, getWeightStream }) });
    await expectNet(tf.io.fromMemory(artifacts));
  });

  test('a scheme that tf.io knows', async () => {
    tf.io.registerLoadRouter(
      (url) => (String(url).startsWith('shelf://') ? { load: async () => artifacts } : null) as tf.io.IOHandler,
    );
    await expectNet('shelf://net');
    expect(await failure('nowhere://net')).toBe(
      '"source" expected an address that can be fetched or that tf.io knows here, got "nowhere://net"; readModel of vitrine/node opens files',
    );
  });

  test.runIf(inBrowser)('indexeddb:// and localstorage:// in a browser', async () => {
    for (const url of ['indexeddb://vitrine-net', 'localstorage://vitrine-net']) {
      const [handler] = tf.io.getSaveHandlers(url);
      await handler?.save?.(artifacts);
      await expectNet(url);
      await tf.io.removeModel(url);
    }
  });

  test('artifacts without JSON', async () => {
    for (const wrong of [undefined, {}, { modelTopology: new ArrayBuffer(4) }]) {
      const handler = { load: async () => wrong } as unknown as tf.io.IOHandler;
      expect(await failure(handler)).toMatch(
        /^"the model of the handler" expected artifacts with a modelTopology of JSON/,
      );
    }
  });
});

describe('readStored(address, {fetch})', () => {
  const at = 'https://models.example/a/model.json?key=1';
  interface Asked {
    readonly url: string;
    readonly init: RequestInit | undefined;
  }

  /** Answers as a server would; what was asked for, in order. */
  function server(files: Record<string, BodyInit>): {
    asked: Asked[];
    fetch: (url: URL, init?: RequestInit) => Promise<Response>;
  } {
    const asked: Asked[] = [];
    const fetch = async (url: URL, init?: RequestInit): Promise<Response> => {
      asked.push({ url: String(url), init });
      const body = files[String(url)];
      return body === undefined ? new Response('', { status: 404, statusText: 'Not Found' }) : new Response(body);
    };
    return { asked, fetch };
  }
  const served = {
    [at]: text,
    'https://models.example/a/one.bin?key=1': shards['one.bin'] as BodyInit,
    'https://models.example/a/two.bin?key=1': shards['two.bin'] as BodyInit,
  };

  test('a function that takes the place of fetch', async () => {
    const { asked, fetch } = server(served);
    const { signal } = new AbortController();
    await expectNet(at, { fetch, signal });
    expect(asked.map(({ url }) => url)).toEqual(Object.keys(served));
    expect(asked.every(({ init }) => init?.signal === signal)).toBe(true);
  });

  test('headers and credentials, the headers to the server of the address alone', async () => {
    const paths = ['one.bin', 'https://cdn.example/two.bin'];
    const { asked, fetch } = server({
      ...served,
      [at]: JSON.stringify({ ...json, weightsManifest: [{ paths, weights: weightSpecs }] }),
      'https://cdn.example/two.bin': shards['two.bin'] as BodyInit,
    });
    vi.stubGlobal('fetch', fetch);
    await expectNet(at, { fetch: { headers: { authorization: 'Bearer secret' }, cache: 'no-store' } });
    const sent = asked.map(({ url, init }) => [new URL(url).host, init?.headers, init?.cache]);
    const headers = { authorization: 'Bearer secret' };
    expect(sent).toEqual([
      ['models.example', headers, 'no-store'],
      ['models.example', headers, 'no-store'],
      ['cdn.example', undefined, 'no-store'],
    ]);
  });

  test('a .keras file, fetched once; blob: addresses', async () => {
    const bytes = (await readFixture('files/keras3.keras')) as BodyInit;
    const { asked, fetch } = server({ 'https://models.example/net': bytes });
    expect(await readStored('https://models.example/net', { fetch })).toMatchObject({ kerasVersion: '3.15.1' });
    expect(asked).toHaveLength(1);
    const url = URL.createObjectURL(new Blob([bytes as BlobPart]));
    expect(await readStored(url)).toMatchObject({ kerasVersion: '3.15.1' });
    URL.revokeObjectURL(url);
  });

  test('progress: the bytes of the file as they come, then those of the weights', async () => {
    const seen: Progress[] = [];
    const body = new ReadableStream({
      start(controller) {
        const bytes = new TextEncoder().encode(text);
        controller.enqueue(bytes.subarray(0, 100));
        controller.enqueue(bytes.subarray(100));
        controller.close();
      },
    });
    const fetch = async (url: URL): Promise<Response> =>
      url.href === at
        ? new Response(body, { headers: { 'content-length': String(text.length) } })
        : new Response(served[url.href as keyof typeof served]);
    await expectNet(at, { fetch, onProgress: (progress) => seen.push(progress) });
    const whole = { stage: 'file', done: text.length, total: text.length };
    expect(seen.slice(0, 2)).toEqual([{ stage: 'file', done: 100, total: text.length }, whole]);
    expect(seen.at(-1)).toEqual({ stage: 'weights', done: 24, total: 24 });
  });

  test('an abort keeps its reason, also while the content comes', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const body = new ReadableStream({
      pull(controller) {
        stop.abort(reason);
        controller.error(new Error('interrupted'));
      },
    });
    const fetch = async (): Promise<Response> => new Response(body);
    expect(await failure(at, { fetch, signal: stop.signal })).toBe('enough');
  });

  test('a signal in the request; a function that returns no Response', async () => {
    const reason = new Error('enough');
    vi.stubGlobal('fetch', async (_: URL, init?: RequestInit): Promise<Response> => {
      init?.signal?.throwIfAborted();
      return new Response(text);
    });
    expect(await failure(at, { fetch: { signal: AbortSignal.abort(reason) } })).toMatch(/cannot be fetched: enough$/);
    const fetch = (async () => undefined) as unknown as () => Promise<Response>;
    expect(await failure(at, { fetch })).toMatch(
      /cannot be fetched: "fetch" expected to return a Response, got undefined$/,
    );
    expect(await failure(at, { fetch: 'no-store' as never })).toMatch(
      /cannot be fetched: "fetch" expected the options of a request or a function, got "no-store"$/,
    );
  });

  test('content that breaks off is named', async () => {
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error('connection lost')) });
    const fetch = async (): Promise<Response> => new Response(body);
    expect(await failure(at, { fetch })).toBe(
      '"https://models.example/a/model.json" cannot be fetched: connection lost',
    );
  });
});
