import { mean } from 'd3-array';
import {
  type ExplanatoryGraph,
  learnPartTemplates,
  localizationDistance,
  localizePart,
  type NdArray,
  type PatternInference,
} from 'vitrine';
import type { Animal } from './drawAnimal.ts';
import { placeOf } from './landmarks.ts';
import { side } from './network.ts';

/** Mean distances of a part from where it is found, in diagonals of the picture. */
export interface PartErrors {
  /** By the patterns that three annotations chose. */
  readonly patterns: number;
  /** By the peak of the filter that is steadiest over the three annotations, moved by its mean offset. */
  readonly chosenFilter: number;
  /** By the filter that turns out to be the best, which nobody knows beforehand. */
  readonly bestFilter: number;
}

/** What parts are found with. */
export interface PartSearch {
  readonly graph: ExplanatoryGraph;
  readonly inference: PatternInference;
  /** Where the filters of each layer peak, `[n, filters, 2]`. */
  readonly peaks: readonly NdArray<Float64Array>[];
  readonly animals: readonly Animal[];
}

type Place = readonly [row: number, column: number];

/** How well a part is found once it was shown in three pictures; nothing where too few pictures show it. */
export function partErrors({ graph, inference, peaks, animals }: PartSearch, part: number): PartErrors | undefined {
  const seen = animals.flatMap((animal, image) => {
    const place = placeOf(animal, part);
    return place ? [{ image, ...place }] : [];
  });
  const [shown, others] = [seen.slice(0, 3), seen.slice(3)];
  if (others.length < 10) return undefined;
  const distance = (found: (image: number) => Place): number => {
    const array = (places: readonly Place[]): NdArray => ({
      shape: [places.length, 2],
      data: Float32Array.from(places.flat()),
    });
    const predicted = array(others.map(({ image }) => found(image)));
    return localizationDistance(predicted, array(others.map(({ position }) => position)), [side, side]).mean;
  };
  const template = learnPartTemplates(graph, { inference, annotations: shown });
  const { positions } = localizePart(template, inference);
  const filters = peaks.flatMap((layer) =>
    Array.from({ length: layer.shape[1] as number }, (_, filter) => {
      const peak = (image: number): Place => placeIn(layer, image, filter);
      const offsets = shown.map(({ image, position }) => minus(position, peak(image)));
      const offset = [0, 1].map((axis) => mean(offsets, (one) => one[axis])) as unknown as Place;
      const spread = mean(offsets, (one) => Math.hypot(...minus(one, offset))) as number;
      return { spread, error: distance((image) => minus(peak(image), [-offset[0], -offset[1]])) };
    }),
  );
  const steadiest = filters.reduce((best, filter) => (filter.spread < best.spread ? filter : best));
  return {
    patterns: distance((image) => [positions.data[2 * image] as number, positions.data[2 * image + 1] as number]),
    chosenFilter: steadiest.error,
    bestFilter: Math.min(...filters.map(({ error }) => error)),
  };
}

function placeIn({ shape, data }: NdArray<Float64Array>, image: number, filter: number): Place {
  const k = 2 * (image * (shape[1] as number) + filter);
  return [data[k] as number, data[k + 1] as number];
}

function minus(a: Place, b: Place): Place {
  return [a[0] - b[0], a[1] - b[1]];
}
