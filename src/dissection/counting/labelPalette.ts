import { assertArray, assertList } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { Labels } from '../../readings/labels.ts';

/** Which concepts an image has where, as numbers of combinations: an image has few of them. */
export interface LabelPalette {
  readonly size: readonly [number, number];
  /** The combination of each pixel. */
  readonly pixels: Uint32Array;
  /** The concepts of each combination, each once however many planes name it, without those of the whole image. */
  readonly combinations: readonly (readonly number[])[];
  /** The concepts of the whole image. */
  readonly everywhere: readonly number[];
}

/** More than an image has combinations, so that a label and a combination make one number. */
const RADIX = 2 ** 21;

/** The palette of an image; `indices` tells which concept, counted from 0, a number stands for. */
export function labelPalette(labels: Labels, indices: ReadonlyMap<number, number>): LabelPalette {
  assertLabels(labels);
  const { planes, scalars = [] } = labels;
  const [count, height, width] = planes.shape as [number, number, number];
  const everywhere = [...new Set(scalars.filter((number) => number !== 0))].map((number) => indexOf(number, indices));
  const area = height * width;
  const pixels = new Uint32Array(area);
  const combinations: number[][] = [[]];
  // Plane by plane: a combination so far and a further number make the next. Labels come in runs of the same.
  for (let plane = 0; plane < count; plane++) {
    const known = new Map<number, number>();
    let [key, combination] = [0, 0];
    for (let pixel = 0; pixel < area; pixel++) {
      const number = planes.data[plane * area + pixel] as number;
      if (number === 0) continue;
      const before = pixels[pixel] as number;
      if (number * RADIX + before !== key) {
        key = number * RADIX + before;
        combination = known.get(key) ?? extended(combinations, before, indexOf(number, indices), everywhere);
        known.set(key, combination);
      }
      pixels[pixel] = combination;
    }
  }
  return { size: [height, width], pixels, combinations, everywhere };
}

/** Refuses labels that a palette could not be made of, without making one. */
export function assertKnownLabels(labels: Labels, indices: ReadonlyMap<number, number>): void {
  assertLabels(labels);
  const { planes, scalars = [] } = labels;
  for (const number of scalars) if (number !== 0) indexOf(number, indices);
  let last = 0;
  for (const number of planes.data) {
    // Labels come in runs of the same.
    if (number === last || number === 0) continue;
    indexOf(number, indices);
    last = number;
  }
}

function assertLabels({ planes, scalars }: Labels): void {
  assertArray('planes', planes, [3]);
  if (scalars !== undefined) assertList('scalars', scalars);
}

function extended(combinations: number[][], before: number, concept: number, everywhere: readonly number[]): number {
  const concepts = combinations[before] as number[];
  if (concepts.includes(concept) || everywhere.includes(concept)) return before;
  combinations.push([...concepts, concept]);
  return combinations.length - 1;
}

function indexOf(number: number, indices: ReadonlyMap<number, number>): number {
  const index = indices.get(number);
  if (index !== undefined) return index;
  throw new VitrineError('bad-argument', `"planes" and "scalars" expected numbers of concepts or 0, got ${number}`);
}
