import * as tf from '@tensorflow/tfjs-core';
import { input, layers as l, model as modelOf } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { ablationTask, forEachOutcome } from '../../src/dissection/ablation/ablationTask.ts';
import { balancedAccuracy } from '../../src/dissection/ablation/balancedAccuracy.ts';
import { cumulativeAblation } from '../../src/dissection/ablation/cumulativeAblation.ts';
import { linearTail } from '../../src/dissection/ablation/linearTail.ts';
import { scoresByRuns } from '../../src/dissection/ablation/scoresByRuns.ts';
import { unitAblation } from '../../src/dissection/ablation/unitAblation.ts';
import { compile } from '../../src/network/compile.ts';
import type { Network } from '../../src/network/network.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random, shuffled } from '../../src/numeric/random.ts';
import { apply, chain, classifier, free, inputsOf, randomized } from '../oracle/building.ts';
import { arrayOf, dissectionGoldens, numbersOf } from '../support/dissectionGoldens.ts';
import { expectNear } from '../support/near.ts';

const goldens = await dissectionGoldens();

/** All logits, `[sets, examples, classes]`, as an ablation finds them, and as it would by runs alone. */
async function logitsOf(
  network: Network,
  x: NdArray,
  { layer, sets, batchSize = 3 }: { layer: string; sets: readonly (readonly number[])[]; batchSize?: number },
): Promise<{ found: readonly number[]; byRuns: readonly number[] }> {
  const total = x.shape[0] as number;
  const task = ablationTask(network, { layer, classes: new Array(total).fill(0) });
  const rows: number[][] = [];
  const run = { stage: 'test', batchSize };
  let example = -1;
  await forEachOutcome(task, [x], { ...run, sets }, ({ set, scores }) => {
    if (set === 0) example++;
    rows[set * total + example] = [...scores];
  });
  const again: number[][] = [];
  await scoresByRuns({ ...task, sets }, [x], { ...run, total }, (place, set, logits) => {
    again[set * total + place] = [...logits];
  });
  return { found: rows.flat(), byRuns: again.flat() };
}

/** A classifier in which a layer goes on by two ways. */
function residual(): ReturnType<typeof chain> {
  const x = input({ shape: [6, 6, 2] });
  const first = apply(l.conv2d({ filters: 4, kernelSize: 3, padding: 'same', activation: 'relu', name: 'first' }), x);
  const inner = apply(
    l.conv2d({ filters: 4, kernelSize: 3, padding: 'same', activation: 'relu', name: 'inner' }),
    first,
  );
  const sum = apply(l.add({ name: 'sum' }), [first, inner] as never);
  const pooled = apply(l.globalAveragePooling2d({ name: 'pooled' }), sum);
  return randomized(modelOf({ inputs: x, outputs: apply(l.dense({ units: 3, activation: 'softmax' }), pooled) }), 5);
}

/** Sets the weights of a unit to zero, before a ReLU. */
function withoutFilter(model: ReturnType<typeof chain>, layer: string, unit: number): void {
  const silent = tf.tidy(() =>
    model
      .getLayer(layer)
      .getWeights()
      .map((weight) => {
        const units = weight.shape.at(-1) as number;
        return tf.mul(weight, tf.sub(1, tf.oneHot(unit, units)));
      }),
  );
  model.getLayer(layer).setWeights(silent);
  tf.dispose(silent);
}

test.each(goldens.ofMethod('balanced-accuracy'))('$id', async ({ params, inputs, expected }) => {
  const [labels, predictions] = [await numbersOf(inputs['labels']), await numbersOf(inputs['predictions'])];
  const found = balancedAccuracy(predictions, labels, params['classes'] as number);
  expectNear(found, expected['balancedAccuracy'] as number[], 1e-12);
});

test.each(goldens.ofMethod('unit-ablation'))('$id, by weights and by runs', async ({ inputs, outputs }) => {
  const activations = (await arrayOf(inputs['activations'])) as NdArray;
  const model = chain(
    [3, 3, 6],
    l.activation({ activation: 'linear', name: 'features' }),
    l.globalAveragePooling2d({}),
    l.dropout({ rate: 0.5 }),
    l.dense({ units: 4, activation: 'softmax', name: 'scores' }),
  );
  const weights = [
    tf.tensor2d([...(await numbersOf(inputs['kernel']))], [6, 4]),
    tf.tensor1d([...(await numbersOf(inputs['bias']))]),
  ];
  model.getLayer('scores').setWeights(weights);
  tf.dispose(weights);
  const network = compile(model);
  expect(linearTail(network.graph, network.site('features'), network.heads[0] as never)).toBeDefined();
  const sets = [[], [0], [1], [2], [3], [4], [5]];
  const { found, byRuns } = await logitsOf(network, activations, { layer: 'features', sets });
  const expected = [...(await numbersOf(outputs['logits'])), ...(await numbersOf(outputs['ablated']))];
  expectNear(found, expected, 2e-6);
  expectNear(byRuns, expected, 2e-6);
  network.dispose();
  free(model);
});

