import { mean } from 'd3-array';
import { type ExplanatoryGraph, learnPartTemplates, localizePart, type NdArray, type PatternInference } from 'vitrine';
import type { PartAnnotation } from 'vitrine/graph';

/** What parts are found with. */
export interface PartSearch {
  readonly graph: ExplanatoryGraph;
  readonly inference: PatternInference;
  /** Where the filters of each layer peak, `[n, filters, 2]`. */
  readonly peaks: readonly NdArray<Float64Array>[];
}

export type Place = readonly [row: number, column: number];

/** Where a part is in an image. */
export type Finder = (image: number) => Place;

/** Ways of finding a part, learnt from the same annotations. */
export interface PartFinders {
  /** By the votes of the patterns that the annotations chose. */
  readonly patterns: Finder;
  /** By the peak of a filter, moved by its mean offset: one for each filter of all layers. */
  readonly filters: readonly Finder[];
  /** The one of these that is steadiest over the annotations. */
  readonly chosenFilter: Finder;
  /** Always where the part is on average. */
  readonly constant: Finder;
}

/** Learns from annotations where a part is. */
export function partFinders(
  { graph, inference, peaks }: PartSearch,
  annotations: readonly PartAnnotation[],
): PartFinders {
  const { positions } = localizePart(learnPartTemplates(graph, { inference, annotations }), inference);
  const filters = peaks.flatMap((layer) =>
    Array.from({ length: layer.shape[1] as number }, (_, filter) => filterFinder(layer, filter, annotations)),
  );
  const middle = meanPlace(annotations.map(({ position }) => position));
  return {
    patterns: (image) => [positions.data[2 * image] as number, positions.data[2 * image + 1] as number],
    filters: filters.map(({ find }) => find),
    chosenFilter: filters.reduce((best, filter) => (filter.spread < best.spread ? filter : best)).find,
    constant: () => middle,
  };
}

/** How a filter finds a part, and how much its offset varies over the annotations. */
function filterFinder(
  layer: NdArray<Float64Array>,
  filter: number,
  annotations: readonly PartAnnotation[],
): { readonly find: Finder; readonly spread: number } {
  const peak = (image: number): Place => placeIn(layer, image, filter);
  const offsets = annotations.map(({ image, position }) => minus(position, peak(image)));
  const offset = meanPlace(offsets);
  return {
    find: (image) => minus(peak(image), [-offset[0], -offset[1]]),
    spread: mean(offsets, (one) => Math.hypot(...minus(one, offset))) as number,
  };
}

function placeIn({ shape, data }: NdArray<Float64Array>, image: number, filter: number): Place {
  const k = 2 * (image * (shape[1] as number) + filter);
  return [data[k] as number, data[k + 1] as number];
}

function meanPlace(places: readonly Place[]): Place {
  return [mean(places, ([row]) => row) as number, mean(places, ([, column]) => column) as number];
}

function minus(a: Place, b: Place): Place {
  return [a[0] - b[0], a[1] - b[1]];
}
