import { describe, expect, test } from 'vitest';
import { conceptIndex } from '../../src/dissection/counting/conceptIndex.ts';
import { labelPalette } from '../../src/dissection/counting/labelPalette.ts';
import { axesOf } from '../../src/dissection/masks/axes.ts';
import { type EmbeddingOptions, embedConcepts } from '../../src/dissection/net2vec/embedConcepts.ts';
import { nearestConcepts } from '../../src/dissection/net2vec/nearestConcepts.ts';
import { net2vec } from '../../src/dissection/net2vec/net2vec.ts';
import { balanceOf, type Segmentation, segmentationLoss } from '../../src/dissection/net2vec/segmentationLoss.ts';
import { hitsOf, runsOf } from '../../src/dissection/net2vec/sparseSample.ts';
import { weightedIou } from '../../src/dissection/net2vec/weightedIou.ts';
import type { Concept } from '../../src/dissection/types.ts';
import { activations as activationsOf } from '../../src/network/activations.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';
import { atOnce } from '../../src/numeric/sliced.ts';
import { faultsOf } from '../../src/readings/faults.ts';
import { labelReadings } from '../../src/readings/labelledReadings.ts';
import type { LabelledActivations } from '../../src/readings/labels.ts';
import { directionsOf } from '../../src/scoring/directions.ts';
import { free } from '../oracle/building.ts';
import { denseImage, plainIou, plainLoss, weightedSum } from '../oracle/segmentation.ts';
import { concepts, randomLabelled } from '../support/labelled.ts';
import { expectNear } from '../support/near.ts';
import { smallImages, smallNetwork } from '../support/smallNetwork.ts';

const positions = [3, 4] as const;
const pixels = [7, 9] as const;
const units = 5;
const thresholds = Float64Array.of(0.5, 0.5, 0.25, 0.5, 0);

function embed(samples: readonly LabelledActivations[], options: EmbeddingOptions): ReturnType<typeof embedConcepts> {
  const plan = { imageCount: samples.length, faults: faultsOf(options.onFault), upsampling: ['fill'] as const };
  return embedConcepts(
    labelReadings(samples, ({ activations }) => [activations], { ...plan, ...options } as typeof plan),
    options,
  );
}

/** The images that have a concept, sparse and dense. */
function bothWays(place: number, seed: number) {
  const { places } = conceptIndex(concepts);
  const { number } = concepts[place] as Concept;
  const all = randomLabelled({ images: 8, positions, pixels, units }, seed).filter(
    ({ planes, scalars }) => planes.data.includes(number) || scalars?.includes(number),
  );
  const problem: Segmentation = {
    samples: all.map((sample) => ({
      hits: hitsOf(sample.activations, thresholds),
      runs: new Map([[place, runsOf(labelPalette(sample, places), place)]]),
    })),
    concept: place,
    units,
    axes: axesOf('fill', positions, pixels),
  };
  return { problem, dense: all.map((sample) => denseImage(sample, thresholds, { number })) };
}

describe.each([0, 1, 2, 4])('of concept %d', (place) => {
  const { problem, dense } = bothWays(place, 5);
  // Unit 1 is on everywhere, unit 0 nowhere.
  const weights = Float64Array.of(0.3, -0.2, 0.9, -0.4, 0.6);

  test('the loss is that of plain loops, its gradient the finite differences of that', () => {
    expect(dense.length).toBeGreaterThan(1);
    const { loss, gradient } = atOnce(segmentationLoss(problem, balanceOf(problem), weights));
    expect(Math.abs(loss - plainLoss(dense, weights))).toBeLessThan(1e-12 * Math.abs(loss));
    const h = 1e-5;
    const differences = Array.from(weights, (_, unit) => {
      const moved = (by: number): Float64Array => weights.map((value, i) => value + (i === unit ? by : 0));
      return (plainLoss(dense, moved(h)) - plainLoss(dense, moved(-h))) / (2 * h);
    });
    expectNear(gradient, differences, 1e-8);
    expect(gradient.some((value) => Math.abs(value) > 0.1)).toBe(true);
  });

  test('the IoU of weights is that of plain loops', () => {
    const expected = plainIou(dense, ({ maps }, pixel) => weightedSum(maps, weights, pixel) > 0);
    expect(atOnce(weightedIou(problem, weights))).toBeCloseTo(expected, 12);
    expect(expected).toBeGreaterThan(0);
  });
});

