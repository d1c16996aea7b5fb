import { identity } from '../linear/hessenberg.ts';
import { reflectColumns, reflector, reflectRows } from '../linear/reflections.ts';
import type { NdArray } from '../ndarray.ts';
import type { Random } from '../random.ts';
import type { Sliced } from '../sliced.ts';

/**
 * A random rotation of n dimensions, `[n, n]`, all equally likely (Haar's measure on SO(n)).
 *
 * It is the Q of the QR decomposition of a matrix of normal numbers, with the signs that make the diagonal of R
 * positive; a Q of determinant −1 has its first row turned round.
 *
 * Source: Mezzadri 2007, "How to generate random matrices from the classical compact groups", §5.
 */
export function* haarRotation(n: number, { normal }: Pick<Random, 'normal'>): Sliced<NdArray<Float64Array>> {
  const upper = Float64Array.from({ length: n * n }, normal);
  const rotation = identity(n);
  const signs = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    const reflection = {
      normal: reflector(Float64Array.from({ length: n - k }, (_, i) => upper[(k + i) * n + k] as number)),
      from: k,
    };
    reflectRows(upper, n, { ...reflection, columns: [k, n] });
    reflectColumns(rotation, n, { ...reflection, rows: [0, n] });
    signs[k] = Math.sign(upper[k * n + k] as number);
    yield 4 * n * (n - k);
  }
  // Each of the n reflections and each sign that is turned round turns the determinant round.
  const isReflection = signs.reduce((determinant, sign) => -determinant * sign, 1) < 0;
  rotation.forEach((value, place) => {
    const turned = isReflection && place < n ? -1 : 1;
    rotation[place] = turned * value * (signs[place % n] as number);
  });
  return { shape: [n, n], data: rotation };
}