describe('logits without units', () => {
  const sets = [[], [1], [0, 3], [3, 0, 3], [0, 1, 2, 3]];

  test.each(['conv1', 'norm1', 'pool1', 'conv2', 'features', 'conv2@preactivation'])(
    'do not depend on the way or the batches: %s',
    async (layer) => {
      const model = classifier();
      const network = compile(model);
      const [x] = inputsOf(model, 4) as [NdArray];
      const some = layer.startsWith('conv2') || layer === 'features' ? [[], [1], [0, 2], [2, 2], [0, 1, 2]] : sets;
      const { found, byRuns } = await logitsOf(network, x, { layer, sets: some });
      expectNear(found, byRuns, 2e-6);
      expectNear((await logitsOf(network, x, { layer, sets: some, batchSize: 1 })).found, found, 1e-6);
      const tail = linearTail(network.graph, network.site(layer), network.heads[0] as never);
      expect(tail !== undefined).toBe(layer === 'conv2' || layer === 'features');
      network.dispose();
      free(model);
    },
  );

  test.each(['first', 'inner'])('are those of a network whose filter is zero: %s', async (layer) => {
    const model = residual();
    const network = compile(model);
    const [x] = inputsOf(model, 3) as [NdArray];
    const { found } = await logitsOf(network, x, { layer, sets: [[], [2]] });
    withoutFilter(model, layer, 2);
    const { found: silent } = await logitsOf(network, x, { layer, sets: [[]] });
    expectNear(found.slice(9), silent, 1e-6);
    expect(found.slice(0, 9)).not.toEqual(found.slice(9));
    network.dispose();
    free(model);
  });

  test('of a head that is a convolution of one position', async () => {
    const model = randomized(
      chain(
        [6, 7, 2],
        l.conv2d({ filters: 4, kernelSize: 3, activation: 'relu', name: 'conv1' }),
        l.globalAveragePooling2d({}),
        l.reshape({ targetShape: [1, 1, 4] }),
        l.conv2d({ filters: 3, kernelSize: 1 }),
        l.reshape({ targetShape: [3] }),
        l.softmax(),
      ),
    );
    const network = compile(model);
    expect(linearTail(network.graph, network.site('conv1'), network.heads[0] as never)?.pooled).toBe(true);
    const { found, byRuns } = await logitsOf(network, inputsOf(model, 3)[0] as NdArray, { layer: 'conv1', sets });
    expectNear(found, byRuns, 1e-6);
    network.dispose();
    free(model);
  });
});

/** Classes that are told apart by one channel each, of which the last is told by two. */
function channelClassifier(): ReturnType<typeof chain> {
  const model = chain(
    [2, 2, 4],
    l.activation({ activation: 'relu', name: 'units' }),
    l.globalAveragePooling2d({}),
    l.dense({ units: 3, activation: 'softmax', useBias: false, name: 'scores' }),
  );
  const kernel = tf.tensor2d([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0.6], [4, 3]);
  model.getLayer('scores').setWeights([kernel]);
  kernel.dispose();
  return model;
}

/** Two examples of each class of these classes, with some of class 0 in all. */
function channelExamples(): { x: NdArray; classes: readonly number[] } {
  const rows = [
    [4, 1, 0, 0],
    [5, 1, 0, 0],
    [1, 4, 0, 0],
    [1, 6, 0, 0],
    [1, 0, 4, 4],
    [1, 0, 0.5, 5],
  ];
  const data = Float32Array.from(rows.flatMap((row) => [row, row, row, row].flat()));
  return { x: { shape: [6, 2, 2, 4], data }, classes: [0, 0, 1, 1, 2, 2] };
}

