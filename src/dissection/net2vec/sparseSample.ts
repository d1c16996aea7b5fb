import type { NdArray } from '../../numeric/ndarray.ts';
import type { LabelPalette } from '../counting/labelPalette.ts';

/** An image with what is needed of it, a few kilobytes: where units are active, and where concepts are. */
export interface SparseSample {
  /** The activations above the thresholds, each as position · units + unit. */
  readonly hits: Uint32Array;
  /** The pixels of each concept that is there, by its place: first and last + 1 of each run of pixels. */
  readonly runs: ReadonlyMap<number, Uint32Array>;
}

/** Where activations `[h, w, units]` are above the thresholds of their units. */
export function hitsOf({ data }: NdArray, thresholds: Float64Array): Uint32Array {
  const units = thresholds.length;
  const hits: number[] = [];
  for (let start = 0; start < data.length; start += units) {
    for (let unit = 0; unit < units; unit++) {
      if ((data[start + unit] as number) > (thresholds[unit] as number)) hits.push(start + unit);
    }
  }
  return Uint32Array.from(hits);
}

/** Activations of 1 at the hits and of 0 elsewhere, $B_k$. */
export function binarised(hits: Uint32Array, shape: readonly number[]): NdArray {
  const data = new Float32Array(shape.reduce((size, length) => size * length, 1));
  for (const hit of hits) data[hit] = 1;
  return { shape, data };
}

/** The concepts that are anywhere in an image, by their places. */
export function presentConcepts({ pixels, combinations, everywhere }: LabelPalette): readonly number[] {
  const used = new Set(pixels);
  return [...new Set([...everywhere, ...[...used].flatMap((combination) => combinations[combination] ?? [])])];
}

/** The pixels of a concept in runs. */
export function runsOf({ pixels, combinations, everywhere }: LabelPalette, concept: number): Uint32Array {
  if (everywhere.includes(concept)) return Uint32Array.of(0, pixels.length);
  const has = combinations.map((concepts) => concepts.includes(concept));
  const ends: number[] = [];
  let inside = false;
  for (let pixel = 0; pixel < pixels.length; pixel++) {
    if (has[pixels[pixel] as number] !== inside) {
      ends.push(pixel);
      inside = !inside;
    }
  }
  if (inside) ends.push(pixels.length);
  return Uint32Array.from(ends);
}

/** Sets an array to `value` in all runs. */
export function fillRuns(pixels: Float64Array | Uint8Array, runs: Uint32Array, value: number): void {
  for (let i = 0; i < runs.length; i += 2) pixels.fill(value, runs[i], runs[i + 1]);
}

/** How many pixels runs have. */
export function runLength(runs: Uint32Array): number {
  return runs.reduce((sum, end, i) => sum + (i % 2 === 0 ? -end : end), 0);
}