test('the best unit of the images to learn from, and its IoU over both parts, by plain loops', async () => {
  const samples = randomLabelled({ images: 40, positions, pixels, units }, 3);
  const { concepts: found } = await embed(samples, { concepts, thresholds, steps: 1, validation: 0.4, seed: 6 });
  const held = samples.map((_, image) => random(6, image).uniform() < 0.4);
  expect(found.map(({ concept }) => concept)).toEqual(['red', 'house', 'door', 'street']);
  for (const { concept, single, images } of found) {
    const { number } = concepts.find(({ name }) => name === concept) as Concept;
    const dense = samples
      .map((sample, i) => ({ held: held[i], image: denseImage(sample, thresholds, { number }) }))
      .filter(({ image }) => image.inside.includes(true));
    const iou = (part: boolean, unit: number): number =>
      plainIou(
        dense.filter((one) => one.held === part).map(({ image }) => image),
        ({ maps }, pixel) => (maps[unit]?.[pixel] as number) > 0.5 + 1e-12, // Half way is out, whatever rounding says.
      );
    const training = Array.from({ length: units }, (_, unit) => iou(false, unit));
    expect(single.trainingIou).toBeCloseTo(Math.max(...training), 12);
    expect(training[single.unit]).toBeCloseTo(Math.max(...training), 12);
    expect(single.iou).toBeCloseTo(iou(true, single.unit), 12);
    const count = (part: boolean): number => dense.filter((one) => one.held === part).length;
    expect(images).toEqual({ training: count(false), validation: count(true) });
  }
});

/** A thing that lies where one of two units is active, and a place that a third one is active at; others are noise. */
function planted(
  count: number,
  units = 8,
  noise: readonly number[] = [0, 1, 3, 4],
): { samples: readonly LabelledActivations[]; concepts: readonly Concept[] } {
  const { uniform, integer } = random(11);
  const side = 6;
  const samples = Array.from({ length: count }, () => {
    const activations = new Float32Array(side * side * units);
    const labels = new Int32Array(2 * side * side);
    const [first, second, third] = [0, 1, 2].map(() => [integer(side - 1), integer(side - 1)] as const);
    const light = ([top, left]: readonly [number, number], unit: number, plane: number, number: number): void => {
      for (const row of [top, top + 1]) {
        for (const column of [left, left + 1]) {
          activations[(row * side + column) * units + unit] = 1;
          labels[plane * side * side + row * side + column] = number;
        }
      }
    };
    light(first as readonly [number, number], 2, 0, 1);
    light(second as readonly [number, number], 5, 0, 1);
    light(third as readonly [number, number], 7, 1, 2);
    for (let i = 0; i < side * side; i++) {
      for (const unit of noise) if (uniform() < 0.08) activations[i * units + unit] = 1;
    }
    return {
      activations: { shape: [side, side, units], data: activations },
      planes: { shape: [2, side, side], data: labels },
    };
  });
  const names = [
    { number: 1, name: 'union', category: 'object' },
    { number: 2, name: 'alone', category: 'object' },
  ];
  return { samples, concepts: names };
}

