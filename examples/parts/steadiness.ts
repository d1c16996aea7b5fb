import { mean } from 'd3-array';
import { locationInstability, type NdArray } from 'vitrine';
import type { LocationInstability, PeakPositions } from 'vitrine/metrics';
import type { StudyLayer } from './maps.ts';
import { type Photo, partNames, side } from './photos.ts';

/** How steadily some units keep their distances to the parts, in diagonals of the picture. */
export interface Steadiness {
  readonly units: number;
  readonly instability: number;
  /** The same of the vectors, which tell directions apart. */
  readonly vector: number;
  /** What is left of both where each unit is measured on the parts of other photos. */
  readonly strangers: { readonly instability: number; readonly vector: number };
  /** The share of units whose positions spread by less than a step of the layer. */
  readonly constant: number;
  readonly nulls: {
    readonly random: number;
    readonly constant: number;
    readonly centre: number;
    /** With directions, of any unit that is always at one place. */
    readonly vector: number;
  };
}

// How many other photos each photo gets the parts of.
const exchanges = 5;

/** Measures units of a layer. */
export function steadiness(
  located: PeakPositions,
  photos: readonly Photo[],
  { size, centre, jump }: Pick<StudyLayer, 'size'> & Record<'centre' | 'jump', readonly [number, number]>,
): Steadiness {
  const grid = { size: [size, size] as const, centre, jump };
  const measured = ({ positions, scores }: PeakPositions, by: number): LocationInstability => {
    const landmarks = landmarksOf(photos.map((_, image) => photos[(image + by) % photos.length] as Photo));
    return locationInstability({ positions, scores, landmarks, imageSize: [side, side], grid });
  };
  const own = measured(located, 0);
  const still = measured(nowhere(photos.length), 0);
  const others = Array.from({ length: exchanges }, (_, k) => measured(located, k + 1));
  const nulls = own.nulls as NonNullable<LocationInstability['nulls']>;
  return {
    units: own.perUnit.length,
    instability: own.mean,
    vector: known(own.vectorDeviation),
    strangers: {
      instability: mean(others, (one) => one.mean) as number,
      vector: mean(others, (one) => known(one.vectorDeviation)) as number,
    },
    constant: (own.positionConstant?.length ?? 0) / own.perUnit.length,
    nulls: {
      random: nulls.randomUnit.mean,
      constant: nulls.constantUnit.mean,
      centre: nulls.centre.mean,
      vector: known(still.vectorDeviation),
    },
  };
}

/** Means of the numbers of several groups of photos. */
export function meanSteadiness(all: readonly Steadiness[]): Steadiness {
  const over = (of: (one: Steadiness) => number): number => mean(all, of) as number;
  return {
    units: over(({ units }) => units),
    instability: over(({ instability }) => instability),
    vector: over(({ vector }) => vector),
    strangers: {
      instability: over(({ strangers }) => strangers.instability),
      vector: over(({ strangers }) => strangers.vector),
    },
    constant: over(({ constant }) => constant),
    nulls: {
      random: over(({ nulls }) => nulls.random),
      constant: over(({ nulls }) => nulls.constant),
      centre: over(({ nulls }) => nulls.centre),
      vector: over(({ nulls }) => nulls.vector),
    },
  };
}

/** Some images and units of those that were located; all units by default. */
export function picked(
  { positions, scores }: PeakPositions,
  { images, units }: { images: readonly number[]; units?: readonly number[] },
): PeakPositions {
  const all = scores.shape[1] as number;
  const chosen = units ?? Array.from({ length: all }, (_, unit) => unit);
  const places = images.flatMap((image) => chosen.map((unit) => image * all + unit));
  const pairs = new Float64Array(2 * places.length);
  places.forEach((k, i) => pairs.set(positions.data.subarray(2 * k, 2 * k + 2), 2 * i));
  return {
    positions: { shape: [images.length, chosen.length, 2], data: pairs },
    scores: { shape: [images.length, chosen.length], data: Float64Array.from(places, (k) => scores.data[k] as number) },
  };
}

/** A unit that is always at one place. */
function nowhere(images: number): PeakPositions {
  return {
    positions: { shape: [images, 1, 2], data: new Float64Array(2 * images) },
    scores: { shape: [images, 1], data: new Float64Array(images) },
  };
}

function landmarksOf(photos: readonly Photo[]): NdArray<Float64Array> {
  const places = photos.flatMap(({ parts }) => parts.flatMap((part) => part?.position ?? [Number.NaN, Number.NaN]));
  return { shape: [photos.length, partNames.length, 2], data: Float64Array.from(places) };
}

function known({ data }: NdArray<Float64Array>): number {
  return mean(data.filter((value) => !Number.isNaN(value))) as number;
}
