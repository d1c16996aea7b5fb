import type { UnitPlane } from './plane.ts';

/** Depth, row and column. */
type Place = readonly [number, number, number];

/** A centre of superpixels. */
export interface SlicCentre {
  readonly place: Place;
  readonly color: readonly number[];
}

/** Centres on a grid, moved to where the image changes least among the places around. */
export function seedCentres(image: UnitPlane, spacing: number): readonly SlicCentre[] {
  const along = (length: number): number[] => {
    const steps = Math.max(1, Math.round(length / spacing));
    return Array.from({ length: steps }, (_, i) => Math.floor(((i + 0.5) * length) / steps));
  };
  const [depths, rows, columns] = sidesOf(image).map(along) as [number[], number[], number[]];
  return depths.flatMap((depth) =>
    rows.flatMap((row) => columns.map((column) => centreAt(image, leastChanging(image, [depth, row, column])))),
  );
}

/** Planes, rows and columns. */
export function sidesOf({ depth, height, width }: UnitPlane): Place {
  return [depth, height, width];
}

function centreAt(image: UnitPlane, place: Place): SlicCentre {
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

/** The means of places and colours; a centre that lost all pixels stays. */
export function meansOf(image: UnitPlane, labels: Int32Array, centres: readonly SlicCentre[]): readonly SlicCentre[] {
  const size = 4 + image.channels;
  const sums = sumsOf(image, labels, centres.length);
  return centres.map((centre, label) => {
    const [count, ...own] = sums.subarray(label * size, (label + 1) * size) as unknown as [number, ...number[]];
    if (count === 0) return centre;
    const [depth, row, column, ...color] = own.map((sum) => sum / count) as [number, number, number, ...number[]];
    return { place: [depth, row, column], color };
  });
}

/** Of each label how many pixels there are, and the sums of their depths, rows, columns and colours. */
function sumsOf({ depth, height, width, channels, data }: UnitPlane, labels: Int32Array, count: number): Float64Array {
  const sums = new Float64Array(count * (4 + channels));
  for (let line = 0; line < depth * height; line++) {
    const [plane, row] = [Math.floor(line / height), line % height];
    for (let column = 0; column < width; column++) {
      const pixel = line * width + column;
      let at = (labels[pixel] as number) * (4 + channels);
      sums[at++]! += 1;
      sums[at++]! += plane;
      sums[at++]! += row;
      sums[at++]! += column;
      for (let k = 0; k < channels; k++) sums[at++]! += data[pixel * channels + k] as number;
    }
  }
  return sums;
}
