/** A lattice over a plane of pixels. */
export interface PlainLattice {
  readonly plane: readonly [number, number];
  readonly step: number;
  readonly sigma: number;
}

/** The smooth-max convolution of parameters `[rows × columns]`, pixel by pixel; the lattice is mirrored at its border. */
export function plainSmoothMask(parameters: ArrayLike<number>, lattice: PlainLattice): Float64Array {
  const { plane, step } = lattice;
  const [rows, columns] = plane.map((length) => Math.ceil(length / step)) as [number, number];
  const [top, left] = [rows * step - plane[0], columns * step - plane[1]].map((over) => Math.floor(over / 2)) as [
    number,
    number,
  ];
  return Float64Array.from({ length: plane[0] * plane[1] }, (_, pixel) => {
    const [row, column] = [Math.floor(pixel / plane[1]) + top, (pixel % plane[1]) + left];
    const read = (r: number, c: number): number =>
      parameters[mirrored(r, rows) * columns + mirrored(c, columns)] as number;
    return Math.min(1, smoothMaximum(row, column, lattice, read) / smoothMaximum(row, column, lattice, () => 1));
  });
}

function smoothMaximum(
  row: number,
  column: number,
  { step, sigma }: PlainLattice,
  read: (row: number, column: number) => number,
): number {
  const radius = 1 + Math.ceil(sigma / step);
  let [numerator, denominator] = [0, 0];
  for (let r = Math.floor(row / step) - radius; r <= Math.floor(row / step) + radius; r++) {
    for (let c = Math.floor(column / step) - radius; c <= Math.floor(column / step) + radius; c++) {
      // A parameter sits in the middle of its cell of step × step pixels.
      const [y, x] = [r * step + (step - 1) / 2, c * step + (step - 1) / 2];
      const distance = Math.sqrt((row - y) ** 2 + (column - x) ** 2) / sigma;
      const value = (distance <= 0.5 ? 1 : Math.exp(-2 * (distance - 0.5) ** 2)) * read(r, c);
      numerator += value * Math.exp(20 * value);
      denominator += Math.exp(20 * value);
    }
  }
  return numerator / denominator;
}

function mirrored(index: number, length: number): number {
  if (index < 0) return mirrored(-1 - index, length);
  return index < length ? index : mirrored(2 * length - 1 - index, length);
}
