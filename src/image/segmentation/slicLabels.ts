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

/** Superpixels by k-means over places and colours in CIELAB, each centre within its own surroundings (Achanta et al. 2012). */
export function slicLabels(plane: UnitPlane, { count, compactness }: SlicOptions): Int32Array {
  const image = labOf(plane);
  const spacing = Math.max(1, Math.sqrt((image.height * image.width) / count));
  let centres = seedCentres(image, spacing);
  let labels = new Int32Array(image.height * image.width);
  for (let i = 0; i < iterations; i++) {
    labels = assigned(image, labels, { centres, spacing, compactness });
    centres = meansOf(image, labels, centres);
  }
  return connectedLabels(labels, image, Math.floor(spacing ** 2 / 4));
}

interface Centre {
  readonly row: number;
  readonly column: number;
  readonly color: readonly number[];
}

/** Centres on a grid, moved to where the image changes least among the 3 × 3 pixels around. */
function seedCentres(image: UnitPlane, spacing: number): readonly Centre[] {
  const { height, width } = image;
  const along = (length: number): number[] => {
    const steps = Math.max(1, Math.round(length / spacing));
    return Array.from({ length: steps }, (_, i) => Math.floor(((i + 0.5) * length) / steps));
  };
  return along(height).flatMap((row) =>
    along(width).map((column) => {
      let best = { row, column, change: changeAt(image, row, column) };
      for (let r = Math.max(0, row - 1); r <= Math.min(height - 1, row + 1); r++) {
        for (let c = Math.max(0, column - 1); c <= Math.min(width - 1, column + 1); c++) {
          const change = changeAt(image, r, c);
          if (change < best.change) best = { row: r, column: c, change };
        }
      }
      return { row: best.row, column: best.column, color: colorAt(image, best.row, best.column) };
    }),
  );
}

function colorAt({ width, channels, data }: UnitPlane, row: number, column: number): readonly number[] {
  const at = (row * width + column) * channels;
  return Array.from(data.subarray(at, at + channels));
}

/** Squared differences of the neighbours on either side, along both axes. */
function changeAt(image: UnitPlane, row: number, column: number): number {
  const { height, width } = image;
  const across = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, value, i) => sum + (value - (b[i] as number)) ** 2, 0);
  const [left, right] = [Math.max(0, column - 1), Math.min(width - 1, column + 1)];
  const [top, bottom] = [Math.max(0, row - 1), Math.min(height - 1, row + 1)];
  return (
    across(colorAt(image, row, left), colorAt(image, row, right)) +
    across(colorAt(image, top, column), colorAt(image, bottom, column))
  );
}

/** The nearest centre of each pixel among those at most `spacing` away along either axis; what none reaches stays. */
function assigned(
  { height, width, channels, data }: UnitPlane,
  before: Int32Array<ArrayBuffer>,
  { centres, spacing, compactness }: { centres: readonly Centre[]; spacing: number; compactness: number },
): Int32Array<ArrayBuffer> {
  const labels = before.slice();
  const distances = new Float64Array(height * width).fill(Number.POSITIVE_INFINITY);
  const placeWeight = (compactness / spacing) ** 2;
  centres.forEach(({ row, column, color }, label) => {
    const [top, bottom] = [Math.max(0, Math.ceil(row - spacing)), Math.min(height - 1, Math.floor(row + spacing))];
    const [left, right] = [Math.max(0, Math.ceil(column - spacing)), Math.min(width - 1, Math.floor(column + spacing))];
    for (let r = top; r <= bottom; r++) {
      for (let c = left; c <= right; c++) {
        const pixel = r * width + c;
        // Eq. (3), squared.
        let distance = placeWeight * ((r - row) ** 2 + (c - column) ** 2);
        for (let k = 0; k < channels; k++)
          distance += ((data[pixel * channels + k] as number) - (color[k] as number)) ** 2;
        if (distance >= (distances[pixel] as number)) continue;
        distances[pixel] = distance;
        labels[pixel] = label;
      }
    }
  });
  return labels;
}

/** The means of places and colours; a centre that lost all pixels stays. */
function meansOf(
  { width, channels, data }: UnitPlane,
  labels: Int32Array,
  centres: readonly Centre[],
): readonly Centre[] {
  const sums = centres.map(() => ({ count: 0, row: 0, column: 0, color: new Float64Array(channels) }));
  labels.forEach((label, pixel) => {
    const sum = sums[label] as (typeof sums)[number];
    sum.count++;
    sum.row += Math.floor(pixel / width);
    sum.column += pixel % width;
    for (let k = 0; k < channels; k++) sum.color[k] = (sum.color[k] as number) + (data[pixel * channels + k] as number);
  });
  return sums.map(({ count, row, column, color }, label) =>
    count === 0
      ? (centres[label] as Centre)
      : { row: row / count, column: column / count, color: Array.from(color, (value) => value / count) },
  );
}