describe('of a planted union of two units', () => {
  const { samples, concepts: names } = planted(60);
  const options = { concepts: names, thresholds: new Float64Array(8).fill(0.5), unitCounts: [1, 2, 8] };

  test('several units find it, one finds half of it', async () => {
    const { concepts: found, embeddings, improved } = await embed(samples, options);
    const [union, alone] = found;
    const order = Array.from(union?.multiple.weights ?? [], (weight, unit) => ({ weight, unit }));
    order.sort((a, b) => b.weight - a.weight);
    expect(
      order
        .slice(0, 2)
        .map(({ unit }) => unit)
        .sort(),
    ).toEqual([2, 5]);
    expect(order[1]?.weight).toBeGreaterThan(1);
    expect(order[2]?.weight).toBeLessThan(0.2);
    expect(union?.multiple.iou).toBeGreaterThan(0.95);
    expect(union?.single.iou).toBeLessThan(0.7);
    expect([2, 5]).toContain(union?.single.unit);
    expect(alone?.single).toMatchObject({ unit: 7, iou: 1 });
    expect(improved).toBe(0.5);
    expect(embeddings.shape).toEqual([2, 8]);
    expect(embeddings.data.slice(0, 8)).toEqual(union?.multiple.weights);
    // A unit that is never on.
    expect(embeddings.data[6]).toBe(0);
  });

  test('restricted to the largest weights, as many are left', async () => {
    const [union] = (await embed(samples, options)).concepts;
    const [one, two, all] = union?.restricted ?? [];
    expect([...(two?.weights.keys() ?? [])].filter((unit) => two?.weights[unit] !== 0)).toEqual([2, 5]);
    expect(one?.weights.filter((weight) => weight !== 0)).toHaveLength(1);
    expect(one?.iou).toBeLessThan(two?.iou as number);
    expect(two?.iou).toBeGreaterThan(0.99);
    expect(all).toEqual(union?.multiple);
  });

  test('neither the order of concepts nor those beside it matter', async () => {
    const all = await embed(samples, options);
    const { concepts: only } = await embed(samples, { ...options, chosen: [2] });
    expect(only).toEqual(all.concepts.slice(1));
    const few = await embed(samples, { ...options, limit: 9 });
    expect(few.concepts.map(({ images }) => images.training)).toEqual([9, 9]);
    expect(few.concepts[0]?.single).toEqual(all.concepts[0]?.single);
    expect(few.concepts[0]?.multiple.weights).not.toEqual(all.concepts[0]?.multiple.weights);
  });

  test('they do so among many units that come and go with nothing', async () => {
    const noise = Array.from({ length: 120 }, (_, i) => i + 8);
    const { samples: noisy } = planted(40, 128, noise);
    const many = { ...options, thresholds: new Float64Array(128).fill(0.5), chosen: [1] };
    const [union] = (await embed(noisy, many)).concepts;
    expect(union?.multiple.iou).toBeGreaterThan((union?.single.iou as number) + 0.1);
    const { weights } = union?.multiple ?? { weights: new Float64Array() };
    const others = weights.filter((_, unit) => unit !== 2 && unit !== 5).map(Math.abs);
    expect(Math.max(...others)).toBeLessThan(0.3 * Math.min(weights[2] as number, weights[5] as number));
  });

  test('the number of pixels of the labels does not matter', async () => {
    const doubled = samples.map(({ activations, planes: { shape, data } }) => {
      const [count, height, width] = shape as [number, number, number];
      const large = Int32Array.from({ length: 4 * data.length }, (_, i) => {
        const [plane, row] = [Math.floor(i / (4 * height * width)), Math.floor(i / (2 * width)) % (2 * height)];
        const column = i % (2 * width);
        return data[(plane * height + (row >> 1)) * width + (column >> 1)] as number;
      });
      return { activations, planes: { shape: [count, 2 * height, 2 * width], data: large } };
    });
    const [one, two] = [await embed(samples, options), await embed(doubled, options)];
    for (const i of [0, 1]) {
      const [a, b] = [one, two].map(({ concepts: found }) => found[i]?.multiple.weights ?? []);
      expect(
        nearestConcepts([{ concept: '', multiple: { weights: a as Float64Array } }], b ?? [])[0]?.cosine,
      ).toBeGreaterThan(0.98);
      expect(Math.max(...(b ?? []))).toBeLessThan(1.5 * Math.max(...(a ?? [])));
    }
  });

  test('a penalty holds weights down', async () => {
    const [free, held] = [await embed(samples, options), await embed(samples, { ...options, penalty: 1 })];
    const length = ({ embeddings }: typeof free): number => Math.hypot(...embeddings.data);
    expect(length(held)).toBeLessThan(length(free));
  });
});

