import type { InputSpace } from '../field/inputSpace.ts';

/**
 * Inputs written so that any numbers stand for one within the bounds: $x = \mathrm{lo} + \tfrac12(\tanh w + 1)(\mathrm{hi} - \mathrm{lo})$. A number
 * at a bound lies infinitely far out; it is drawn in by a millionth (Carlini and Wagner 2017, section V.B and their code).
 */
export function freely(x: ArrayLike<number>, { low, high }: InputSpace): Float64Array {
  const channels = low.length;
  return Float64Array.from(x, (value, i) => {
    const [least, most] = [low[i % channels] as number, high[i % channels] as number];
    return Math.atanh(0.999999 * ((2 * (value - least)) / (most - least) - 1));
  });
}

/** The input that free numbers stand for, and how it moves with each of them. */
export function bounded(
  free: Float64Array,
  { low, high }: InputSpace,
): { readonly x: Float64Array; readonly slopes: Float64Array } {
  const channels = low.length;
  const slopes = new Float64Array(free.length);
  const x = free.map((w, i) => {
    const [least, most] = [low[i % channels] as number, high[i % channels] as number];
    const t = Math.tanh(w);
    slopes[i] = ((1 - t * t) * (most - least)) / 2;
    return least + ((t + 1) * (most - least)) / 2;
  });
  return { x, slopes };
}
