import type { Concept } from '../../src/dissection/types.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import type { LabelledActivations } from '../../src/readings/labels.ts';

/** Counts of a dissection, made pixel by pixel. */
export interface PlainCounts {
  readonly thresholds: readonly number[];
  readonly intersection: readonly (readonly number[])[];
  readonly area: readonly (readonly number[])[];
  readonly truth: readonly number[];
}

interface Plan {
  readonly concepts: readonly Concept[];
  readonly categories: readonly string[];
  readonly quantile: number;
  /** The place of a pixel among the positions of an axis, before it is kept within them. */
  readonly place: (pixel: number, positions: number, pixels: number) => number;
}

/** The place of a pixel where positions fill the image. */
export function filling(pixel: number, positions: number, pixels: number): number {
  return ((pixel + 0.5) * positions) / pixels - 0.5;
}

/** Network Dissection with plain loops over images, units, pixels and concepts. */
export function plainDissection(samples: readonly LabelledActivations[], plan: Plan): PlainCounts {
  const units = samples[0]?.activations.shape[2] as number;
  const thresholds = Array.from({ length: units }, (_, unit) => {
    const values = samples.flatMap(({ activations }) => [...activations.data].filter((_, i) => i % units === unit));
    return least(values, plan.quantile);
  });
  const zeros = (rows: number, columns: number): number[][] =>
    Array.from({ length: rows }, () => new Array<number>(columns).fill(0));
  const intersection = zeros(units, plan.concepts.length);
  const area = zeros(units, plan.categories.length);
  const truth = new Array<number>(plan.concepts.length).fill(0);
  for (const sample of samples) {
    const [, height, width] = sample.planes.shape as [number, number, number];
    const has = (concept: Concept, pixel: number): boolean =>
      sample.scalars?.includes(concept.number) === true || isLabelled(sample.planes, concept.number, pixel);
    const pixels = Array.from({ length: height * width }, (_, pixel) => pixel);
    const there = plan.concepts.map((concept) => pixels.filter((pixel) => has(concept, pixel)));
    there.forEach((own, concept) => {
      truth[concept] = (truth[concept] as number) + own.length;
    });
    for (let unit = 0; unit < units; unit++) {
      const mask = new Set(
        pixels.filter(
          (pixel) =>
            valueAt(sample.activations, unit, [Math.floor(pixel / width), pixel % width], [height, width], plan) >
            (thresholds[unit] as number),
        ),
      );
      there.forEach((own, concept) => {
        (intersection[unit] as number[])[concept] =
          ((intersection[unit] as number[])[concept] as number) + own.filter((pixel) => mask.has(pixel)).length;
      });
      plan.categories.forEach((category, place) => {
        const isPresent = plan.concepts.some((concept, i) => concept.category === category && there[i]?.length);
        if (isPresent) (area[unit] as number[])[place] = ((area[unit] as number[])[place] as number) + mask.size;
      });
    }
  }
  return { thresholds, intersection, area, truth };
}

/** The least of the values above which lies no more than a share of them. */
function least(values: readonly number[], quantile: number): number {
  const fits = values.filter(
    (value) => values.filter((other) => other > value).length <= quantile * values.length + 1e-9,
  );
  return Math.min(...fits) + 0;
}

function isLabelled({ shape, data }: LabelledActivations['planes'], number: number, pixel: number): boolean {
  const [planes, height, width] = shape as [number, number, number];
  return Array.from({ length: planes }, (_, plane) => data[plane * height * width + pixel]).includes(number);
}

/** A bilinear mean of four activations, which lies between the least and the greatest of them. */
function valueAt(
  { shape, data }: NdArray,
  unit: number,
  pixel: readonly [number, number],
  pixels: readonly [number, number],
  { place }: Plan,
): number {
  const [height, width, units] = shape as [number, number, number];
  const clamp = (value: number, length: number): number => Math.min(Math.max(value, 0), length - 1);
  const y = clamp(place(pixel[0], height, pixels[0]), height);
  const x = clamp(place(pixel[1], width, pixels[1]), width);
  const at = (row: number, column: number): number =>
    data[(clamp(row, height) * width + clamp(column, width)) * units + unit] as number;
  const [top, left] = [Math.floor(y), Math.floor(x)];
  const [a, b, c, d] = [at(top, left), at(top, left + 1), at(top + 1, left), at(top + 1, left + 1)];
  const upper = a + (b - a) * (x - left);
  const lower = c + (d - c) * (x - left);
  return Math.min(Math.max(upper + (lower - upper) * (y - top), Math.min(a, b, c, d)), Math.max(a, b, c, d));
}