describe('net2vec', () => {
  const options = { layer: 'conv', concepts, quantile: 0.1, steps: 5, seed: 1 } as const;

  test('embeds the activations of the layer, whatever the batches', async () => {
    const model = smallNetwork();
    const samples = smallImages(12);
    const found = await net2vec(model, samples, { ...options, upsampling: 'fill' });
    const own = [];
    for (const { image, ...labels } of samples) {
      const { shape, data } = (await activationsOf(model, image, ['conv'])).conv as NdArray;
      own.push({ ...labels, activations: { shape: shape.slice(1), data } });
    }
    const { directions, ...embedded } = found;
    expect(embedded).toEqual(await embed(own, options));
    expect(directions).toEqual(directionsOf('conv', found.embeddings));
    expect(await net2vec(model, samples, { ...options, upsampling: 'fill', batchSize: 5 })).toEqual(found);
    const { thresholds: given } = found;
    expect(await net2vec(model, () => samples, { ...options, upsampling: 'fill', thresholds: given })).toEqual(found);
    const other = await net2vec(model, samples, { ...options, upsampling: 'fill', seed: 3 });
    expect(other.concepts.map(({ images: counts }) => counts)).not.toEqual(
      found.concepts.map(({ images: counts }) => counts),
    );
    expect(found.skipped).toContain('never');
    expect(structuredClone(found)).toEqual(found);
    free(model);
  });

  test('a faulty image is left out', async () => {
    const model = smallNetwork();
    const samples = smallImages(10).map((sample, i) => (i === 9 ? { ...sample, scalars: [5] } : sample));
    const faults: string[] = [];
    const found = await net2vec(model, samples, { ...options, onFault: ({ message }) => faults.push(message) });
    expect(faults).toEqual([expect.stringMatching(/image 9 .*expected numbers of concepts or 0, got 5/)]);
    expect(found).toEqual(await net2vec(model, samples.slice(0, 9), options));
    await expect(net2vec(model, samples, options)).rejects.toThrow('image 9');
    free(model);
  });

  test('stops where it is told to', async () => {
    const model = smallNetwork();
    const controller = new AbortController();
    const stages = new Set<string>();
    const run = net2vec(model, smallImages(10), {
      ...options,
      signal: controller.signal,
      onProgress: ({ stage }) => {
        stages.add(stage);
        if (stage === 'weights') controller.abort(new Error('enough'));
      },
    });
    await expect(run).rejects.toThrow('enough');
    expect([...stages]).toEqual(['thresholds', 'masks', 'weights']);
    free(model);
  });

  test.each<[object, string]>([
    [{ layer: 'head' }, '"layer" expected one with rows and columns, got "head"'],
    [{ chosen: [5] }, '"chosen" expected numbers of concepts, got 5'],
    [{ chosen: [] }, '"chosen" expected a list with elements, got []'],
    [{ chosen: [12] }, '"dataset" expected images of a concept on both sides of the division, got none of any'],
    [{ validation: 1 }, '"validation" expected a number between 0 and 1, got 1'],
    [{ validation: 0 }, '"validation" expected a number between 0 and 1, got 0'],
    [{ unitCounts: [7] }, '"unitCounts" expected an integer in 1..6, got 7'],
    [{ steps: 0 }, '"steps" expected an integer'],
    [{ learningRate: Number.NaN }, '"learningRate" expected a finite number'],
    [{ limit: 0 }, '"limit" expected an integer'],
    [{ penalty: -1 }, '"penalty" expected a finite number of at least 0, got -1'],
    [{ thresholds: new Float64Array(5) }, '"thresholds" expected one for each of 6 units, got 5'],
    [{ quantile: 2 }, '"quantile"'],
  ])('with %o is refused', async (wrong, message) => {
    const model = smallNetwork();
    await expect(net2vec(model, smallImages(6), { ...options, ...wrong })).rejects.toThrow(message);
    free(model);
  });
});

describe('nearestConcepts', () => {
  const embedding = (concept: string, ...weights: number[]) => ({
    concept,
    multiple: { count: 2, weights: Float64Array.from(weights), trainingIou: 0, iou: 0 },
  });
  const embeddings = [embedding('a', 1, 0), embedding('none', 0, 0), embedding('b', 3, 3), embedding('c', -2, 0)];

  test('by the angle alone', () => {
    const found = nearestConcepts(embeddings, [2, 0]);
    expect(found.map(({ concept }) => concept)).toEqual(['a', 'b', 'c']);
    expectNear(
      found.map(({ cosine }) => cosine),
      [1, Math.SQRT1_2, -1],
      1e-12,
    );
    expect(nearestConcepts(embeddings, [0, 1], 1)).toEqual(
      [found[1]].map((one) => ({ ...one, cosine: expect.closeTo(Math.SQRT1_2, 12) })),
    );
  });

  test.each<[number[], number, string]>([
    [[0, 0], 1, '"vector" expected finite numbers that are not all 0'],
    [[Number.NaN, 0], 1, '"vector" expected finite numbers'],
    [[1], 1, '"vector" expected 2 numbers, got 1'],
    [[1, 0], 0, '"count" expected an integer of at least 1, got 0'],
  ])('%o, %d', (vector, count, message) => {
    expect(() => nearestConcepts(embeddings, vector, count)).toThrow(message);
  });
});
