import { mean } from 'd3-array';
import { type LayerGrid, pixelsAlong } from '../../readings/placement.ts';
import { type Located, meanOfKnown, varianceOf } from './locationData.ts';

/** What a unit would have that knows nothing of the image. */
export interface LocationNull {
  /** `[p]`, NaN for a landmark that fewer than two images show. */
  readonly perLandmark: Float64Array;
  /** Over the landmarks that have a deviation. */
  readonly mean: number;
}

/** Location instability by chance, on all images that show a landmark. */
export interface LocationNulls {
  /** A unit that peaks at a random position of the grid, each time another: the square root of the expected variance. */
  readonly randomUnit: LocationNull;
  /** A unit that always peaks at one position of the grid: the best of all positions, which is `[row, column]` there. */
  readonly constantUnit: LocationNull & { readonly position: readonly [row: number, column: number] };
  /** A unit that always peaks in the middle of the image. */
  readonly centre: LocationNull;
}

/** The three nulls of the landmarks of some images. */
export function locationNulls(data: Located, grid: LayerGrid, ddof: number): LocationNulls {
  const units = gridPoints(grid);
  const constants = units.map((unit) => constantNull(data, unit, ddof));
  const best = constants.reduce((least, { mean }, k) => (mean < (constants[least]?.mean as number) ? k : least), 0);
  const [rows, columns] = data.imageSize;
  return {
    randomUnit: nullOf(data, (images) => Math.sqrt(expectedVariance(distanceTable(data, images, units), ddof))),
    constantUnit: {
      ...(constants[best] as LocationNull),
      position: [Math.floor(best / grid.size[1]), best % grid.size[1]],
    },
    centre: constantNull(data, [(rows - 1) / 2, (columns - 1) / 2], ddof),
  };
}

type Point = readonly [row: number, column: number];

/** The landmark on the images that show it. */
interface Sightings {
  readonly images: readonly number[];
  readonly landmark: number;
}

function constantNull(data: Located, point: Point, ddof: number): LocationNull {
  return nullOf(data, (sightings) => Math.sqrt(varianceOf(distanceTable(data, sightings, [point]).flat(), ddof)));
}

function nullOf(data: Located, deviation: (sightings: Sightings) => number): LocationNull {
  const perLandmark = Float64Array.from({ length: data.landmarks }, (_, landmark) => {
    const images = Array.from({ length: data.images }, (_, image) => image);
    return deviation({ landmark, images: images.filter((image) => data.isVisible(image, landmark)) });
  });
  return { perLandmark, mean: meanOfKnown(perLandmark) };
}

/** For each image the distances of the landmark to some points, in diagonals. */
function distanceTable(data: Located, { images, landmark }: Sightings, points: readonly Point[]): number[][] {
  return images.map((image) => {
    const [row, column] = data.landmark(image, landmark);
    return points.map((point) => Math.hypot(row - point[0], column - point[1]) / data.diagonal);
  });
}

/**
 * The expected variance of distances to points drawn independently: the mean over images of the variance over points,
 * and the variance over images of the mean over points. With the divisor n − ddof the sum is (n − 1) / (n − ddof) of that
 * with n − 1.
 */
function expectedVariance(distances: readonly (readonly number[])[], ddof: number): number {
  const count = distances.length;
  if (count < 2) return Number.NaN;
  const within = distances.map((row) => (row.length === 1 ? 0 : varianceOf(row, 0)));
  const between = varianceOf(
    distances.map((row) => mean(row) as number),
    1,
  );
  return (((mean(within) as number) + between) * (count - 1)) / (count - ddof);
}

function gridPoints(grid: LayerGrid): readonly Point[] {
  const [rows, columns] = [pixelsAlong(grid, 0), pixelsAlong(grid, 1)];
  return Array.from(rows, (row) => Array.from(columns, (column): Point => [row, column])).flat();
}
