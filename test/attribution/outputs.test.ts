import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { input, layers as l, model as modelOf } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { noiseTunnel } from '../../src/attribution/path/noiseTunnel.ts';
import type { Scale } from '../../src/network/types.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import type { ExplainOptions } from '../../src/scoring/types.ts';
import { apply, conv, free, inputsOf, randomized } from '../oracle/building.ts';
import { expectClose } from '../support/close.ts';
import { methods } from '../support/methods.ts';

/** The methods that their papers define on probabilities. */
const onProbabilities = ['lime', 'rise', 'predictionDifference', 'meaningfulPerturbation', 'extremalPerturbation'];

/** The methods with rules for operations, which have none for a softmax or a product on the way. */
const byRules = /^(deepLift|lrp|excitationBackprop)/;

/** Those of them that do not begin with a score but with one, or with differences. */
const byShares = /^(deepLift|excitationBackprop)/;

type Row = readonly number[];
type Method = (typeof methods)[string];
type Head = (features: SymbolicTensor) => SymbolicTensor;

/** What a model holds for an example, as tfjs runs it: the layer "z" before the last activation, and the output. */
interface Given {
  readonly z: Row;
  readonly y: Row;
}

interface Case {
  readonly name: string;
  readonly head: Head;
  readonly target: number;
  /** The scores of all classes that methods on logits explain; the output as it is by default. */
  readonly scores?: (given: Given) => Row;
  /** Those of methods on probabilities; the same by default. */
  readonly probabilities?: (given: Given) => Row;
  /** The scales that both say they explain; `'logit'` by default, of values as they are. */
  readonly scales?: readonly [Scale, Scale];
  readonly options?: ExplainOptions;
  /** The methods that refuse it by name. */
  readonly refused?: RegExp;
}

type Activation = 'softmax' | 'sigmoid' | 'relu' | 'tanh' | 'softplus';

const at = (row: Row, i: number): number => row[i] as number;
const softmax = (row: Row): Row => {
  const powers = row.map(Math.exp);
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
};

const linear =
  (units = 3): Head =>
  (features) =>
    apply(l.dense({ units }), features);
const activated =
  (activation: Activation, units = 3): Head =>
  (features) =>
    apply(l.activation({ activation }), apply(l.dense({ units, name: 'z' }), features));
const joined =
  (join: Parameters<typeof apply>[0]): Head =>
  (features) =>
    apply(
      join,
      [0, 1].map(() => apply(l.dense({ units: 3, activation: 'softmax' }), features)),
    );

const usual: Case['scales'] = ['logit', 'probability'];
const asProbability: Case['scales'] = ['probability', 'probability'];

const logits = ({ z }: Given): Row => z;
const output = ({ y }: Given): Row => y;
const logitPair = ({ z }: Given): Row => [-at(z, 0), at(z, 0)];
const probabilityPair = ({ y }: Given): Row => [1 - at(y, 0), at(y, 0)];

const cases: readonly Case[] = [
  { name: 'softmax', head: activated('softmax'), target: 1, scores: logits, probabilities: output, scales: usual },
  {
    name: 'sigmoid of several',
    head: activated('sigmoid'),
    target: 1,
    scores: logits,
    probabilities: output,
    scales: usual,
  },
  ...[1, 0].map((target) => ({
    name: `sigmoid of one, class ${target}`,
    head: activated('sigmoid', 1),
    target,
    scores: logitPair,
    probabilities: probabilityPair,
    scales: usual,
  })),
  { name: 'several linear units', head: linear(), target: 2 },
  { name: 'one linear unit', head: linear(1), target: 0 },
  { name: 'ReLU', head: activated('relu'), target: 0 },
  { name: 'tanh', head: activated('tanh'), target: 2 },
  { name: 'softplus of one', head: activated('softplus', 1), target: 0 },
  { name: 'mean of softmaxes', head: joined(l.average()), target: 2, scales: asProbability, refused: byRules },
  { name: 'product of softmaxes', head: joined(l.multiply()), target: 2, refused: byRules },
  {
    name: 'softmax called values',
    head: activated('softmax'),
    target: 2,
    options: { output: 'values' },
    refused: byRules,
  },
  {
    name: 'linear units called logits',
    head: linear(),
    target: 2,
    options: { output: 'logits' },
    probabilities: ({ y }) => softmax(y),
    scales: usual,
  },
  {
    name: 'linear units called probabilities',
    head: linear(),
    target: 2,
    options: { output: 'probabilities' },
    scales: asProbability,
  },
  {
    name: 'linear units as probabilities',
    head: linear(),
    target: 2,
    options: { scale: 'probability' },
    scores: ({ y }) => softmax(y),
    scales: asProbability,
    refused: byShares,
  },
];

