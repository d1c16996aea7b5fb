import { describe, expect, test } from 'vitest';
import { primaryCategory } from '../../src/dissection/broden/primaryCategory.ts';
import { tallyAccumulator } from '../../src/dissection/counting/tallyAccumulator.ts';
import { thresholdAccumulator } from '../../src/dissection/counting/thresholdAccumulator.ts';
import { dissectActivations } from '../../src/dissection/dissectActivations.ts';
import { axesOf } from '../../src/dissection/masks/axes.ts';
import { upsampled } from '../../src/dissection/masks/upsampled.ts';
import { chanceIou, intersectionOverUnion, iouCeiling } from '../../src/dissection/results/iou.ts';
import { sharedInformation } from '../../src/dissection/results/sharedInformation.ts';
import type { Concept, Dissection } from '../../src/dissection/types.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { arrayOf, dissectionGoldens, imageOf, labelledOf, numbersOf } from '../support/dissectionGoldens.ts';
import { expectNear } from '../support/near.ts';

const goldens = await dissectionGoldens();

describe.each(goldens.ofMethod('network-dissection'))('$id', (golden) => {
  const { params, outputs, expected } = golden;
  const run = async (options: object = {}): Promise<Dissection> =>
    dissectActivations(await labelledOf(golden), {
      concepts: params['labels'] as readonly Concept[],
      categories: params['categories'] as readonly string[],
      quantile: params['tau'] as number,
      threshold: params['iouThreshold'] as number,
      ...options,
    });

  test('thresholds, counts and IoU', async () => {
    const found = await run();
    expect([...found.thresholds]).toEqual(expected['thresholds']);
    expect([...found.truth]).toEqual(expected['truth']);
    expect([...found.mask]).toEqual(expected['area']);
    expect([...found.area.data]).toEqual((expected['areaPerCategory'] as number[][]).flat());
    expect([...found.intersection.data]).toEqual([...(await numbersOf(outputs['intersection']))]);
    expectNear(found.iou.data, await numbersOf(outputs['iou']), 1e-6);
    const pixels = found.size[0] * found.size[1];
    expect([...found.extent]).toEqual(
      (expected['presentImagesPerCategory'] as number[]).map((count) => count * pixels),
    );
  });

  test('what each unit stands for', async () => {
    const found = await run();
    const { label, score, detector, bestLabelPerCategory } = expected['assignment'] as Record<string, never[]>;
    const numbers = new Map(found.concepts.map(({ name, number }) => [name, number]));
    const numberOf = (name: string | undefined): number => (name === undefined ? -1 : (numbers.get(name) as number));
    expect(found.units.map(({ best }) => numberOf(best?.concept))).toEqual(label);
    expectNear(
      found.units.map(({ best }) => best?.iou ?? 0),
      score as unknown as number[],
      1e-9,
    );
    expect(found.units.map((unit) => Number(unit.detector))).toEqual(detector);
    expect(
      found.units.map(({ byCategory }) => found.categories.map((name) => numberOf(byCategory[name]?.concept))),
    ).toEqual(bestLabelPerCategory);
    const { detectors, argmax, perCategory } = expected['summary'] as Record<string, unknown>;
    expect(found.detectors).toBe(detectors);
    for (const [name, count] of Object.entries({ argmax, perCategory })) {
      const { total, byCategory } = found.uniqueDetectors[name as 'argmax'];
      expect(total).toBe((count as { uniqueTotal: number }).uniqueTotal);
      expect(Object.values(byCategory)).toEqual((count as { uniquePerCategory: number[] }).uniquePerCategory);
    }
  });

  test('ceilings, mutual information, thresholds on resized activations', async () => {
    const found = await run();
    const { mutualInformation, informationQualityRatio } = sharedInformation(found);
    expectNear(mutualInformation.data, await numbersOf(outputs['mutualInformation']), 1e-7);
    expectNear(informationQualityRatio.data, await numbersOf(outputs['informationQualityRatio']), 1e-7);
    const ceilings = await numbersOf(outputs['iouCeiling']);
    const places = found.units.flatMap(({ unit, best }) =>
      best ? [{ unit, concept: found.concepts.findIndex(({ name }) => name === best.concept), best }] : [],
    );
    expectNear(
      places.map(({ best }) => best.ceiling),
      places.map(({ unit, concept }) => ceilings[unit * found.concepts.length + concept] as number),
      1e-6,
    );
    expectNear(
      (await run({ quantileOn: 'upsampled' })).thresholds,
      expected['thresholdsOnUpsampled'] as number[],
      1e-9,
    );
  });
});

