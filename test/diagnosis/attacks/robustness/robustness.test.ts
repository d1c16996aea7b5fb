import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layers as l, sequential } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { attacks, robustness, robustnessCurve } from '../../../../src/diagnosis/index.ts';
import type { NdArray } from '../../../../src/numeric/ndarray.ts';
import { chain, randomized } from '../../../oracle/building.ts';
import { pictureClassifier, randomPictures } from '../../../support/pictureClassifier.ts';

const bounds = [0, 1] as const;
const short = [
  { attack: 'apgd', steps: 6 },
  { attack: 'square', evaluations: 40 },
] as const;

/** The same classes by logits that are so far apart that the cross-entropy has no gradient. */
function masked(): LayersModel {
  const model = pictureClassifier(4);
  const dense = model.layers.at(-1);
  tf.tidy(() => dense?.setWeights(dense.getWeights().map((weight) => tf.mul(weight, 1e4))));
  return model;
}

function vectors(count: number, size: number): NdArray {
  return { shape: [count, size], data: Float32Array.from({ length: count * size }, (_, i) => ((i * 7) % 10) / 10) };
}

async function kindsOf(model: LayersModel, x: NdArray, options: object = {}): Promise<readonly string[]> {
  const { warnings } = await robustness(model, x, { bounds, epsilon: 0.05, attacks: short, ...options });
  model.dispose();
  return warnings.map(({ kind }) => kind);
}

test('an ensemble breaks what any of its attacks breaks', async () => {
  const model = pictureClassifier(4);
  const x = randomPictures(6);
  const label = [2, 2, 2, 3, 2, 2];
  const found = await robustness(model, x, { bounds, epsilon: 0.06, attacks: short, label });
  const count = (listed: readonly boolean[]): number => listed.filter(Boolean).length;
  expect(found.clean).toBeCloseTo(1 - count(found.initial) / 6);
  expect(found.accuracy).toBeCloseTo(1 - count(found.success) / 6);
  expect(found.rounds.map(({ attack }) => attack)).toEqual(['apgd crossEntropy', 'square']);
  expect(found.rounds[0]?.tried).toBe(6 - count(found.initial));
  expect(found.rounds[1]?.tried).toBe(6 - count(found.initial) - (found.rounds[0]?.broken as number));
  expect(found.rounds.at(-1)?.accuracy).toBe(found.accuracy);
  found.brokenBy.forEach((attack, i) => expect(attack !== null).toBe(found.success[i] && !found.initial[i]));
  expect(Math.max(...found.distances.linf)).toBeLessThan(0.06 + 1e-6);
  expect(found.method).toBe('robustness');
  model.dispose();
});

test('what comes out does not depend on the batch', async () => {
  const model = pictureClassifier(4);
  const x = randomPictures(4);
  const options = { bounds, epsilon: 0.03, attacks: short, seed: 3 };
  const one = await robustness(model, x, { ...options, batchSize: 1 });
  const all = await robustness(model, x, { ...options, batchSize: 4 });
  expect(all.brokenBy).toEqual(one.brokenBy);
  expect(all.rounds).toEqual(one.rounds);
  model.dispose();
});

test('a quick look says that it is one', async () => {
  const model = pictureClassifier(5);
  const x = randomPictures(1);
  const { rounds, warnings, accuracy } = await robustness(model, x, { bounds, epsilon: 1e-6 });
  expect(rounds.map(({ attack }) => attack)).toEqual(['apgd crossEntropy', 'apgd dlr', 'square']);
  expect([accuracy, ...warnings.map(({ kind }) => kind)]).toEqual([1, 'upperBound']);
  expect(warnings[0]?.text).toMatch(/100.0 % is an upper bound/);
  model.dispose();
});

test('a model with masked gradients is found out', async () => {
  const list = [
    { attack: 'apgd', steps: 5 },
    { attack: 'square', evaluations: 200 },
  ];
  expect(await kindsOf(masked(), randomPictures(4), { attacks: list, epsilon: 0.3 })).toEqual([
    'zeroGradients',
    'gradientMasking',
  ]);
  expect(await kindsOf(pictureClassifier(4), randomPictures(4), { attacks: list, epsilon: 0.3 })).toEqual([]);
});

test('squares first tell nothing of gradients', async () => {
  const list = [
    { attack: 'square', evaluations: 200 },
    { attack: 'apgd', steps: 5 },
  ];
  expect(await kindsOf(pictureClassifier(4), randomPictures(3), { attacks: list, epsilon: 0.3 })).toEqual([]);
});

test('probabilities in the place of logits are named', async () => {
  const build = (): LayersModel => {
    const model = randomized(
      chain([5], l.dense({ units: 4, activation: 'softmax' }), l.dense({ units: 4, useBias: false, name: 'same' })),
    );
    tf.tidy(() => model.getLayer('same').setWeights([tf.eye(4)]));
    return model;
  };
  const list = [{ attack: 'apgd', steps: 2 }];
  expect(await kindsOf(build(), vectors(3, 5), { attacks: list })).toEqual(['probabilities']);
  expect(await kindsOf(build(), vectors(3, 5), { attacks: list, output: 'probabilities' })).toEqual(['probabilities']);
  const known = randomized(chain([5], l.dense({ units: 4, activation: 'softmax' })));
  expect(await kindsOf(known, vectors(3, 5), { attacks: list })).toEqual([]);
});

