import type { Sliced } from '../../../numeric/sliced.ts';
import type { Region } from './xraiRegions.ts';

/** The attribution of each pixel by its region, and the rank of that region. */
export interface RankedRegions {
  readonly values: Float64Array;
  readonly ranks: Int32Array;
}

/** Covers an image with regions, those with the greatest mean attribution first. */
export function* rankRegions(
  saliency: Float32Array,
  regions: readonly Region[],
  { ranking, least }: { readonly ranking: 'full' | 'fast'; readonly least: number },
): Sliced<RankedRegions> {
  const cover = yield* createCover(saliency, regions);
  const taken = yield* ranking === 'full' ? greedy(cover, least) : sorted(cover, least);
  const rest = cover.uncovered();
  if (rest.length > 0) taken.push({ pixels: rest, gain: meanOf(saliency, rest) });
  yield 10 * saliency.length;
  return paint(saliency.length, taken);
}

/** About how many operations a pixel of a region takes. */
const PIXEL = 20;

/** Pixels that were covered together, and their mean attribution. */
interface Piece {
  readonly pixels: readonly number[];
  readonly gain: number;
}

interface Cover {
  /** The regions that are left. */
  readonly open: Set<number>;
  /** How many pixels a region has. */
  size(region: number): number;
  /** How many pixels a region would add. */
  added(region: number): number;
  /** Their mean attribution. */
  gain(region: number): number;
  take(region: number): Piece;
  uncovered(): readonly number[];
}

function* createCover(saliency: Float32Array, regions: readonly Region[]): Sliced<Cover> {
  const counts = regions.map(({ length }) => length);
  const sums = regions.map((region) => region.reduce((sum, pixel) => sum + (saliency[pixel] as number), 0));
  const covered = new Uint8Array(saliency.length);
  const holders: number[][] = Array.from(saliency, () => []);
  for (const [i, region] of regions.entries()) {
    for (const pixel of region) holders[pixel]?.push(i);
    yield PIXEL * region.length;
  }
  const open = new Set(regions.keys());
  const gain = (region: number): number => (sums[region] as number) / (counts[region] as number);
  return {
    open,
    size: (region) => (regions[region] as Region).length,
    added: (region) => counts[region] as number,
    gain,
    take(region) {
      const piece = { pixels: (regions[region] as Region).filter((pixel) => !covered[pixel]), gain: gain(region) };
      for (const pixel of piece.pixels) {
        covered[pixel] = 1;
        for (const holder of holders[pixel] as number[]) {
          counts[holder] = (counts[holder] as number) - 1;
          sums[holder] = (sums[holder] as number) - (saliency[pixel] as number);
        }
      }
      open.delete(region);
      return piece;
    },
    uncovered: () => Array.from(covered.keys()).filter((pixel) => !covered[pixel]),
  };
}

function* greedy(cover: Cover, least: number): Sliced<Piece[]> {
  const pieces: Piece[] = [];
  for (;;) {
    let best: number | undefined;
    for (const region of cover.open) {
      if (cover.added(region) < Math.max(1, least)) cover.open.delete(region);
      else if (best === undefined || cover.gain(region) > cover.gain(best)) best = region;
    }
    if (best === undefined) return pieces;
    yield PIXEL * (cover.open.size + cover.size(best));
    pieces.push(cover.take(best));
  }
}

function* sorted(cover: Cover, least: number): Sliced<Piece[]> {
  const order = [...cover.open].map((region) => ({ region, mean: cover.gain(region) })).sort((a, b) => b.mean - a.mean);
  const pieces: Piece[] = [];
  for (const { region } of order) {
    if (cover.added(region) < Math.max(1, least)) continue;
    yield PIXEL * cover.size(region);
    pieces.push(cover.take(region));
  }
  return pieces;
}

function meanOf(saliency: Float32Array, pixels: readonly number[]): number {
  return pixels.reduce((sum, pixel) => sum + (saliency[pixel] as number), 0) / pixels.length;
}

/** To remove what overlaps can raise the mean of another region, so the gains are ordered before they are numbered. */
function paint(size: number, pieces: readonly Piece[]): RankedRegions {
  const values = new Float64Array(size);
  const ranks = new Int32Array(size);
  [...pieces]
    .sort((a, b) => b.gain - a.gain)
    .forEach(({ pixels, gain }, rank) => {
      for (const pixel of pixels) {
        values[pixel] = gain;
        ranks[pixel] = rank;
      }
    });
  return { values, ranks };
}
