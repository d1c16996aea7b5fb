import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layers as l } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { installKernels } from '../../src/backend/installKernels.ts';
import { distillDecisionTree } from '../../src/distillation/rationale/distillDecisionTree.ts';
import { growDecisionTree } from '../../src/distillation/rationale/growDecisionTree.ts';
import { imageRationales } from '../../src/distillation/rationale/imageRationales.ts';
import { parseTree } from '../../src/distillation/rationale/parseTree.ts';
import { partEffects } from '../../src/distillation/rationale/partEffects.ts';
import { rationaleVectors } from '../../src/distillation/rationale/rationaleVectors.ts';
import { treeMetrics } from '../../src/distillation/rationale/treeMetrics.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';
import type { Target } from '../../src/scoring/types.ts';
import { chain, conv, free, randomized } from '../oracle/building.ts';
import { curvedHead } from '../support/camModels.ts';
import { expectNear } from '../support/near.ts';

// The tape of tfjs, against which gradients are held here, wants kernels that wasm lacks.
installKernels();

function binary(): LayersModel {
  return randomized(
    chain(
      [6, 6, 2],
      conv({ name: 'A', filters: 5, activation: 'relu' }),
      l.flatten(),
      l.dense({ units: 4, activation: 'relu' }),
      l.dense({ units: 1, activation: 'sigmoid' }),
    ),
    3,
  );
}

function picturesFor(model: LayersModel, count: number, seed = 5): NdArray {
  const shape = [count, ...((model.inputs[0] as LayersModel['inputs'][number]).shape.slice(1) as number[])];
  return {
    shape,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, random(seed).normal),
  };
}

/** Responses, gradients and logits by tfjs's own tape, after layer `A`. */
async function byTape(model: LayersModel, x: NdArray, scoreOf: (z: tf.Tensor2D) => tf.Tensor1D) {
  const at = model.layers.findIndex(({ name }) => name === 'A') + 1;
  const last = model.layers.at(-1) as LayersModel['layers'][number];
  const [kernel, bias] = last.getWeights() as [tf.Tensor2D, tf.Tensor];
  const head = (a: tf.Tensor): tf.Tensor1D => {
    const features = model.layers.slice(at, -1).reduce((value, layer) => layer.apply(value) as tf.Tensor, a);
    return scoreOf(tf.add(tf.matMul(features as tf.Tensor2D, kernel), bias));
  };
  const made = tf.tidy(() => {
    const input = tf.tensor(x.data, [...x.shape]);
    const a = model.layers.slice(1, at).reduce((value, layer) => layer.apply(value) as tf.Tensor, input as tf.Tensor);
    return [a, tf.grad((value: tf.Tensor) => tf.sum(head(value)))(a), head(a)] as const;
  });
  const read = await Promise.all(made.map(async (t) => ({ shape: t.shape, data: (await t.data()) as Float32Array })));
  tf.dispose([...made]);
  return read as unknown as [NdArray, NdArray, NdArray];
}

const cases: [string, () => LayersModel, Target, (z: tf.Tensor2D) => tf.Tensor1D][] = [
  ['class 1 of a binary model', binary, 1, (z) => tf.squeeze(z, [1])],
  ['class 0 of a binary model', binary, 0, (z) => tf.neg(tf.squeeze(z, [1])) as tf.Tensor1D],
  [
    'a class against the others',
    () => curvedHead(),
    { class: 2, minus: 'rest' },
    (z) => tf.sum(tf.mul(z, tf.tensor2d([[-0.5, -0.5, 1]])), 1) as tf.Tensor1D,
  ],
];

test.each(cases)(
  '%s: vectors of the gradient that the tape gives, and the tree of them',
  async (_, make, target, score) => {
    const model = make();
    // Some pictures are left away whose gradient is zero: there no unit is active.
    const x = picturesFor(model, 24);
    const [responses, gradients, outputs] = await byTape(model, x, score);
    const on = { layer: 'A', target } as const;
    const vectors = await imageRationales(model, x, on as never);
    const expected = rationaleVectors({ responses, gradients, outputs });
    expectNear(vectors.responses.data, expected.responses.data, 1e-3);
    expectNear(vectors.rationales.data, expected.rationales.data, 1e-4);
    expectNear(vectors.meanResponses, expected.meanResponses, 1e-5);
    expect(vectors.positive).toEqual(Array.from(outputs.data, (value) => value > 0));
    const tree = await distillDecisionTree(model, x, on as never);
    expect(tree.positives).toEqual([...vectors.positive.keys()].filter((image) => vectors.positive[image]));
    expect([...tree.positives, ...tree.negatives].sort((a, b) => a - b)).toEqual([...Array(24).keys()]);
    expect(JSON.parse(JSON.stringify(tree))).toEqual(tree);
    const all = await distillDecisionTree(model, [x], { ...on, positives: tree.positives, others: 'leave' } as never);
    const read = await imageRationales(model, x, { ...on, meanResponses: all.meanResponses } as never);
    const pick = ({ shape, data }: NdArray<Float64Array>): NdArray<Float64Array> => ({
      shape: [tree.positives.length, shape[1] as number],
      data: Float64Array.from(tree.positives.flatMap((image) => [...data.subarray(image * 5, (image + 1) * 5)])),
    });
    const given = {
      responses: pick(read.responses),
      rationales: pick(read.rationales),
      outputs: tree.positives.map((image) => read.outputs[image] as number),
      biases: tree.positives.map((image) => read.biases[image] as number),
    };
    const grown = growDecisionTree(given);
    expect(all.merges).toEqual(grown.merges);
    expect(treeMetrics(all, given, { levels: ['leaves'] })[0]?.fitness).toBeCloseTo(1, 9);
    // A leaf says of its image what the network says.
    const [path] = parseTree({ nodes: all.nodes, secondLayer: [0] }, given);
    const image = all.positives[0] as number;
    expect((path?.[0]?.prediction as number) * (all.lengths[0] as number)).toBeCloseTo(
      outputs.data[image] as number,
      3,
    );
    free(model);
  },
);