test.each([
  [2, ['apgd crossEntropy'], ['withoutSquare', 'fewClasses']],
  [3, ['apgd crossEntropy', 'apgd dlr'], ['withoutSquare']],
  [4, ['apgd crossEntropy', 'apgd dlr'], ['withoutSquare']],
])('with %i classes and no pixels a quick look makes %j', async (units, names, kinds) => {
  const model = randomized(sequential({ layers: [l.dense({ units, inputShape: [5] })] }));
  const { rounds, warnings } = await robustness(model, vectors(2, 5), { bounds, epsilon: 1e-6 });
  expect(rounds.map(({ attack }) => attack)).toEqual(names);
  expect(warnings.map(({ kind }) => kind)).toEqual([...kinds, 'upperBound']);
  model.dispose();
});

test.each([
  [2, ['apgd crossEntropy', 'fab', 'square']],
  [3, ['apgd crossEntropy', 'apgd dlr', 'fab', 'square']],
  [4, ['apgd crossEntropy', 'apgd dlr, 9 targets', 'fab, 9 targets', 'square']],
])('with %i classes the standard is %j', async (classes, names) => {
  const model = pictureClassifier(classes);
  const { rounds, warnings } = await robustness(model, randomPictures(1), {
    bounds,
    epsilon: 0.5,
    attacks: 'standard',
  });
  expect(rounds.map(({ attack }) => attack)).toEqual(names);
  expect(warnings.map(({ kind }) => kind)).toEqual(classes < 4 ? ['fewClasses'] : []);
  model.dispose();
});

test('FAB counts where what it finds is short enough', async () => {
  const model = randomized(sequential({ layers: [l.dense({ units: 4, inputShape: [5] })] }));
  const x = vectors(4, 5);
  const { distance } = await attacks.fab(model, x, { bounds, norm: 'linf' });
  const [least, most] = [Math.min(...distance), Math.max(...distance)];
  const list = [{ attack: 'fab' }] as const;
  const curve = await robustnessCurve(model, x, { bounds, epsilons: [0.9 * least, 1.01 * most], attacks: list });
  expect([...curve.accuracy]).toEqual([1, 0]);
  model.dispose();
});

test('the Euclidean norm has its ensemble too', async () => {
  const model = pictureClassifier(4);
  const found = await robustness(model, randomPictures(2), { bounds, epsilon: 0.05, norm: 'l2', attacks: short });
  expect(found.rounds.map(({ attack }) => attack)).toEqual(['apgd crossEntropy', 'square']);
  expect(Math.max(...found.distances.l2)).toBeLessThan(0.05 + 1e-6);
  expect(found.norm).toBe('l2');
  model.dispose();
});

class Drifting extends l.Layer {
  static readonly className = 'Drifting';
  private calls = 0;
  override call(inputs: Tensor | Tensor[]): Tensor {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor;
    this.calls++;
    return tf.mul(x, 1 + 0.1 * (this.calls % 2));
  }
}

test('scores that differ from run to run are named', async () => {
  const model = randomized(sequential({ layers: [l.dense({ units: 4, inputShape: [5] }), new Drifting({})] }));
  expect(await kindsOf(model, vectors(1, 5), { attacks: [{ attack: 'apgd', steps: 2 }] })).toContain('random');
});

test('accuracy falls as lengths grow', async () => {
  const model = pictureClassifier(4);
  const x = randomPictures(4);
  const epsilons = [0.005, 0.02, 0.3];
  const curve = await robustnessCurve(model, x, { bounds, epsilons, attacks: short });
  expect(curve.clean).toBe(1);
  expect([...curve.accuracy].sort((a, b) => b - a)).toEqual([...curve.accuracy]);
  curve.accuracy.forEach((accuracy, i) => {
    const broken = curve.brokenAt.filter((at) => at !== null && at <= i);
    expect(1 - broken.length / 4).toBe(accuracy);
  });
  const single = await robustness(model, x, { bounds, epsilon: 0.005, attacks: short });
  expect(curve.accuracy[0]).toBe(single.accuracy);
  model.dispose();
});

test.each([
  [{ epsilon: 0 }, /"epsilon" expected a length above 0, got 0/],
  [{ epsilon: -0.1 }, /"epsilon" expected/],
  [{ epsilon: [0.1, 0.1] }, /"epsilon" expected a number, or one for each of 3 channels/],
  [{ attacks: [] as never }, /"attacks" expected 'quick', 'standard' or a list/],
  [{ attacks: 'slow' as never }, /"attacks" expected 'quick', 'standard' or a list/],
  [{ attacks: [{ attack: 'pgd' }] as never }, /"attacks\[0\].attack" expected/],
  [{ attacks: [{ attack: 'square', steps: 2 }] as never }, /got "steps"/],
  [{ epsilon: [0.1, 0.1, 0.1], norm: 'l2' as const }, /"epsilon" expected a number, got/],
  [{ bounds: [0, 0.5] as const }, /"x" expected values in 0..0.5/],
  [{ label: [1] }, /"label" expected/],
  [{ label: 9 }, /"label" expected/],
  [{ criterion: { target: 1 } } as never, /got "criterion"/],
])('%j is refused', async (wrong: object, message) => {
  const model = pictureClassifier(4);
  await expect(robustness(model, randomPictures(2), { bounds, epsilon: 0.1, ...wrong })).rejects.toThrow(message);
  model.dispose();
});

test('lengths that shrink, and models of one class, are refused', async () => {
  const model = pictureClassifier(4);
  const x = randomPictures(1);
  await expect(robustnessCurve(model, x, { bounds, epsilons: [0.2, 0.1] })).rejects.toThrow(/got 0.1 after 0.2/);
  await expect(robustnessCurve(model, x, { bounds, epsilons: [] })).rejects.toThrow(/"epsilons" expected/);
  model.dispose();
  const single = sequential({ layers: [l.dense({ units: 1, inputShape: [5] })] });
  await expect(robustness(single, vectors(1, 5), { bounds, epsilon: 1 })).rejects.toThrow(/at least two classes/);
  single.dispose();
});
