import { layers as l } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import {
  type ConceptClassifiersOptions,
  fitConceptClassifiers,
} from '../../src/dissection/net2vec/fitConceptClassifiers.ts';
import { nearestConcepts } from '../../src/dissection/net2vec/nearestConcepts.ts';
import type { ConceptClassifier, ConceptClassifiers } from '../../src/dissection/net2vec/types.ts';
import { random } from '../../src/numeric/random.ts';
import type { LabelledImage } from '../../src/readings/labels.ts';
import { chain, free } from '../oracle/building.ts';

const [side, channels] = [4, 5];
const names = [
  { number: 1, name: 'either', category: 'scene' },
  { number: 2, name: 'bright', category: 'object' },
  { number: 3, name: 'never', category: 'object' },
];

/** Units that copy channels. */
const network = (): ReturnType<typeof chain> =>
  chain(
    [side, side, channels],
    l.depthwiseConv2d({ kernelSize: 1, depthwiseInitializer: 'ones', useBias: false, name: 'copy' }),
    l.globalAveragePooling2d({ name: 'end' }),
  );

/** Images of a scene where channels 1 and 3 together are bright on average, and with a thing at one pixel of channel 4. */
const images = Array.from({ length: 90 }, (_, i): LabelledImage => {
  const { uniform, integer } = random(5, i);
  const levels = Array.from({ length: channels }, uniform);
  const data = Float32Array.from(
    { length: side * side * channels },
    (_value, k) => (levels[k % channels] as number) + 0.1 * uniform(),
  );
  const planes = new Int32Array(side * side);
  if (uniform() < 0.4) {
    const pixel = integer(side * side);
    planes[pixel] = 2;
    data[pixel * channels + 4] = 3;
  }
  const scalars = (levels[1] as number) + (levels[3] as number) > 1 ? [1] : [];
  return { image: { shape: [side, side, channels], data }, planes: { shape: [1, side, side], data: planes }, scalars };
});

async function classified(options: Partial<ConceptClassifiersOptions>, some = images): Promise<ConceptClassifiers> {
  const model = network();
  try {
    return await fitConceptClassifiers(model, some, { layer: 'copy', concepts: names, ...options });
  } finally {
    free(model);
  }
}

describe('fitConceptClassifiers', () => {
  test('several units tell what one of them half knows', async () => {
    const { concepts, directions, skipped } = await classified({ penalty: 1e-4 });
    expect(skipped).toEqual(['never']);
    expect(directions).toEqual(
      concepts.map(({ multiple }) => ({ layer: 'copy', vector: Float32Array.from(multiple.weights) })),
    );
    const [either] = concepts;
    expect([1, 3]).toContain(either?.single.unit);
    expect(either?.single.auc).toBeLessThan(0.95);
    expect(either?.multiple.auc).toBeGreaterThan(0.98);
    expect(either?.multiple.balancedAccuracy).toBeGreaterThan(0.85);
    const { weights } = either?.multiple ?? { weights: new Float64Array() };
    const order = [...weights.keys()].sort((a, b) => (weights[b] as number) - (weights[a] as number));
    expect(order.slice(0, 2).sort()).toEqual([1, 3]);
    expect(nearestConcepts(concepts, weights)[0]).toEqual({ concept: 'either', cosine: expect.closeTo(1, 12) });
  });

  test('the maximum finds what is at one pixel, the mean does not', async () => {
    const [most, mean] = [await classified({ pooling: 'max' }), await classified({ pooling: 'mean' })];
    expect(most.concepts[1]?.single).toEqual({ unit: 4, trainingAuc: 1, auc: 1 });
    expect(mean.concepts[1]?.single.auc).toBeLessThan(0.95);
  });

  test('areas, accuracies and numbers of images are those of plain loops', async () => {
    const { concepts } = await classified({ pooling: 'mean', seed: 7, validation: 0.5, limit: 10 });
    const [either] = concepts as [ConceptClassifier];
    const held = images.filter((_, i) => random(7, i).uniform() < 0.5);
    const means = held.map(({ image }) => {
      const { data } = image as { data: Float32Array };
      return Array.from({ length: channels }, (_, unit) => {
        const own = data.filter((_value, k) => k % channels === unit);
        return own.reduce((sum, value) => sum + value, 0) / own.length;
      });
    });
    const has = held.map(({ scalars }) => scalars?.includes(1) === true);
    const { weights, intercept, auc, balancedAccuracy } = either.multiple;
    const scores = means.map((row) =>
      row.reduce((sum, value, unit) => sum + value * (weights[unit] as number), intercept),
    );
    const [yes, no] = [true, false].map((label) => scores.filter((_, i) => has[i] === label)) as [number[], number[]];
    const area = (ours: readonly number[], theirs: readonly number[]): number =>
      ours
        .flatMap((a) => theirs.map((b) => (a > b ? 1 : a === b ? 0.5 : 0)))
        .reduce<number>((sum, one) => sum + one, 0) /
      (ours.length * theirs.length);
    expect(auc).toBeCloseTo(area(yes, no), 12);
    const single = (label: boolean): number[] =>
      means.filter((_, i) => has[i] === label).map((row) => row[either.single.unit] as number);
    expect(either.single.auc).toBeCloseTo(area(single(true), single(false)), 12);
    const shares = [
      yes.filter((score) => score > 0).length / yes.length,
      no.filter((score) => score <= 0).length / no.length,
    ];
    expect(balancedAccuracy).toBeCloseTo(((shares[0] as number) + (shares[1] as number)) / 2, 12);
    expect(either.images).toEqual({
      training: { with: 10, without: 10 },
      validation: { with: yes.length, without: no.length },
    });
  });

  test('batches and other concepts do not matter, the seed does', async () => {
    const all = await classified({});
    expect(await classified({ batchSize: 7 })).toEqual(all);
    expect((await classified({ chosen: [2] })).concepts).toEqual(all.concepts.slice(1));
    expect((await classified({ seed: 1 })).concepts).not.toEqual(all.concepts);
    expect(structuredClone(all)).toEqual(all);
  });

  test('a faulty image is left out', async () => {
    const faulty = images.map((sample, i) => (i === 89 ? { ...sample, scalars: [9] } : sample));
    const faults: string[] = [];
    const found = await classified({ onFault: ({ message }) => faults.push(message) }, faulty);
    expect(faults).toEqual([expect.stringContaining('image 89')]);
    expect(found).toEqual(await classified({}, images.slice(0, 89)));
    await expect(classified({}, faulty)).rejects.toThrow('image 89');
  });

  test('stops where it is told to', async () => {
    const controller = new AbortController();
    const run = classified({
      signal: controller.signal,
      onProgress: ({ stage }) => stage === 'weights' && controller.abort(new Error('enough')),
    });
    await expect(run).rejects.toThrow('enough');
  });

  test.each<[object, string]>([
    [{ layer: 'end' }, '"layer" expected one with rows and columns, got "end"'],
    [{ pooling: 'sum' }, '"pooling" expected one of'],
    [{ penalty: 0 }, '"penalty" expected a finite number'],
    [{ validation: 1 }, '"validation" expected a number between 0 and 1, got 1'],
    [{ limit: 0 }, '"limit" expected an integer'],
    [{ chosen: [4] }, '"chosen" expected numbers of concepts, got 4'],
    [{ chosen: [3] }, '"dataset" expected images with and without a concept in both parts, got none of any'],
  ])('with %o is refused', async (options, message) => {
    await expect(classified(options)).rejects.toThrow(message);
  });
});
