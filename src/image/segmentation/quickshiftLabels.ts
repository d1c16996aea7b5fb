import { GRAIN, type Sliced } from '../../numeric/sliced.ts';
import { contiguous } from './contiguous.ts';
import { labOf } from './lab.ts';
import type { UnitPlane } from './plane.ts';

/** What {@link quickshiftLabels} is told. */
export interface QuickshiftOptions {
  /** Longer ways to a denser pixel end a segment. */
  readonly maxDistance: number;
  /** The standard deviation of the density's kernel, in pixels; denser pixels are looked for within three of them. */
  readonly kernelSize: number;
  /** How much colours count against places, between 0 and 1. */
  readonly ratio: number;
}

/** Trees of pixels, each linked to its nearest denser one in places and colours (Vedaldi and Soatto 2008). */
export function* quickshiftLabels(
  plane: UnitPlane,
  { ratio, kernelSize, maxDistance }: QuickshiftOptions,
): Sliced<Int32Array> {
  const lab = yield* labOf(plane);
  const image = { ...lab, data: lab.data.map((value) => value * ratio) };
  // No pixel is farther away than the sides are long.
  const reach = Math.min(Math.ceil(3 * kernelSize), Math.max(image.height, image.width) - 1);
  const offsets = offsetsWithin(reach);
  const density = yield* densities(image, offsets, kernelSize);
  const parents = yield* denserNeighbours(image, density, { offsets, maxDistance });
  return contiguous(parents.map((_, pixel) => rootOf(parents, pixel)));
}

/** About how many operations a visit of a pair takes. */
const PAIR = 20;

interface Offset {
  readonly down: number;
  readonly right: number;
  readonly squared: number;
}

/** All ways within a square around a pixel, the shortest first. */
function offsetsWithin(reach: number): readonly Offset[] {
  const along = Array.from({ length: 2 * reach + 1 }, (_, i) => i - reach);
  const all = along.flatMap((down) => along.map((right) => ({ down, right, squared: down ** 2 + right ** 2 })));
  return all.sort((a, b) => a.squared - b.squared).slice(1);
}

/** The Parzen estimate: a Gaussian of the distances to all pixels within reach. */
function* densities(image: UnitPlane, offsets: readonly Offset[], kernelSize: number): Sliced<Float64Array> {
  const density = new Float64Array(image.height * image.width).fill(1);
  const falloff = -0.5 / kernelSize ** 2;
  for (const offset of offsets) {
    // Each pair once: distances are the same both ways.
    if (offset.down < 0 || (offset.down === 0 && offset.right < 0)) continue;
    yield* forEachPair(image, offset, (pixel, other) => {
      const weight = Math.exp((offset.squared + colorDistance(image, pixel, other)) * falloff);
      density[pixel] = (density[pixel] as number) + weight;
      density[other] = (density[other] as number) + weight;
    });
  }
  return density;
}

function* denserNeighbours(
  image: UnitPlane,
  density: Float64Array,
  { offsets, maxDistance }: { offsets: readonly Offset[]; maxDistance: number },
): Sliced<Int32Array> {
  const parents = Int32Array.from(density.keys());
  const nearest = new Float64Array(density.length).fill(maxDistance ** 2);
  for (const offset of offsets) {
    yield* forEachPair(image, offset, (pixel, other) => {
      if (offset.squared >= (nearest[pixel] as number)) return;
      const [here, there] = [density[pixel] as number, density[other] as number];
      // Of equal densities the earlier pixel counts as the denser, so that flat areas hang together.
      if (there < here || (there === here && other > pixel)) return;
      const squared = offset.squared + colorDistance(image, pixel, other);
      if (squared >= (nearest[pixel] as number)) return;
      nearest[pixel] = squared;
      parents[pixel] = other;
    });
  }
  return parents;
}

/** Every pixel with the one that lies an offset away, where there is one. */
function* forEachPair(plane: UnitPlane, offset: Offset, visit: (pixel: number, other: number) => void): Sliced<void> {
  const [top, bottom] = [Math.max(0, -offset.down), Math.min(plane.height, plane.height - offset.down)];
  const together = Math.ceil(GRAIN / (PAIR * plane.width));
  for (let row = top; row < bottom; row += together) {
    const end = Math.min(row + together, bottom);
    forEachPairIn([row, end], plane, { ...offset, visit });
    yield PAIR * plane.width * (end - row);
  }
}

function forEachPairIn(
  [top, bottom]: readonly [number, number],
  { width }: UnitPlane,
  { down, right, visit }: Offset & { readonly visit: (pixel: number, other: number) => void },
): void {
  for (let row = top; row < bottom; row++) {
    for (let column = Math.max(0, -right); column < Math.min(width, width - right); column++) {
      const pixel = row * width + column;
      visit(pixel, pixel + down * width + right);
    }
  }
}

function colorDistance({ channels, data }: UnitPlane, a: number, b: number): number {
  let squared = 0;
  for (let c = 0; c < channels; c++) {
    const difference = (data[a * channels + c] as number) - (data[b * channels + c] as number);
    squared += difference * difference;
  }
  return squared;
}

function rootOf(parents: Int32Array, pixel: number): number {
  let at = pixel;
  while (parents[at] !== at) at = parents[at] as number;
  return at;
}
