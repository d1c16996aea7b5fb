import { assertArray, assertFiniteArray } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { conjugateGradient } from '../../numeric/linear/conjugateGradient.ts';
import { type NdArray, sameShape, type TypedArray } from '../../numeric/ndarray.ts';
import { assertOptions, integer, number, type OptionChecks, object, required } from '../../numeric/options.ts';
import { random } from '../../numeric/random.ts';
import { atOnce, type Sliced } from '../../numeric/sliced.ts';
import { rangeOf } from '../../numeric/statistics.ts';
import type { Plane } from './patches.ts';

/** What is imputed and how. */
export interface ImputationOptions {
  /** `[n, h, w]`; pixels that are not zero are imputed. */
  readonly removed: NdArray<TypedArray>;
  /** The standard deviation of normal noise on the imputed values as a share of each picture's range; 0.01 by default. */
  readonly noise?: number;
  /** Of the noise; 0 by default. */
  readonly seed?: number;
}

const checks: OptionChecks<ImputationOptions> = {
  removed: required(object),
  noise: number(0),
  seed: integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
};

/**
 * Noisy linear imputation: replaces pixels by what their neighbours tell, so that nothing shows where they were.
 *
 * $\hat x_p = \sum_{q \sim p} w_{pq} \hat x_q$: each removed pixel is the weighted mean of its eight neighbours, those
 * beside it with weight 1/6, those across with 1/12, renormalised at the border; neighbours that are removed too are
 * unknowns of the same linear system. It is solved in 64-bit floats by conjugate gradients to a relative residual of
 * 1e-10, each channel by itself. Then normal noise is added.
 *
 * Source: Rong et al. 2022, "A consistent and efficient evaluation strategy for attribution methods", §4.2.
 *
 * @param x pictures `[n, h, w, c]`.
 * @param options `removed` (required), `noise`, `seed`.
 * @returns pictures of the same shape.
 * @throws {VitrineError} if the shapes do not agree, or all pixels of a picture are removed.
 * @example
 * ```ts
 * import { noisyLinearImputation } from 'vitrine/metrics';
 * const removed = { shape: [2, 16, 16], data: Uint8Array.from({ length: 512 }, (_, i) => Number(i % 16 < 4)) };
 * const imputed = noisyLinearImputation(x, { removed, noise: 0 });
 * ```
 */
export function noisyLinearImputation(x: NdArray, options: ImputationOptions): NdArray {
  assertOptions(options, checks);
  const { removed, noise = 0.01, seed = 0 } = options;
  assertArray('x', x, [4]);
  assertFiniteArray('x', x);
  assertArray('removed', removed, [3]);
  const [count, rows, columns, channels] = x.shape as readonly [number, number, number, number];
  if (!sameShape(removed.shape, [count, rows, columns])) {
    throw new VitrineError(
      'bad-shape',
      `"removed" expected shape [${count}, ${rows}, ${columns}], got [${removed.shape.join(', ')}]`,
    );
  }
  const data = x.data.slice();
  const pixels = rows * columns;
  for (let example = 0; example < count; example++) {
    const gone = removed.data.subarray(example * pixels, (example + 1) * pixels);
    const own = data.subarray(example * pixels * channels, (example + 1) * pixels * channels);
    atOnce(imputing(own, { plane: [rows, columns], gone, noise, stream: [seed, example] }));
  }
  return { shape: [...x.shape], data };
}

/** About how many operations an unknown pixel and its neighbours take to be found. */
const LINK = 200;

/** One picture, what is gone of it, and the noise with the numbers of its stream, the seed first. */
export interface Gap {
  readonly plane: Plane;
  readonly gone: ArrayLike<number>;
  readonly noise: number;
  readonly stream: readonly [seed: number, ...stream: number[]];
}

/** Imputes the pixels of one picture in place. */
export function* imputing(picture: Float32Array, { plane, gone, noise, stream }: Gap): Sliced<void> {
  const unknown = Uint32Array.from({ length: gone.length }, (_, i) => i).filter((i) => gone[i] !== 0);
  if (unknown.length === 0) return;
  if (unknown.length === gone.length)
    throw new VitrineError('bad-argument', '"removed" expected a pixel that stays in each picture');
  const { low, high } = rangeOf(picture);
  const channels = picture.length / gone.length;
  const system = neighbourhood(plane, unknown);
  yield LINK * unknown.length;
  const { normal } = random(...stream);
  for (let channel = 0; channel < channels; channel++) {
    const values = yield* system((pixel) => picture[pixel * channels + channel] as number);
    unknown.forEach((pixel, i) => {
      const jitter = noise === 0 ? 0 : noise * (high - low) * normal();
      picture[pixel * channels + channel] = (values[i] as number) + jitter;
    });
  }
}

const neighbours = [-1, 0, 1].flatMap((down) =>
  [-1, 0, 1].flatMap((right) =>
    down === 0 && right === 0 ? [] : [{ down, right, weight: down === 0 || right === 0 ? 1 / 6 : 1 / 12 }],
  ),
);
const weights = Float64Array.from(neighbours, ({ weight }) => weight);

/**
 * Solves for the unknown pixels given the others. A row of the system is multiplied by the sum of its weights, which is
 * less than 1 at the border: so the matrix is symmetric, and it is positive definite.
 */
function neighbourhood(plane: Plane, unknown: Uint32Array): (known: (pixel: number) => number) => Sliced<Float64Array> {
  const links = Int32Array.from([...unknown].flatMap((pixel) => neighboursOf(pixel, plane)));
  const indexOf = new Int32Array(plane[0] * plane[1]).fill(-1);
  unknown.forEach((pixel, i) => {
    indexOf[pixel] = i;
  });
  // Per unknown, the sum of weight · value over those neighbours that have a value.
  const gather = (value: (link: number) => number | undefined): Float64Array => {
    const sums = new Float64Array(unknown.length);
    links.forEach((pixel, link) => {
      if (pixel >= 0) sums[link >> 3]! += (weights[link & 7] as number) * (value(link) ?? 0);
    });
    return sums;
  };
  const diagonal = gather(() => 1);
  const joined = links.map((pixel) => (pixel < 0 ? -1 : (indexOf[pixel] as number)));
  const multiply = (vector: Float64Array, product: Float64Array): void => {
    for (let i = 0; i < product.length; i++) {
      let value = (diagonal[i] as number) * (vector[i] as number);
      for (let k = 0; k < 8; k++) {
        const j = joined[8 * i + k] as number;
        if (j >= 0) value -= (weights[k] as number) * (vector[j] as number);
      }
      product[i] = value;
    }
  };
  return function* (known) {
    const right = gather((link) => ((joined[link] as number) < 0 ? known(links[link] as number) : undefined));
    yield LINK * unknown.length;
    return yield* conjugateGradient({ multiply, diagonal, right });
  };
}

/** The eight pixels around one; −1 for those beyond the border. */
function neighboursOf(pixel: number, [rows, columns]: Plane): readonly number[] {
  const [row, column] = [Math.floor(pixel / columns), pixel % columns];
  return neighbours.map(({ down, right }) => {
    const [r, c] = [row + down, column + right];
    return r < 0 || c < 0 || r >= rows || c >= columns ? -1 : r * columns + c;
  });
}