describe('unitAblation', () => {
  test('finds what each class needs', async () => {
    const model = channelClassifier();
    const { x, classes } = channelExamples();
    const found = await unitAblation(model, [x], { layer: 'units', classes });
    expect([...found.units]).toEqual([0, 1, 2, 3]);
    expect(found.intact).toEqual({ accuracy: 1, balancedAccuracy: Float64Array.of(1, 1, 1) });
    // Without unit 0 class 0 goes to 1; without 1 class 1 goes to 0; without 2 class 2 stays; without 3 one of it goes to 0.
    expect([...found.accuracy]).toEqual([4 / 6, 4 / 6, 1, 5 / 6]);
    expect(found.importance.shape).toEqual([4, 3]);
    expectNear(found.importance.data, [0.5, 0.25, 0, 0.25, 0.5, 0, 0, 0, 0, 0.125, 0, 0.25], 1e-12);
    expectNear(found.scoreLoss.data, [4.5, 0, 0, 0, 5, 0, 0, 0, 2.25, 0, 0, 2.7], 1e-6);
    expect(found.ranking.shape).toEqual([3, 4]);
    // Of equals the one that the logit needs more.
    expect([...found.ranking.data]).toEqual([0, 1, 3, 2, 1, 0, 2, 3, 3, 2, 0, 1]);
    free(model);
  });

  test('counts as balancedAccuracy does, whatever the batches and the examples in an item', async () => {
    const model = classifier();
    const [x] = inputsOf(model, 9) as [NdArray];
    const classes = [0, 1, 2, 3, 0, 1, 2, 3, 1];
    const options = { layer: 'norm1', classes, units: [3, 1] };
    const found = await unitAblation(model, [x], options);
    const size = x.data.length / 9;
    const items = Array.from({ length: 9 }, (_, i) => ({
      shape: x.shape.slice(1),
      data: x.data.slice(i * size, (i + 1) * size),
    }));
    for (const batchSize of [1, 4]) expect(await unitAblation(model, items, { ...options, batchSize })).toEqual(found);
    const network = compile(model);
    const { byRuns } = await logitsOf(network, x, { layer: 'norm1', sets: [[], [3], [1]] });
    const predictions = Array.from({ length: 27 }, (_, row) => {
      const logits = byRuns.slice(4 * row, 4 * row + 4);
      return logits.indexOf(Math.max(...logits));
    });
    const [intact, ...without] = [0, 9, 18].map((start) =>
      balancedAccuracy(predictions.slice(start, start + 9), classes, 4),
    ) as [Float64Array, Float64Array, Float64Array];
    expect(found.intact.balancedAccuracy).toEqual(intact);
    expect([...found.units]).toEqual([3, 1]);
    expectNear(
      found.importance.data,
      without.flatMap((left) => [...left].map((value, i) => (intact[i] as number) - value)),
      1e-12,
    );
    network.dispose();
    free(model);
  });

  test('a binary output has two classes', async () => {
    const model = classifier({ units: 1, activation: 'sigmoid' });
    const [x] = inputsOf(model, 5) as [NdArray];
    const found = await unitAblation(model, [x], { layer: 'conv1', classes: [0, 1, 1, 0, 1] });
    expect(found.importance.shape).toEqual([4, 2]);
    // What one class loses in the mean the other wins in its own examples; balanced accuracies are the same.
    expect(found.intact.balancedAccuracy[0]).toBe(found.intact.balancedAccuracy[1]);
    free(model);
  });

  test('a class without examples has no importance', async () => {
    const model = channelClassifier();
    const { x, classes } = channelExamples();
    const four = { shape: [4, 2, 2, 4], data: x.data.slice(0, 64) };
    const found = await unitAblation(model, [four], { layer: 'units', classes: classes.slice(0, 4) });
    expect(found.intact.balancedAccuracy[2]).toBeNaN();
    expect(found.importance.data[2]).toBeNaN();
    expect([...found.ranking.data.slice(8)]).toEqual([0, 1, 2, 3]);
    free(model);
  });

  test('is plain data', async () => {
    const model = channelClassifier();
    const { x, classes } = channelExamples();
    const found = await unitAblation(model, [x], { layer: 'units', classes });
    expect(structuredClone(found)).toEqual(found);
    free(model);
  });
});

