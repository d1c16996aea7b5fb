import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { type LayersModel, layers as l } from '@tensorflow/tfjs-layers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { installKernels } from '../../../src/backend/installKernels.ts';
import { activations, compile, predict } from '../../../src/network/index.ts';
import type { LossGradients } from '../../../src/network/training/tapedGradients.ts';
import { type NdArray, rowOf, sizeOf } from '../../../src/numeric/ndarray.ts';
import { random } from '../../../src/numeric/random.ts';
import { decoderExamples } from '../../../src/visualization/generators/decoders/decoderExamples.ts';
import { decoderLoss } from '../../../src/visualization/generators/decoders/decoderLoss.ts';
import { decode, trainDecoder, upconvolutionalDecoder } from '../../../src/visualization/index.ts';
import { chain, randomized } from '../../oracle/building.ts';
import { expectClose } from '../../support/close.ts';
import { expectNear } from '../../support/near.ts';
import { weightsOf } from './weightsOf.ts';

const shape = [6, 6, 1];
const seen = { layer: 'code', range: [0, 1] } as const;
const settings = { ...seen, validation: 0, learningRate: 1e-2, base: 8 } as const;

let uninstall = (): void => {};
beforeEach(() => {
  uninstall = installKernels({ replace: true });
});
afterEach(() => uninstall());

test('trainDecoder learns sixteen images by heart, and exchanged codes exchange their reconstructions', async () => {
  const model = network();
  const images = blobs(16);
  const { decoder, losses } = await trainDecoder(model, images, { ...settings, epochs: 200, batchSize: 16 });
  expect(losses.at(-1)).toBeLessThan(1e-3);
  const { images: pictures, codes, errors } = await decode(decoder, model, images, seen);
  const { images: others } = await decode(decoder, model, images, { ...seen, codes: exchanged(codes) });
  expect(rowOf(others, 0)).toEqual(rowOf(pictures, 1));
  expect(rowOf(others, 1)).toEqual(rowOf(pictures, 0));
  expect(rowOf(others, 2)).toEqual(rowOf(pictures, 2));
  // The mean square of pixels of an example, from the distance that is reported.
  const squares = [...errors.pixelDistance].map((distance) => distance ** 2 / 36);
  expect(Math.max(...squares)).toBeLessThan(5e-3);
  [decoder, model].forEach((one) => void one.dispose());
});

test('trainDecoder makes the mean image where all features are the same', async () => {
  const model = chain(
    shape,
    l.flatten(),
    l.dense({ name: 'code', units: 3, kernelInitializer: 'zeros', biasInitializer: 'ones' }),
  );
  const images = blobs(12);
  const decoder = chain([3], l.dense({ units: 36, activation: 'sigmoid' }), l.reshape({ targetShape: shape }));
  const training = { ...settings, decoder, epochs: 150, batchSize: 12, halvings: 6, learningRate: 0.1 };
  await trainDecoder(model, images, training);
  const { images: pictures } = await decode(decoder, model, images, seen);
  const mean = Float32Array.from({ length: 36 }, (_, p) => {
    return images.data.filter((_, i) => i % 36 === p).reduce((sum, value) => sum + value / 12, 0);
  });
  expectNear(rowOf(pictures, 5), mean, 0.02);
  [decoder, model].forEach((one) => void one.dispose());
});

test('decoderLoss has the gradient that tfjs’s tape finds through both networks', async () => {
  const model = network();
  const compiled = compile(model);
  const decoder = upconvolutionalDecoder({ featureShape: [24], imageShape: shape, base: 2 });
  const images = blobs(5);
  const options = { layer: 'code', mean: 20, std: 150 };
  const x = { shape: images.shape, data: images.data.map((value) => (255 * value - 20) / 150) };
  const examples = await decoderExamples(compiled, [x], options);
  const weights = decoder.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const rows = Int32Array.of(3, 1, 4);
  const loss = decoderLoss(compiled, decoder, examples, { ...options, featureWeight: 0.7 });
  const features = tfl.model({ inputs: model.inputs, outputs: model.getLayer('code').output as tfl.SymbolicTensor });
  const taped = (): tf.Scalar => {
    const [codes, wanted] = [examples.codes, images].map(({ shape, data }) => {
      return tf.gather(tf.tensor(data, [...shape]), tf.tensor1d(rows, 'int32'));
    }) as [tf.Tensor, tf.Tensor];
    const made = decoder.apply(codes) as tf.Tensor;
    const found = features.apply(tf.div(tf.sub(tf.mul(made, 255), 20), 150)) as tf.Tensor;
    const term = tf.div(tf.sum(tf.squaredDifference(found, codes)), 3 * examples.energy);
    return tf.add(tf.mean(tf.squaredDifference(made, wanted)), tf.mul(term, 0.7));
  };
  const kept = (run: () => LossGradients) =>
    tf.tidy(run as unknown as () => tf.TensorContainer) as unknown as LossGradients;
  const [ours, oracle] = [kept(() => loss(rows, weights)), kept(() => tf.variableGrads(taped, weights))];
  await expectClose(ours.value, oracle.value, { name: 'loss' });
  for (const { name } of weights) await expectClose(ours.grads[name]!, oracle.grads[name]!, { name, floor: 1e-4 });
  tf.dispose([ours, oracle] as unknown as tf.TensorContainer);
  compiled.dispose();
  [decoder, model].forEach((one) => void one.dispose());
});

