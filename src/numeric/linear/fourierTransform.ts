/** A half spectrum: the columns 0 … ⌊w / 2⌋, from which those of a real plane's others follow. */
export interface HalfSpectrum {
  /** `[h, ⌊w / 2⌋ + 1]`, rows in the order 0, 1, …, −2, −1. */
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

/** The two-dimensional discrete Fourier transform of a real plane `[h, w]` of any size, without a factor. */
export function planeSpectrum(plane: ArrayLike<number>, [height, width]: readonly [number, number]): HalfSpectrum {
  const columns = Math.floor(width / 2) + 1;
  const real = new Float64Array(height * columns);
  const imaginary = new Float64Array(height * columns);
  const alongRows = transformOf(width);
  for (let row = 0; row < height; row++) {
    const line = Float64Array.from({ length: width }, (_, i) => plane[row * width + i] as number);
    const made = alongRows(line, new Float64Array(width));
    real.set(made.real.subarray(0, columns), row * columns);
    imaginary.set(made.imaginary.subarray(0, columns), row * columns);
  }
  const alongColumns = transformOf(height);
  for (let column = 0; column < columns; column++) {
    const lineOf = (values: Float64Array) =>
      Float64Array.from({ length: height }, (_, i) => values[i * columns + column] as number);
    const made = alongColumns(lineOf(real), lineOf(imaginary));
    for (let row = 0; row < height; row++) {
      real[row * columns + column] = made.real[row] as number;
      imaginary[row * columns + column] = made.imaginary[row] as number;
    }
  }
  return { real, imaginary };
}

type Transform = (real: Float64Array, imaginary: Float64Array) => HalfSpectrum;

/** The transform of lines of a length, by decimation in time along its prime factors (Cooley and Tukey 1965). */
function transformOf(length: number): Transform {
  const cosines = Float64Array.from({ length }, (_, i) => Math.cos((2 * Math.PI * i) / length));
  const sines = Float64Array.from({ length }, (_, i) => -Math.sin((2 * Math.PI * i) / length));
  return (real, imaginary) => {
    const made = { real: new Float64Array(length), imaginary: new Float64Array(length) };
    const line: Line = { real, imaginary, made, cosines, sines };
    transform(line, { from: 0, step: 1, count: length, to: 0 });
    return made;
  };
}

interface Line extends HalfSpectrum {
  readonly made: HalfSpectrum;
  /** Of the turns 0 … length − 1. */
  readonly cosines: Float64Array;
  readonly sines: Float64Array;
}

/** Every `step`-th of the numbers from one on, and where their transform goes. */
interface Share {
  readonly from: number;
  readonly step: number;
  readonly count: number;
  readonly to: number;
}

function transform(line: Line, { from, step, count, to }: Share): void {
  const { real, imaginary, made } = line;
  if (count === 1) {
    made.real[to] = real[from] as number;
    made.imaginary[to] = imaginary[from] as number;
    return;
  }
  const parts = smallestFactor(count);
  const each = count / parts;
  for (let part = 0; part < parts; part++)
    transform(line, { from: from + part * step, step: step * parts, count: each, to: to + part * each });
  const scratch = { real: new Float64Array(parts), imaginary: new Float64Array(parts) };
  for (let k = 0; k < each; k++) butterfly(line, { to: to + k, each, parts, turn: step * k, step }, scratch);
}

interface Butterfly {
  readonly to: number;
  readonly each: number;
  readonly parts: number;
  readonly turn: number;
  readonly step: number;
}

/** $X_{k + qm} = \sum_r e^{-2πi r (k + qm) / n} Y_{r,k}$. */
function butterfly(
  { made, cosines, sines }: Line,
  { to, each, parts, turn, step }: Butterfly,
  old: HalfSpectrum,
): void {
  for (let part = 0; part < parts; part++) {
    old.real[part] = made.real[to + part * each] as number;
    old.imaginary[part] = made.imaginary[to + part * each] as number;
  }
  for (let q = 0; q < parts; q++) {
    const angle = turn + q * each * step;
    let [re, im] = [0, 0];
    for (let part = 0; part < parts; part++) {
      const at = (part * angle) % cosines.length;
      const [c, s] = [cosines[at] as number, sines[at] as number];
      const [a, b] = [old.real[part] as number, old.imaginary[part] as number];
      re += a * c - b * s;
      im += a * s + b * c;
    }
    made.real[to + q * each] = re;
    made.imaginary[to + q * each] = im;
  }
}

function smallestFactor(count: number): number {
  for (let factor = 2; factor * factor <= count; factor++) if (count % factor === 0) return factor;
  return count;
}