test('the top class decides where there are several, batches do not', async () => {
  const model = curvedHead();
  const x = picturesFor(model, 9);
  const [, , logits] = await byTape(model, x, (z) => tf.reshape(z, [-1]));
  const top = Array.from({ length: 9 }, (_, i) => {
    const row = [...logits.data.subarray(3 * i, 3 * i + 3)];
    return row.indexOf(Math.max(...row));
  });
  const options = { layer: 'A', target: 1 };
  const whole = await imageRationales(model, x, options);
  expect(whole.positive).toEqual(top.map((own) => own === 1));
  const parts = await imageRationales(model, x, { ...options, batchSize: 4 });
  expectNear(parts.rationales.data, whole.rationales.data, 1e-6);
  free(model);
});

test('what a part is worth: all of a linear head, and the local model where it is exact', async () => {
  const model = randomized(
    chain(
      [5, 5, 2],
      conv({ name: 'A', filters: 4, activation: 'relu' }),
      l.globalAveragePooling2d({}),
      l.dense({ units: 2 }),
    ),
    1,
  );
  const x = picturesFor(model, 6);
  const on = { layer: 'A', target: { class: 0, minus: 'rest' } } as const;
  const parts = { shape: [2, 4], data: Float32Array.of(1, 0, 1, 0, 0, 1, 0, 1) };
  const effects = await partEffects(model, x, { ...on, parts });
  const vectors = await imageRationales(model, x, on);
  const local = { ...effects, data: effects.data.map((value, i) => value / (vectors.lengths[i >> 1] as number)) };
  const tree = growDecisionTree({
    ...vectors,
    outputs: vectors.outputs.map((y) => y + 100),
    biases: vectors.biases.map((b) => b + 100),
  });
  const [leaves] = treeMetrics(tree, vectors, { levels: ['leaves'], parts, effects: local });
  expect(leaves?.partError?.mean).toBeLessThan(1e-4);
  const [second] = treeMetrics(tree, vectors, { levels: [2], parts, effects: local });
  expectNear(
    second?.partError?.perPart ?? [],
    treeMetrics(tree, vectors, { levels: [2], parts })[0]?.partError?.perPart ?? [],
    1e-4,
  );
  free(model);
});

test('progress, and a signal that stops before the next batch or merge', async () => {
  const model = binary();
  const x = picturesFor(model, 20);
  const stages: string[] = [];
  const controller = new AbortController();
  const options = { layer: 'A', target: 1, positives: 'all' as const, batchSize: 8 };
  const tensors = tf.memory().numTensors;
  const stopped = distillDecisionTree(model, x, {
    ...options,
    target: ((outputs: readonly tf.Tensor[]) => tf.add(tf.squeeze(outputs[0] as tf.Tensor, [1]), 3)) as never,
    signal: controller.signal,
    onProgress({ stage, done }) {
      stages.push(`${stage} ${done}`);
      if (stage === 'merges' && done === 2) controller.abort(new Error('enough'));
    },
  });
  await expect(stopped).rejects.toThrow('enough');
  expect(stages).toEqual(['rationales 8', 'rationales 16', 'rationales 20', 'merges 1', 'merges 2']);
  const early = new AbortController();
  early.abort(new Error('at once'));
  await expect(distillDecisionTree(model, x, { ...options, signal: early.signal })).rejects.toThrow('at once');
  expect(tf.memory().numTensors).toBe(tensors);
  free(model);
});

test.each<[object, string]>([
  [{ layer: 'B' }, '"layer" expected the address of a layer, got "B"'],
  [{ target: 'predicted' }, '"target" expected one and the same for all images'],
  [{ target: undefined }, '"target" expected one and the same for all images'],
  [{ target: [1, 1] }, '"target" expected one and the same for all images'],
  [{ target: 2 }, '"target" expected an integer in 0..1, got 2'],
  [{ positives: [] }, '"positives" expected at least one image, got none'],
  [{ positives: [9] }, '"positives" expected an integer in 0..3, got 9'],
  [{ positives: 'some' }, '"positives" expected one of'],
  [{ others: 'keep' }, '"others" expected one of'],
  [{ beta: Number.NaN }, '"beta" expected a finite number'],
])('distillDecisionTree(model, x, %o) is refused', async (wrong, message) => {
  const model = binary();
  const call = distillDecisionTree(model, picturesFor(model, 4), {
    layer: 'A',
    target: 1,
    positives: 'all',
    ...wrong,
  } as never);
  await expect(call).rejects.toThrow(message);
  free(model);
});

test('an image without a gradient is named', async () => {
  const model = binary();
  const target = (outputs: readonly tf.Tensor[], example: Int32Array): tf.Tensor => {
    const weights = tf.tensor1d(Float32Array.from(example, (i) => Number(i !== 2)));
    return tf.mul(tf.add(tf.squeeze(outputs[0] as tf.Tensor, [1]), 3), weights);
  };
  const x = picturesFor(model, 4);
  const message = 'got zero for all filters of image 2';
  for (const batchSize of [1, 4]) {
    await expect(imageRationales(model, x, { layer: 'A', target, batchSize })).rejects.toThrow(message);
  }
  const call = distillDecisionTree(model, x, { layer: 'A', target, positives: [2, 3] });
  await expect(call).rejects.toThrow(message);
  free(model);
});