describe('cumulativeAblation', () => {
  test('takes each class the units of its own ranking', async () => {
    const model = channelClassifier();
    const { x, classes } = channelExamples();
    const { ranking } = await unitAblation(model, [x], { layer: 'units', classes });
    const options = { layer: 'units', classes, ranking };
    const found = await cumulativeAblation(model, [x], options);
    expect([...found.counts]).toEqual([1, 2, 3, 4]);
    expect([...found.classes]).toEqual([0, 1, 2]);
    expect(found.balancedAccuracy.shape).toEqual([4, 3]);
    expectNear(found.balancedAccuracy.data.slice(0, 3), [0.5, 0.5, 0.75], 1e-12);
    expectNear(found.accuracy.data.slice(0, 3), [4 / 6, 4 / 6, 5 / 6], 1e-12);
    // Without any unit all logits are equal, and the first class is predicted.
    expectNear(found.balancedAccuracy.data.slice(9), [0.5, 0.5, 0.5], 1e-12);
    const alone = await cumulativeAblation(model, [x], { ...options, counts: [0, 4], keep: true });
    expectNear(alone.balancedAccuracy.data, [0.5, 0.5, 0.5, 1, 1, 1], 1e-12);
    free(model);
  });

  test('one order for all classes, and chosen classes', async () => {
    const model = channelClassifier();
    const { x, classes } = channelExamples();
    const found = await cumulativeAblation(model, [x], {
      layer: 'units',
      classes,
      ranking: [2, 3],
      counts: [2, 0],
      chosen: [2, 0],
    });
    expect(found.balancedAccuracy.shape).toEqual([2, 2]);
    expectNear(found.balancedAccuracy.data, [0.5, 0.75, 1, 1], 1e-12);
    expectNear(found.accuracy.data, [4 / 6, 4 / 6, 1, 1], 1e-12);
    free(model);
  });

  test('the first unit alone is what unitAblation finds', async () => {
    const model = classifier();
    const [x] = inputsOf(model, 8) as [NdArray];
    const classes = [0, 1, 2, 3, 3, 2, 1, 0];
    const single = await unitAblation(model, [x], { layer: 'pool1', classes });
    const order = [...shuffled(4, random(2).integer)];
    const found = await cumulativeAblation(model, [x], { layer: 'pool1', classes, ranking: order, counts: [1] });
    const first = order[0] as number;
    expectNear(
      found.balancedAccuracy.data,
      [0, 1, 2, 3].map(
        (label) =>
          (single.intact.balancedAccuracy[label] as number) - (single.importance.data[first * 4 + label] as number),
      ),
      1e-12,
    );
    expect(found.accuracy.data[0]).toBe(single.accuracy[first]);
    free(model);
  });
});

