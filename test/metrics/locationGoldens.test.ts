import { expect, test } from 'vitest';
import { type Dissection, dissectActivations, sharedInformation } from '../../src/dissection/index.ts';
import {
  categoryInstability,
  type LocationData,
  type LocationOptions,
  localizationDistance,
  locationInstability,
  type PartOptions,
  partInterpretability,
  peakPositions,
  unitCategories,
} from '../../src/metrics/index.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { type GoldenCase, goldenCases } from '../support/goldenCases.ts';
import { expectNear } from '../support/near.ts';

const locations = await goldenCases('location-instability');
const parts = await goldenCases('interp-metrics');

interface Parameters {
  readonly imageSize: readonly [number, number];
  readonly centre: number;
  readonly jump: number;
  readonly map: readonly [number, number];
}

async function floats(golden: GoldenCase, name: string, from = locations): Promise<NdArray> {
  return (await from.arrayOf(golden.inputs[name] ?? golden.outputs[name])) as NdArray;
}

/** The landmarks with NaN where they are not visible. */
async function landmarksOf(golden: GoldenCase): Promise<NdArray> {
  const [{ shape, data }, visible] = [await floats(golden, 'landmarks'), await floats(golden, 'visible')];
  return { shape, data: data.map((value, k) => (visible.data[k >> 1] === 0 ? Number.NaN : value)) };
}

async function dataOf(golden: GoldenCase): Promise<LocationData> {
  const { imageSize, centre, jump } = golden.params as unknown as Parameters;
  const landmarks = await landmarksOf(golden);
  if (!('activations' in golden.inputs)) {
    const [positions, scores] = [await floats(golden, 'positions'), await floats(golden, 'scores')];
    return { positions, scores, landmarks, imageSize };
  }
  return { ...peakPositions(await floats(golden, 'activations'), { centre, jump }), landmarks, imageSize };
}

/** Nested numbers in one list, `null` as NaN. */
function flat(values: unknown): readonly number[] {
  return [values].flat(9).map((value) => (value === null ? Number.NaN : Number(value)));
}

function expectKnown(found: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  expect(Array.from(found, Number.isNaN)).toEqual(expected.map(Number.isNaN));
  const zeroed = (values: ArrayLike<number>): number[] =>
    Array.from(values, (value) => (Number.isNaN(value) ? 0 : value));
  expectNear(zeroed(found), zeroed(expected), tolerance);
}

test.each(locations.ofMethod('location-instability'))('$id', async (golden) => {
  const data = await dataOf(golden);
  const { D, imagesUsed, perFilter, instability, vector, positionStd, peakUnits } = golden.expected;
  const found = locationInstability(data, settingsOf(golden.params));
  expectKnown(found.deviation.data, flat(D), 1e-9);
  expect([...found.used.data]).toEqual(flat(imagesUsed));
  expectNear(found.perUnit, flat(perFilter), 1e-9);
  expect(found.mean).toBeCloseTo(instability as number, 9);
  if (vector) expectNear(found.vectorDeviation.data, flat(vector), 1e-9);
  if (positionStd) expectNear(found.positionSpread, flat(positionStd), 1e-9);
  if (peakUnits) {
    const { centre, jump } = golden.params as unknown as Parameters;
    expect([...data.positions.data]).toEqual(flat(peakUnits).map((unit) => centre + jump * unit));
  }
});

test.each(locations.ofMethod('location-instability-nulls'))('$id', async (golden) => {
  const { centre, jump, map, imageSize } = golden.params as unknown as Parameters;
  const { expected } = golden;
  const grid = { size: map, centre, jump };
  const { nulls } = locationInstability({ ...(await dataOf(golden)), grid });
  expectNear(nulls?.centre.perLandmark ?? [], flat(expected['constantCentre']), 1e-7);
  expect(nulls?.centre.mean).toBeCloseTo(expected['constantCentreMean'] as number, 7);
  expect(nulls?.constantUnit.mean).toBeCloseTo(expected['bestConstantUnit'] as number, 7);
  expect(nulls?.constantUnit.position).toEqual(expected['bestConstantUnitIndex']);
  expectNear(nulls?.randomUnit.perLandmark ?? [], flat(expected['randomUnitExpected']), 1e-7);
  expect(nulls?.randomUnit.mean).toBeCloseTo(expected['randomUnitExpectedMean'] as number, 7);

  // Units that stay at one position each, and units that are at drawn ones: what the metric itself gives for them.
  const landmarks = await landmarksOf(golden);
  const [images, size] = [landmarks.shape[0] as number, map[0] * map[1]];
  const instability = (units: number, unitAt: (image: number, unit: number) => number): readonly number[] => {
    const places = Array.from({ length: images * units }, (_, k) => unitAt(Math.floor(k / units), k % units));
    const positions = places.flatMap((at) => [centre + jump * Math.floor(at / map[1]), centre + jump * (at % map[1])]);
    const data = { landmarks, imageSize, scores: array([images, units], places) };
    return [...locationInstability({ ...data, positions: array([images, units, 2], positions) }).deviation.data];
  };
  expectNear(
    instability(size, (_, unit) => unit),
    [...(await floats(golden, 'constantUnit')).data],
    1e-7,
  );
  const draws = await floats(golden, 'draws');
  const count = draws.shape[1] as number;
  expectNear(
    instability(count, (image, unit) => draws.data[image * count + unit] as number),
    flat(expected['randomUnitDraws']),
    1e-7,
  );
});