test.each(goldens.ofMethod('network-dissection-merge'))('$id: parts add up', async (golden) => {
  const { params, outputs, expected } = golden;
  const samples = await labelledOf(golden);
  const concepts = params['labels'] as readonly Concept[];
  const accumulator = tallyAccumulator({
    thresholds: Float64Array.from(expected['thresholds'] as number[]),
    concepts,
    categories: params['categories'] as readonly string[],
  });
  const shards = [samples.slice(0, params['cut'] as number), samples.slice(params['cut'] as number)].map((shard) => {
    const state = accumulator.create();
    for (const sample of shard) accumulator.add(state, sample);
    return state;
  });
  for (const [i, shard] of shards.entries()) {
    const { areaPerCategory, truth } = (expected['shards'] as { areaPerCategory: number[][]; truth: number[] }[])[
      i
    ] as never;
    expect([...shard.area]).toEqual((areaPerCategory as number[][]).flat());
    expect([...shard.truth]).toEqual(truth);
    expect([...shard.intersection]).toEqual([...(await numbersOf(outputs[`intersectionShard${i}`]))]);
  }
  const [first, second] = shards.map((state) => accumulator.decode(accumulator.encode(state))) as [never, never];
  accumulator.merge(second, first);
  const whole = accumulator.create();
  for (const sample of samples) accumulator.add(whole, sample);
  expect(accumulator.extract(second)).toEqual(accumulator.extract(whole));
});

test.each(goldens.ofMethod('threshold'))('$id', async ({ params, inputs, expected }) => {
  const data = Float32Array.from(await numbersOf(inputs['values']));
  const found = (params['taus'] as number[]).map((quantile) => {
    const accumulator = thresholdAccumulator({ units: 1, positions: data.length, quantile });
    const state = accumulator.create();
    accumulator.add(state, { shape: [data.length, 1], data });
    return accumulator.extract(state)[0] as number;
  });
  expect(found).toEqual(expected['thresholds']);
  expect(found.map((threshold) => data.filter((value) => value > threshold).length)).toEqual(expected['above']);
});

test.each(goldens.ofMethod('network-dissection-error'))('$id is refused', async ({ inputs, expected }) => {
  const activations = (await arrayOf(inputs['activations'])) as NdArray;
  const samples = [0, 1].map((image) => ({
    name: `image-${image}.png`,
    activations: imageOf(activations, image),
    planes: { shape: [1, 2, 2], data: new Int32Array(4) },
  }));
  const bad = samples.findIndex(({ activations }) => activations.data.some((value) => !Number.isFinite(value)));
  await expect(
    dissectActivations(samples, { concepts: [{ number: 1, name: 'sky', category: 'object' }] }),
  ).rejects.toThrow(
    new RegExp(
      `image ${bad} \\(image-${bad}\\.png\\): "activations" expected finite numbers.*in unit ${expected['unit']}`,
    ),
  );
});

test.each(goldens.ofMethod('upsample'))('$id', async ({ params, inputs, outputs }) => {
  const { mode, size, centre, jump, ratio } = params as unknown as {
    mode: string;
    size: [number, number];
    centre: number;
    jump: number;
    ratio: number;
  };
  const maps = (await arrayOf(inputs['map'])) as NdArray;
  const upsampling =
    mode === 'fill' ? 'fill' : { centre, jump, imageSize: [size[0] * ratio, size[1] * ratio] as const };
  const [images, height, width] = maps.shape as [number, number, number];
  const found = Array.from({ length: images }, (_, image) => [
    ...upsampled(imageOf(maps, image), axesOf(upsampling, [height, width], size)).data,
  ]);
  expectNear(found.flat(), await numbersOf(outputs['upsampled']), 1e-6);
});

test.each(goldens.ofMethod('iou'))('$id', ({ params, expected }) => {
  const rows = params['rows'] as { intersection: number; area: number; truth: number }[];
  expect(rows.map(intersectionOverUnion)).toEqual(expected['iou']);
  expect(rows.map(iouCeiling)).toEqual(expected['ceiling']);
});

test.each(goldens.ofMethod('iou-chance'))('$id', ({ params, expected }) => {
  const found = (params['p'] as number[]).map((truth) => chanceIou({ area: params['tau'] as number, truth }));
  expectNear(found, expected['iou'] as number[], 1e-15);
});

test.each(goldens.ofMethod('primary-category'))('$id', ({ params, expected }) => {
  const coverage = params['coverage'] as number[][];
  const labels = params['labels'] as string[];
  const found = labels.map((_, label) => primaryCategory(coverage.map((row) => row[label] as number)));
  expect(found).toEqual((expected['primary'] as number[]).map((place) => (place < 0 ? undefined : place)));
});
