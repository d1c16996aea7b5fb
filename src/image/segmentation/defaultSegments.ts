import type { Segments } from '../types.ts';

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
