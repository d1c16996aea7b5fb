import { cp, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
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
  await expect(readModel(folder)).rejects.toThrow(`"${folder}" cannot be read: EISDIR`);
  expect(tf.memory().numTensors).toBe(before);
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
