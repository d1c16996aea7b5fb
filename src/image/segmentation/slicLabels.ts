import { forEachOf, type Sliced } from '../../numeric/sliced.ts';
import { connectedLabels } from './connectedLabels.ts';
import { labOf } from './lab.ts';
import type { UnitPlane } from './plane.ts';

/** What {@link slicLabels} is told. */
export interface SlicOptions {
  /** About how many segments. */
  readonly count: number;
  /** How much places count against colours, m of the paper. */
  readonly compactness: number;
}

const iterations = 10;

/** Superpixels, of volumes supervoxels, by k-means over places and colours in CIELAB, each centre within its own surroundings (Achanta et al. 2012). */
export function* slicLabels(plane: UnitPlane, { count, compactness }: SlicOptions): Sliced<Int32Array> {
  const image = yield* labOf(plane);
  const places = image.depth * image.height * image.width;
  const axes = image.depth > 1 ? 3 : 2;
  const spacing = Math.max(1, (places / count) ** (1 / axes));
  let centres = seedCentres(image, spacing);
  let labels = new Int32Array(places);
  for (let i = 0; i < iterations; i++) {
    labels = yield* assigned(image, labels, { centres, spacing, compactness });
    centres = meansOf(image, labels, centres);
    yield 10 * labels.length;
  }
  return yield* connectedLabels(labels, image, Math.floor(spacing ** axes / 4));
}

/** Depth, row and column. */
type Place = readonly [number, number, number];

interface Centre {
  readonly place: Place;
  readonly color: readonly number[];
}

/** Centres on a grid, moved to where the image changes least among the places around. */
function seedCentres(image: UnitPlane, spacing: number): readonly Centre[] {
  const along = (length: number): number[] => {
    const steps = Math.max(1, Math.round(length / spacing));
    return Array.from({ length: steps }, (_, i) => Math.floor(((i + 0.5) * length) / steps));
  };
  const [depths, rows, columns] = sidesOf(image).map(along) as [number[], number[], number[]];
  return depths.flatMap((depth) =>
    rows.flatMap((row) => columns.map((column) => centreAt(image, leastChanging(image, [depth, row, column])))),
  );
}

function sidesOf({ depth, height, width }: UnitPlane): Place {
  return [depth, height, width];
}

function centreAt(image: UnitPlane, place: Place): Centre {
  return { place, color: colorAt(image, place) };
}

/** Of a place and those around it, the one where the image changes least; of equal ones itself, else the first. */
function leastChanging(image: UnitPlane, place: Place): Place {
  let best = { place, change: changeAt(image, place) };
  const [depths, rows, columns] = place.map((at, axis) => around(at, sidesOf(image)[axis] as number)) as [
    number[],
    number[],
    number[],
  ];
  for (const d of depths) {
    for (const r of rows) {
      for (const c of columns) {
        const change = changeAt(image, [d, r, c]);
        if (change < best.change) best = { place: [d, r, c], change };
      }
    }
  }
  return best.place;
}

/** A position along an axis with its neighbours. */
function around(at: number, length: number): number[] {
  return [at - 1, at, at + 1].filter((position) => position >= 0 && position < length);
}

function colorAt({ height, width, channels, data }: UnitPlane, [depth, row, column]: Place): readonly number[] {
  const at = ((depth * height + row) * width + column) * channels;
  return Array.from(data.subarray(at, at + channels));
}

/** Squared differences of the neighbours on either side, along all axes. */
function changeAt(image: UnitPlane, place: Place): number {
  return sidesOf(image).reduce((sum, length, axis) => {
    const beside = (step: number): Place =>
      place.map((at, own) => (own === axis ? Math.min(Math.max(at + step, 0), length - 1) : at)) as unknown as Place;
    const [before, after] = [colorAt(image, beside(-1)), colorAt(image, beside(1))];
    return sum + before.reduce((total, value, i) => total + (value - (after[i] as number)) ** 2, 0);
  }, 0);
}

/** The nearest centre of each place among those at most `spacing` away along each axis; what none reaches stays. */
function* assigned(
  image: UnitPlane,
  before: Int32Array<ArrayBuffer>,
  { centres, spacing, compactness }: { centres: readonly Centre[]; spacing: number; compactness: number },
): Sliced<Int32Array<ArrayBuffer>> {
  const { height, width, channels, data } = image;
  const labels = before.slice();
  const distances = new Float64Array(labels.length).fill(Number.POSITIVE_INFINITY);
  const placeWeight = (compactness / spacing) ** 2;
  for (const [label, { place, color }] of centres.entries()) {
    const [front, back, top, bottom, left, right] = place.flatMap((at, axis) => [
      Math.max(0, Math.ceil(at - spacing)),
      Math.min((sidesOf(image)[axis] as number) - 1, Math.floor(at + spacing)),
    ]) as [number, number, number, number, number, number];
    const [depth, row, column] = place;
    const rows = bottom - top + 1;
    yield* forEachOf((back - front + 1) * rows, 10 * (right - left + 1), (i) => {
      const [d, r] = [front + Math.floor(i / rows), top + (i % rows)];
      for (let c = left; c <= right; c++) {
        const pixel = (d * height + r) * width + c;
        // Eq. (3), squared.
        let distance = placeWeight * ((d - depth) ** 2 + (r - row) ** 2 + (c - column) ** 2);
        for (let k = 0; k < channels; k++)
          distance += ((data[pixel * channels + k] as number) - (color[k] as number)) ** 2;
        if (distance >= (distances[pixel] as number)) continue;
        distances[pixel] = distance;
        labels[pixel] = label;
      }
    });
  }
  return labels;
}

/** The means of places and colours; a centre that lost all pixels stays. */
function meansOf(
  { height, width, channels, data }: UnitPlane,
  labels: Int32Array,
  centres: readonly Centre[],
): readonly Centre[] {
  const sums = centres.map(() => ({ count: 0, depth: 0, row: 0, column: 0, color: new Float64Array(channels) }));
  labels.forEach((label, pixel) => {
    const sum = sums[label] as (typeof sums)[number];
    sum.count++;
    sum.depth += Math.floor(pixel / (height * width));
    sum.row += Math.floor(pixel / width) % height;
    sum.column += pixel % width;
    for (let k = 0; k < channels; k++) sum.color[k] = (sum.color[k] as number) + (data[pixel * channels + k] as number);
  });
  return sums.map(({ count, depth, row, column, color }, label) =>
    count === 0
      ? (centres[label] as Centre)
      : {
          place: [depth / count, row / count, column / count],
          color: Array.from(color, (value) => value / count),
        },
  );
}