test('trainDecoder gives the same bits for the same seed, and others for another', async () => {
  const model = network();
  const images = blobs(10);
  const trained = async (seed: number) => {
    const found = await trainDecoder(model, images, { ...settings, epochs: 3, batchSize: 4, validation: 0.2, seed });
    const weights = await weightsOf(found.decoder);
    found.decoder.dispose();
    return { weights, losses: found.losses, validation: found.validation };
  };
  const [one, again, other] = [await trained(4), await trained(4), await trained(5)];
  expect(one).toEqual(again);
  expect(one.weights[0]).not.toEqual(other.weights[0]);
  expect(one.validation?.pixel).toHaveLength(3);
  expect(one.validation?.feature.every((error) => error > 0)).toBe(true);
  model.dispose();
});

test('trainDecoder trains a decoder that is given, which stays the caller’s', async () => {
  const model = network();
  const images = blobs(8);
  const decoder = upconvolutionalDecoder({ featureShape: [24], imageShape: shape, base: 4 });
  const before = await weightsOf(decoder);
  const found = await trainDecoder(model, images, { ...settings, decoder, epochs: 1 });
  expect(found.decoder).toBe(decoder);
  expect(await weightsOf(decoder)).not.toEqual(before);
  const { signal, stop } = stopping();
  await expect(
    trainDecoder(model, images, { ...settings, decoder, epochs: 5, signal, onProgress: stop }),
  ).rejects.toThrow('enough');
  expect((await predict(decoder, zeros(24))).values.shape).toEqual([1, ...shape]);
  [decoder, model].forEach((one) => void one.dispose());
});

test('trainDecoder that is stopped leaves nothing', async () => {
  const model = network();
  const { signal, stop } = stopping();
  const running = trainDecoder(model, blobs(8), { ...settings, epochs: 5, signal, onProgress: stop });
  await expect(running).rejects.toThrow('enough');
  model.dispose();
});

test('upconvolutionalDecoder makes pictures of any size, of features with and without places', () => {
  for (const [featureShape, imageShape, upConvolution] of [
    [[5], [28, 28, 1], 'transposed'],
    [[5], [9, 30, 3], 'upsampled'],
    [[3, 4, 2], [13, 9, 3], 'transposed'],
    [[7, 7, 2], [7, 7, 1], 'upsampled'],
    [[9, 9, 2], [6, 8, 1], 'transposed'],
  ] as const) {
    const decoder = upconvolutionalDecoder({ featureShape, imageShape, upConvolution, base: 2 });
    expect(decoder.inputs[0]?.shape.slice(1)).toEqual([...featureShape]);
    expect(decoder.outputs[0]?.shape.slice(1)).toEqual([...imageShape]);
    decoder.dispose();
  }
});

