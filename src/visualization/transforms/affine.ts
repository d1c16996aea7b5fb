import type { Affine, Placement, Size } from './transform.ts';

/** Every pixel from itself. */
export const identity: Affine = [1, 0, 0, 0, 1, 0];

/** From so many rows further down and columns further right. */
export function shift(rows: number, columns: number): Affine {
  return [1, 0, rows, 0, 1, columns];
}

/** The map of two transforms, one after the other: what the later one shows comes from where the earlier one took it. */
export function composed([a, b, c, d, e, f]: Affine, later: Affine): Affine {
  const [p, q, r, s, t, u] = later;
  return [a * p + b * s, a * q + b * t, a * r + b * u + c, d * p + e * s, d * q + e * t, d * r + e * u + f];
}

/** A linear map of places about the centres of pictures, from a picture of one size to one of another. */
export function aboutCenters(
  [a, b, d, e]: readonly [a: number, b: number, d: number, e: number],
  from: Size,
  to: Size,
): Affine {
  const [row, column] = [(to[0] - 1) / 2, (to[1] - 1) / 2];
  return [a, b, (from[0] - 1) / 2 - a * row - b * column, d, e, (from[1] - 1) / 2 - d * row - e * column];
}

/** A picture stretched to a size, border to border. */
export function stretched(from: Size, to: Size): Placement {
  return { ...framed(from, from, to), frame: to };
}

/** A frame around the centre of a picture brought to a size: cut out where it has that size, else stretched. */
export function framed(from: Size, frame: Size, to: Size): Placement {
  if (frame[0] === to[0] && frame[1] === to[1]) return cutOrPadded(from, to);
  return { affine: aboutCenters([frame[0] / to[0], 0, 0, frame[1] / to[1]], from, to), size: to };
}

/** A picture cut, or with an edge around it, to a size: by whole pixels, the odd one at the end. */
export function cutOrPadded(from: Size, to: Size): Placement {
  return { affine: shift(Math.trunc((from[0] - to[0]) / 2), Math.trunc((from[1] - to[1]) / 2)), size: to };
}