/** A network of pictures of 12 × 12 that ends in these heads. */
function network(...heads: readonly Head[]): LayersModel {
  const x = input({ shape: [12, 12, 2] });
  const first = apply(conv({ name: 'conv3', activation: 'relu', filters: 4, strides: 2 }), x);
  const features = apply(l.flatten(), apply(l.averagePooling2d({ poolSize: 2 }), first));
  return randomized(modelOf({ inputs: x, outputs: heads.map((head) => head(features)) }), 5);
}

/** What tfjs gives for one example. */
async function byTfjs(model: LayersModel, x: NdArray, outputs: SymbolicTensor): Promise<Row> {
  const part = modelOf({ inputs: model.inputs, outputs });
  const found = tf.tidy(() => part.predict(tf.tensor(x.data, [...x.shape])) as Tensor);
  const row = [...(await found.data())];
  found.dispose();
  return row;
}

async function givenOf(model: LayersModel, x: NdArray): Promise<Given> {
  const y = await byTfjs(model, x, model.outputs[0] as SymbolicTensor);
  const before = model.layers.find(({ name }) => name === 'z');
  return { y, z: before ? await byTfjs(model, x, before.output as SymbolicTensor) : y };
}

/** Finer-CAM explains a class less half the best other one, as `methods` has it. */
function scoreOf(name: string, scores: Row, target: number): number | undefined {
  if (name !== 'finerCam') return scores[target];
  return scores.length < 2 ? undefined : at(scores, target) - Math.max(...scores.filter((_, k) => k !== target)) / 2;
}

describe.each(cases)('F(x) of a model that ends in $name', (kind) => {
  const { head, target, scores = output, probabilities = scores, scales = ['logit', 'logit'], options, refused } = kind;
  test.each(Object.keys(methods))('%s', async (name) => {
    const model = network(head);
    const [x] = inputsOf(model, 1, 4) as [NdArray];
    const given = await givenOf(model, x);
    const own = Number(onProbabilities.includes(name));
    const expected = scoreOf(name, ([scores, probabilities] as const)[own]?.(given) ?? [], target);
    const run = (methods[name] as Method)(model, x, { target, ...options });
    if (refused?.test(name)) await expect(run).rejects.toThrow(/softmax|multiply|scale/);
    else if (expected === undefined) await expect(run).rejects.toThrow('at least two classes');
    else {
      const { score, explained } = await run;
      const said = name === 'finerCam' ? 'function' : target;
      expect(explained).toEqual({ target: said, scale: scales[own] });
      const wanted = { shape: [1], data: Float32Array.of(expected) };
      await expectClose({ shape: [1], data: score }, wanted, { name, tolerance: 1e-4 });
    }
    free(model);
  });
});

test('what is explained is said as plain data: a predicted class by its number, a unit as it is, a function as one', async () => {
  const model = network(activated('softmax'));
  const [x] = inputsOf(model, 2, 4) as [NdArray];
  const unit = { layer: 'conv3', unit: 1 } as const;
  const score = ([y]: readonly Tensor[]): Tensor => tf.max(y as Tensor, 1);
  const { target, explained } = await (methods['rise'] as Method)(model, x, {});
  expect(explained).toEqual({ target: [...(target as Int32Array)], scale: 'probability' });
  expect((await (methods['rise'] as Method)(model, x, { target: unit })).explained).toEqual({
    target: unit,
    scale: 'logit',
  });
  for (const own of [score, { output: 0, target: score }]) {
    const found = await (methods['rise'] as Method)(model, x, { target: own });
    expect(structuredClone(found).explained).toEqual({ target: 'function', scale: 'logit' });
  }
  free(model);
});

test('the mean of noisy maps has the score that its method explains', async () => {
  const model = network(activated('softmax'));
  const [x] = inputsOf(model, 1, 4) as [NdArray];
  const { y } = await givenOf(model, x);
  const { score, explained } = await noiseTunnel(methods['rise'] as Method, { samples: 2 })(model, x, { target: 1 });
  expect(explained.scale).toBe('probability');
  expect(score[0]).toBeCloseTo(at(y, 1), 5);
  free(model);
});