test('decode reports errors in the units of the papers, of a decoder and of an inversion', async () => {
  const model = network();
  const images = blobs(4);
  // A decoder that knows nothing: a picture of one grey.
  const decoder = chain(
    [24],
    l.dense({ units: 36, kernelInitializer: 'zeros', activation: 'sigmoid' }),
    l.reshape({ targetShape: shape }),
  );
  const inversion = { images };
  const found = await decode(decoder, model, images, { ...seen, inversion });
  const grey = Float32Array.from({ length: 36 }, () => 0.5);
  const pairs = [0, 1, 2, 3].flatMap((i) => [0, 1, 2, 3].filter((j) => j > i).map((j) => [i, j] as const));
  const between = pairs.map(([i, j]) => distance(rowOf(images, i), rowOf(images, j)));
  const unit = between.reduce((sum, d) => sum + d, 0) / pairs.length;
  expectNear(
    found.errors.reported?.pixel ?? [],
    [0, 1, 2, 3].map((i) => distance(rowOf(images, i), grey) / unit),
    1e-5,
  );
  const { code: features } = await activations(model, images, ['code']);
  const { code: ofGrey } = await activations(model, { shape: [1, ...shape], data: grey }, ['code']);
  const squares = [0, 1, 2, 3].flatMap((i) =>
    [0, 1, 2, 3].map((j) => distance(rowOf(features, i), rowOf(features, j)) ** 2),
  );
  const norm = squares.reduce((sum, d) => sum + d, 0) / 16;
  const wanted = [0, 1, 2, 3].map((i) => distance(rowOf(features, i), ofGrey.data) ** 2 / norm);
  expectNear(found.errors.reported?.feature ?? [], wanted, 1e-4);
  expectNear(found.inversionErrors?.reported?.pixel ?? [], [0, 0, 0, 0], 1e-6);
  expectNear(found.inversionErrors?.reported?.feature ?? [], [0, 0, 0, 0], 1e-6);
  [decoder, model].forEach((one) => void one.dispose());
});

test('decode of a single image has distances, and no unit for them', async () => {
  const model = network();
  const decoder = upconvolutionalDecoder({ featureShape: [24], imageShape: shape, base: 2 });
  const { errors } = await decode(decoder, model, blobs(1), seen);
  expect(errors.pixelDistance[0]).toBeGreaterThan(0);
  expect(errors.reported).toBeUndefined();
  [decoder, model].forEach((one) => void one.dispose());
});

test('decoders refuse what they cannot use', async () => {
  const model = network();
  const images = blobs(4);
  const decoder = upconvolutionalDecoder({ featureShape: [24], imageShape: [5, 6, 1], base: 2 });
  const train = (options: object) => trainDecoder(model, images, { ...settings, epochs: 1, ...options });
  await expect(train({ layer: 'cod' })).rejects.toThrow(/"layer".*code/);
  await expect(train({ decoder })).rejects.toThrow(
    '"decoder" expected a model from [24] to [6, 6, 1], got one from [24] to [5, 6, 1]',
  );
  await expect(train({ range: [-4, -3] })).rejects.toThrow('"images" expected numbers that are pixels of 0 to 255');
  await expect(train({ epochs: 0 })).rejects.toThrow('"epochs" expected');
  await expect(decode(decoder, model, images, seen)).rejects.toThrow(
    '"decoder" expected a model that makes pictures [6, 6, 1]',
  );
  const codes = { shape: [4, 23], data: new Float32Array(92) };
  await expect(decode(decoder, model, images, { ...seen, codes })).rejects.toThrow('"codes" expected the shape');
  expect(() => upconvolutionalDecoder({ featureShape: [2, 2], imageShape: shape })).toThrow(
    '"featureShape" expected [units]',
  );
  [decoder, model].forEach((one) => void one.dispose());
});

test('trainDecoder says which kernel a backend lacks', async () => {
  uninstall();
  const model = network();
  const training = trainDecoder(model, blobs(4), { ...settings, epochs: 1 });
  const outcome = await training.then(
    ({ decoder }) => decoder.dispose() && 'trained',
    (error: Error) => error.message,
  );
  if (outcome !== 'trained') expect(outcome).toContain('installKernels');
  model.dispose();
});

/** Features that tell nearly everything: 24 directions of 36 pixels. */
function network(): LayersModel {
  return randomized(chain(shape, l.flatten(), l.dense({ name: 'code', units: 24 }), l.dense({ units: 3 })), 3);
}

function blobs(count: number): NdArray {
  const data = new Float32Array(count * sizeOf(shape));
  for (let i = 0; i < count; i++) {
    const { uniform } = random(0, i);
    const [row, column] = [6 * uniform(), 6 * uniform()];
    for (let p = 0; p < 36; p++)
      data[36 * i + p] = Math.exp(-((Math.floor(p / 6) - row) ** 2 + ((p % 6) - column) ** 2) / 4);
  }
  return { shape: [count, ...shape], data };
}

function exchanged(codes: NdArray): NdArray {
  const data = codes.data.slice();
  data.set(rowOf(codes, 1), 0);
  data.set(rowOf(codes, 0), 24);
  return { shape: codes.shape, data };
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.sqrt(Array.from(a).reduce((sum, value, i) => sum + (value - (b[i] as number)) ** 2, 0));
}

function stopping(): { readonly signal: AbortSignal; readonly stop: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, stop: () => controller.abort(new Error('enough')) };
}

function zeros(units: number): NdArray {
  return { shape: [1, units], data: new Float32Array(units) };
}