test.each(locations.ofMethod('location-instability-multi'))('$id', async (golden) => {
  const { imageSize, categories } = golden.params as unknown as Parameters & { categories: readonly unknown[] };
  const data = await Promise.all(
    categories.map(async (_, c): Promise<LocationData> => {
      const [positions, scores] = [await floats(golden, `positions${c}`), await floats(golden, `scores${c}`)];
      return { positions, scores, landmarks: await floats(golden, `landmarks${c}`), imageSize };
    }),
  );
  const found = categoryInstability(data, settingsOf(golden.params));
  const { expected } = golden;
  expectNear(found.perCategory.data, flat(expected['perFilterPerCategory']), 1e-9);
  expect([...found.category]).toEqual(expected['bestCategory']);
  expect(found.mean).toBeCloseTo(expected['instability'] as number, 9);
  const byActivation = expected['byActivation'] as { category: readonly number[]; instability: number };
  expect([...found.byActivation.category]).toEqual(byActivation.category);
  expect(found.byActivation.mean).toBeCloseTo(byActivation.instability, 9);
});

test.each(parts.ofMethod('part-interpretability'))('$id', async (golden) => {
  const { tau, radius, centre, jump, iouThreshold } = golden.params as unknown as Record<string, number>;
  const activations = await floats(golden, 'activations', parts);
  const masks = await parts.arrayOf(golden.inputs['parts']);
  const options = { radius, centre, jump, quantile: tau, threshold: iouThreshold } as const;
  const found = partInterpretability({ activations, parts: masks }, options as PartOptions);
  const { expected } = golden;
  expect([...found.thresholds]).toEqual(expected['thresholds']);
  expect([...found.area.data]).toEqual(flat(expected['regionArea']));
  expectNear(found.iou.data, [...(await floats(golden, 'iou', parts)).data], 1e-7);
  expectNear(found.rates.data, flat(expected['P']), 1e-12);
  expectNear(found.perUnit, flat(expected['perFilter']), 1e-12);
  expect([...found.bestPart]).toEqual(expected['bestPart']);
  expect(found.mean).toBeCloseTo(expected['interpretability'] as number, 12);
});

test.each(parts.ofMethod('filter-category'))('$id', async (golden) => {
  const { means, category } = unitCategories(
    await floats(golden, 'activations', parts),
    golden.params['labels'] as number[],
  );
  expectNear(means.data, flat(golden.expected['means']), 1e-5);
  expect([...category]).toEqual(golden.expected['category']);
});

test.each(parts.ofMethod('normalised-distance'))('$id', async (golden) => {
  const [predicted, truth] = [await floats(golden, 'predicted', parts), await floats(golden, 'truth', parts)];
  const { distance, mean } = localizationDistance(predicted, truth, (golden.params as unknown as Parameters).imageSize);
  expectNear(distance, flat(golden.expected['distance']), 1e-7);
  expect(mean).toBeCloseTo(golden.expected['mean'] as number, 7);
});

function array(shape: readonly number[], values: readonly number[]): NdArray<Float64Array> {
  return { shape, data: Float64Array.from(values) };
}

test.each(parts.ofMethod('mutual-information'))('$id', async (golden) => {
  const tables = golden.params['tables'] as [[number, number], [number, number]][];
  const found = await Promise.all(tables.map(dissected));
  const of = (dissection: (typeof found)[number]): readonly number[] => {
    const { mutualInformation, informationQualityRatio } = sharedInformation(dissection);
    return [
      mutualInformation.data[0] as number,
      informationQualityRatio.data[0] as number,
      dissection.iou.data[0] as number,
    ];
  };
  const { mutualInformation, informationQualityRatio, iou } = golden.expected as Record<string, number[]>;
  const rows = tables.map((_, i) => [mutualInformation?.[i], informationQualityRatio?.[i], iou?.[i]] as number[]);
  expectNear(found.flatMap(of), rows.flat(), 1e-12);
});

/** An image of one row, of which a unit is active and a concept labelled as often as a table says. */
function dissected([[both, active], [labelled, neither]]: [[number, number], [number, number]]): Promise<Dissection> {
  const total = both + active + labelled + neither;
  const isActive = (pixel: number): boolean => pixel < both + active;
  const isLabelled = (pixel: number): boolean => pixel < both || (pixel >= both + active && pixel < total - neither);
  const shape = [1, total];
  const activations = {
    shape: [...shape, 1],
    data: Float32Array.from({ length: total }, (_, k) => Number(isActive(k))),
  };
  const planes = { shape: [1, ...shape], data: Int32Array.from({ length: total }, (_, k) => Number(isLabelled(k))) };
  const concepts = [{ number: 1, name: 'head', category: 'part' }];
  const quantile = (both + active) / total;
  return dissectActivations([{ activations, planes }], { concepts, quantile, upsampling: 'fill' });
}

/** What of the parameters of a golden are options. */
function settingsOf(params: object): LocationOptions {
  const { top, ddof, select } = params as LocationOptions;
  return { ...(top && { top }), ...(ddof !== undefined && { ddof }), ...(select && { select }) };
}
