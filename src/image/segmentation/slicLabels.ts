import { forEachOf, type Sliced } from '../../numeric/sliced.ts';
import { connectedLabels } from './connectedLabels.ts';
import { labOf } from './lab.ts';
import type { UnitPlane } from './plane.ts';
import { meansOf, type SlicCentre, seedCentres, sidesOf } from './slicCentres.ts';

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

/** The nearest centre of each place among those at most `spacing` away along each axis; what none reaches stays. */
function* assigned(
  image: UnitPlane,
  before: Int32Array<ArrayBuffer>,
  { centres, spacing, compactness }: { centres: readonly SlicCentre[]; spacing: number; compactness: number },
): Sliced<Int32Array<ArrayBuffer>> {
  const labels = before.slice();
  const distances = new Float64Array(labels.length).fill(Number.POSITIVE_INFINITY);
  const nearest: Nearest = { labels, distances, placeWeight: (compactness / spacing) ** 2 };
  for (const [label, centre] of centres.entries()) {
    const [front, back, top, bottom, left, right] = centre.place.flatMap((at, axis) => [
      Math.max(0, Math.ceil(at - spacing)),
      Math.min((sidesOf(image)[axis] as number) - 1, Math.floor(at + spacing)),
    ]) as [number, number, number, number, number, number];
    const rows = bottom - top + 1;
    yield* forEachOf((back - front + 1) * rows, 10 * (right - left + 1), (i) => {
      const [plane, row] = [front + Math.floor(i / rows), top + (i % rows)];
      assignRow(image, nearest, { label, centre, plane, row, left, right });
    });
  }
  return labels;
}

/** What has been found so far. */
interface Nearest {
  readonly labels: Int32Array;
  readonly distances: Float64Array;
  readonly placeWeight: number;
}

/** A part of a row, its ends included, and the centre that may be the nearest one there. */
interface Reach {
  readonly label: number;
  readonly centre: SlicCentre;
  readonly plane: number;
  readonly row: number;
  readonly left: number;
  readonly right: number;
}

/** Gives a centre the places of a row that are nearer to it, by Eq. (3) squared, than to those before. */
function assignRow(
  { height, width, channels, data }: UnitPlane,
  { labels, distances, placeWeight }: Nearest,
  { label, centre, plane, row, left, right }: Reach,
): void {
  const { place, color } = centre;
  const column = place[2];
  const across = (plane - place[0]) ** 2 + (row - place[1]) ** 2;
  const start = (plane * height + row) * width;
  for (let c = left; c <= right; c++) {
    let distance = placeWeight * (across + (c - column) ** 2);
    let at = (start + c) * channels;
    for (let k = 0; k < channels; k++) distance += ((data[at++] as number) - (color[k] as number)) ** 2;
    if (distance >= (distances[start + c] as number)) continue;
    distances[start + c] = distance;
    labels[start + c] = label;
  }
}
