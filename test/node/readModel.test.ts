import { cp, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { toInput } from '../../src/image/toInput.ts';
import { readModel } from '../../src/node/readModel.ts';
import { readPicture } from '../../src/node/readPicture.ts';

const tiny = 'test/fixtures/models/vgg-tiny';
const lite = 'examples/models/efficientnet-lite0';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function copied(): Promise<string> {
  for (const file of ['model.json', 'weights.bin']) {
    await cp(`${tiny}/${file}`, join(folder, file));
  }
  return join(folder, 'model.json');
}

test('readModel(path | file: URL)', async () => {
  const path = `${tiny}/model.json`;
  const url = pathToFileURL(path);
  for (const source of [path, url, url.href]) {
    const model = await readModel(source);
    expect(model.name).toBe('vgg_tiny');
    model.dispose();
  }
});

test('readModel(truncated or missing file)', async () => {
  const path = await copied();
  const before = tf.memory().numTensors;
  const weights = join(folder, 'weights.bin');
  await truncate(weights, 1000);
  await expect(readModel(path)).rejects.toThrow('weights.bin: expected 25764 bytes, got 1000; the data end in weight');
  await rm(weights);
  await expect(readModel(path)).rejects.toThrow(
    `weight file "weights.bin", named in "${path}", cannot be read: ENOENT`,
  );
  await writeFile(path, '{"modelTopology": {"class_na');
  await expect(readModel(path)).rejects.toThrow(`"${path}" expected JSON, got invalid JSON`);
  await rm(path);
  await expect(readModel(path)).rejects.toThrow(`"${path}" cannot be read: ENOENT`);
  expect(tf.memory().numTensors).toBe(before);
});

test.each([undefined, null, 5, ''])('readModel(%s), readPicture(%s)', async (path) => {
  const message = '"path" expected a path or a file: URL, got';
  await expect(readModel(path as never)).rejects.toThrow(message);
  await expect(readPicture(path as never)).rejects.toThrow(message);
});

test('readModel(folder): the one model in it', async () => {
  await copied();
  const model = await readModel(folder);
  expect(model.name).toBe('vgg_tiny');
  model.dispose();
  await writeFile(join(folder, 'net.keras'), '');
  await expect(readModel(folder)).rejects.toThrow(
    `"${folder}" cannot be read: its files: expected one model, got net.keras, model.json: give one of them`,
  );
});

test('readModel(folder of a SavedModel | without a model)', async () => {
  await expect(readModel(folder)).rejects.toThrow('expected a model.json, .keras or .h5 file, got none');
  await writeFile(join(folder, 'saved_model.pb'), Uint8Array.of(8, 1, 18));
  const advice = 'a SavedModel, which is converted first: tensorflowjs_converter --input_format=tf_saved_model';
  for (const path of [folder, join(folder, 'saved_model.pb')]) await expect(readModel(path)).rejects.toThrow(advice);
  await writeFile(join(folder, 'fingerprint.pb'), '');
  await expect(readModel(folder)).rejects.toThrow(advice);
});

test('readModel(.keras | .h5): Keras 2 and 3', async () => {
  for (const name of ['keras2.keras', 'keras2.h5', 'keras3.keras', 'keras3.h5']) {
    const model = await readModel(`test/fixtures/files/${name}`);
    // The kernel of the first layer, as test/fixtures/files/make_models.py sets it.
    expect([...(await (model.getWeights()[0] as tf.Tensor).data())]).toEqual([0, 0.5, 1, 1.5, 2, 2.5]);
    model.dispose();
  }
});

test('readModel(model.json beside a metadata.json): labels', async () => {
  const path = await copied();
  await writeFile(join(folder, 'metadata.json'), '{"labels": ["cat", "dog"]}');
  const model = await readModel(path);
  expect(model.getUserDefinedMetadata()).toEqual({ labels: ['cat', 'dog'] });
  model.dispose();
});

test('readModel: weight files outside of the folder are not read', async () => {
  const path = await copied();
  const inner = join(folder, 'inner');
  await mkdir(join(inner, 'weights'), { recursive: true });
  const json = JSON.parse(await readFile(path, 'utf8')) as { weightsManifest: [{ paths: string[] }] };
  const within = join(inner, 'model.json');
  const withWeights = async (file: string): Promise<string> => {
    json.weightsManifest[0].paths = [file];
    await writeFile(within, JSON.stringify(json));
    return within;
  };
  for (const file of ['../weights.bin', join(folder, 'weights.bin'), 'weights/../../weights.bin', '.', '']) {
    await expect(readModel(await withWeights(file))).rejects.toThrow(
      `weight file "${file}", named in "${within}", cannot be read: it lies outside of the folder "${inner}"`,
    );
  }
  await cp(join(folder, 'weights.bin'), join(inner, 'weights', '..weights.bin'));
  (await readModel(await withWeights('weights/..weights.bin'))).dispose();
});

test('readModel(path, {signal})', async () => {
  const reason = new Error('enough');
  await expect(readModel(`${tiny}/model.json`, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

test('readModel(EfficientNet-Lite0): its classes of the photographs', async () => {
  const model = await readModel(`${lite}/model.json`);
  expect(model.countParams()).toBe(4_694_024);
  // As listed in examples/images/README.md.
  const expected = { chelsea: [285, 0.405], coffee: [967, 0.942], rocket: [657, 0.318] } as const;
  for (const [name, [index, probability]] of Object.entries(expected)) {
    const { shape, data } = toInput(await readPicture(`examples/images/${name}.png`), {
      size: 224,
      mean: 127,
      std: 128,
    });
    const output = tf.tidy(() => model.predict(tf.tensor(data, [...shape])) as tf.Tensor);
    const values = await output.data();
    output.dispose();
    expect(values.indexOf(Math.max(...values))).toBe(index);
    expect(values[index]).toBeCloseTo(probability, 3);
  }
  model.dispose();
});
