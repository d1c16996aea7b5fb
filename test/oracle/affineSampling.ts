import type { AffineSampling } from '../../src/backend/kernels/affineSampling.ts';
import type { Affine, Outside } from '../../src/backend/kernels/sampling/affineTable.ts';
import { at, type Block, zeros } from './windows.ts';

/** Where a number is, from the other side of every border as it is read there; none where it is filled. */
function inside(place: number, length: number, outside: Outside): number | undefined {
  if (outside === 'clamp') return Math.min(Math.max(place, 0), length - 1);
  let p = place;
  // To and fro until it is inside.
  while (outside === 'reflect' && length > 1 && (p < 0 || p >= length)) p = p < 0 ? -p : 2 * (length - 1) - p;
  if (outside === 'reflect' && length === 1) return 0;
  return p >= 0 && p < length ? p : undefined;
}

/** Every weight that is not zero, from a pixel to a pixel of the result; no pixel where it is outside. */
function* weightsOf(
  [count, rows, columns]: Block['shape'],
  { maps, size, outside }: AffineSampling,
): Generator<{ n: number; q: readonly [number, number]; p?: readonly [number, number]; weight: number }> {
  for (let n = 0; n < count; n++) {
    const [a, b, c, d, e, f] = maps[n % maps.length] as Affine;
    for (let r = 0; r < size[0]; r++) {
      for (let s = 0; s < size[1]; s++) {
        const [y, x] = [a * r + b * s + c, d * r + e * s + f];
        for (let i = Math.floor(y) - 1; i <= y + 1; i++) {
          for (let j = Math.floor(x) - 1; j <= x + 1; j++) {
            const weight = Math.max(0, 1 - Math.abs(y - i)) * Math.max(0, 1 - Math.abs(x - j));
            const [row, column] = [inside(i, rows, outside), inside(j, columns, outside)];
            const within = row !== undefined && column !== undefined;
            if (weight > 0) yield { n, q: [r, s], weight, ...(within ? { p: [row, column] as const } : {}) };
          }
        }
      }
    }
  }
}

/** Bilinear reading at affine places, weight by weight. */
export function sampleAffine(pictures: Block, sampling: AffineSampling): Block {
  const { shape } = pictures;
  const made = zeros([shape[0], ...sampling.size, shape[3]]);
  const fill = typeof sampling.outside === 'number' ? sampling.outside : 0;
  for (const { n, q, p, weight } of weightsOf(shape, sampling)) {
    for (let k = 0; k < shape[3]; k++) {
      const value = p ? (pictures.data[at(pictures, [n, ...p, k])] as number) : fill;
      made.data[at(made, [n, ...q, k])] = (made.data[at(made, [n, ...q, k])] as number) + weight * value;
    }
  }
  return made;
}

/** The transpose: each weight the other way. */
export function sampleAffineGradient(cotangent: Block, inputShape: Block['shape'], sampling: AffineSampling): Block {
  const gradient = zeros(inputShape);
  for (const { n, q, p, weight } of weightsOf(inputShape, sampling)) {
    for (let k = 0; p && k < inputShape[3]; k++) {
      const to = at(gradient, [n, ...p, k]);
      const value = cotangent.data[at(cotangent, [n, ...q, k])] as number;
      gradient.data[to] = (gradient.data[to] as number) + weight * value;
    }
  }
  return gradient;
}
