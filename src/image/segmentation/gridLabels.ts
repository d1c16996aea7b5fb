import type { Segments } from '../types.ts';

/** Cells of a grid, as nearly equal as the sides allow: `cells` along each side, or as many as there are places. */
export function gridLabels(lengths: readonly number[], cells: number): Int32Array {
  let labels: Int32Array = Int32Array.of(0);
  for (const length of lengths) labels = divided(labels, length, Math.min(cells, length));
  return labels;
}

/** The labels of a grid with one more axis behind the others. */
function divided(labels: Int32Array, length: number, cells: number): Int32Array {
  return Int32Array.from({ length: labels.length * length }, (_, i) => {
    const before = labels[Math.floor(i / length)] as number;
    return before * cells + Math.floor(((i % length) * cells) / length);
  });
}

/** The side from which on quickshift with the settings of LIME's authors finds dozens of segments in a photo. */
const LARGE = 224;

/**
 * How what has these rows and columns (of volumes planes, rows and columns) is divided where nothing is said: large
 * pictures as by the authors of LIME, smaller ones, of which that leaves two or three pieces, into about 50 superpixels,
 * volumes into four boxes along each side.
 */
export function defaultSegments(lengths: readonly number[]): Exclude<Segments, { readonly data: unknown }> {
  if (lengths.length > 2) return { grid: 4 };
  return Math.max(...lengths) < LARGE ? { slic: 50 } : { quickshift: 200 };
}