describe('what is refused', () => {
  const classes = [0, 1];

  test.each<[object, string]>([
    [{ layer: 'pol1' }, '"layer" expected the address of a layer, got "pol1"; near: pool1'],
    [{ classes: [0, 4] }, '"classes[1]" expected an integer in 0..3, got 4'],
    [{ classes: [0, 0.5] }, '"classes[1]" expected an integer in 0..3, got 0.5'],
    [{ classes: [] }, '"classes" expected one class for each example, got none'],
    [{ classes: undefined }, '"classes" expected one class for each example, got undefined'],
    [{ classes: [0] }, '"classes" expected one for each image, got 1 for more'],
    [{ classes: [0, 1, 2] }, '"classes" expected one for each of 2 image(s), got 3'],
    [{ layer: 'conv2', classes: [0] }, '"classes" expected one for each image, got 1 for more'],
    [{ layer: 'conv2', classes: [0, 1, 2] }, '"classes" expected one for each of 2 image(s), got 3'],
    [{ units: [4] }, '"units[0]" expected an integer in 0..3, got 4'],
    [{ units: [] }, '"units" expected a list with elements, got []'],
    [{ output: 1 }, '"output" expected one of 0 (scores), got 1'],
    [{ batchSize: 0 }, '"batchSize" expected an integer of at least 1, got 0'],
  ])('unitAblation with %o', async (options, message) => {
    const model = classifier();
    const all = { layer: 'pool1', classes, ...options };
    await expect(unitAblation(model, [inputsOf(model, 2)[0] as NdArray], all)).rejects.toThrow(message);
    free(model);
  });

  test.each<[object, string]>([
    [{ ranking: [4] }, '"ranking" expected an integer in 0..3, got 4'],
    [{ ranking: [] }, '"ranking" expected at least one unit, got none'],
    [{ ranking: { shape: [2, 1], data: Int32Array.of(0, 1) } }, '"ranking" expected 4 rows, one for each class, got 2'],
    [{ counts: [5] }, '"counts[0]" expected an integer in 0..4, got 5'],
    [{ counts: [] }, '"counts" expected a list with elements, got []'],
    [{ chosen: [4] }, '"chosen[0]" expected an integer in 0..3, got 4'],
    [{ chosen: [] }, '"chosen" expected a list with elements, got []'],
  ])('cumulativeAblation with %o', async (options, message) => {
    const model = classifier();
    const all = { layer: 'pool1', classes, ranking: [0, 1, 2, 3], ...options };
    await expect(cumulativeAblation(model, [inputsOf(model, 2)[0] as NdArray], all)).rejects.toThrow(message);
    free(model);
  });

  test('scores that are not finite', async () => {
    const model = classifier({});
    const [kernel, bias] = model.getLayer('scores').getWeights();
    const broken = tf.fill(kernel?.shape ?? [], Number.NaN);
    model.getLayer('scores').setWeights([broken, bias as tf.Tensor]);
    broken.dispose();
    await expect(unitAblation(model, inputsOf(model, 2) as NdArray[], { layer: 'pool1', classes })).rejects.toThrow(
      '"model" expected finite scores, got NaN for class 0 of example 0',
    );
    free(model);
  });

  test('a layer that the output does not depend on, an output without classes, no examples', async () => {
    const x = input({ shape: [3] });
    const [a, b] = ['a', 'b'].map((name) => apply(l.dense({ units: 2, name }), x));
    const two = randomized(modelOf({ inputs: x, outputs: [a as never, b as never] }));
    const images = inputsOf(two, 2) as NdArray[];
    await expect(unitAblation(two, images, { layer: 'b', classes, output: 'a' })).rejects.toThrow(
      '"layer" expected one before "a", got "b", which it does not depend on',
    );
    await expect(unitAblation(two, [], { layer: 'a', classes })).rejects.toThrow('at least one image, got none');
    free(two);
    const one = classifier({ units: 1, activation: 'linear' });
    await expect(unitAblation(one, inputsOf(one, 2) as NdArray[], { layer: 'pool1', classes })).rejects.toThrow(
      '"output" expected one with a score for each class, got "scores" of shape [n, 1]',
    );
    await expect(unitAblation(one, [], { layer: 'pool1', classes })).rejects.toThrow('"output" expected');
    free(one);
  });

  test.each(['pool1', 'conv2'])('and a call can be stopped: %s', async (layer) => {
    const model = classifier();
    const network = compile(model);
    const controller = new AbortController();
    const seen: string[] = [];
    const run = unitAblation(network, inputsOf(model, 4) as NdArray[], {
      layer,
      classes: [0, 1, 2, 3],
      batchSize: 1,
      signal: controller.signal,
      onProgress: ({ stage, done, total }) => {
        seen.push(`${stage} ${done}/${total}`);
        if (done === 2) controller.abort(new Error('enough'));
      },
    });
    await expect(run).rejects.toThrow('enough');
    expect(seen).toEqual(['unitAblation 1/4', 'unitAblation 2/4']);
    network.dispose();
    free(model);
  });
});

test.each<[unknown, unknown, number, string]>([
  [[0], [0, 1], 2, '"predictions" expected 2, one for each class that is true, got 1'],
  [[0, 2], [0, 1], 2, '"predictions[1]" expected an integer in 0..1, got 2'],
  [[0, 1], [0, -1], 2, '"classes[1]" expected an integer in 0..1, got -1'],
  [[0, 1], [0, 1], 0, '"classCount" expected an integer in 1..16777216, got 0'],
  ['01', [0, 1], 2, '"predictions" expected one class for each example, got "01"'],
])('balancedAccuracy(%o, %o, %o) is refused', (predictions, labels, classes, message) => {
  expect(() => balancedAccuracy(predictions as number[], labels as number[], classes)).toThrow(message);
});

test('a mean of sigmoids is scored by its probabilities, and of one unit has two classes', async () => {
  const x = input({ shape: [6, 6, 2] });
  const features = apply(
    l.globalAveragePooling2d({}),
    apply(l.conv2d({ filters: 4, kernelSize: 3, name: 'units' }), x),
  );
  const members = [0, 1].map(() => apply(l.dense({ units: 1, activation: 'sigmoid' }), features));
  const model = randomized(modelOf({ inputs: x, outputs: apply(l.average(), members) }), 5);
  const network = compile(model);
  const [images] = inputsOf(model, 2) as [NdArray];
  const { found } = await logitsOf(network, images, { layer: 'units', sets: [[], [2]] });
  const outputs = async (): Promise<number[]> => {
    const predicted = tf.tidy(() => model.predict(tf.tensor(images.data, images.shape as number[])) as tf.Tensor);
    const values = [...(await predicted.data())];
    predicted.dispose();
    return values;
  };
  const intact = await outputs();
  withoutFilter(model, 'units', 2);
  const expected = [...intact, ...(await outputs())].flatMap((p) => [1 - p, p]);
  expectNear(found, expected, 1e-5);
  network.dispose();
  free(model);
});
