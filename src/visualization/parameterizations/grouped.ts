import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { matrixProduct } from '../../backend/kernels/matrixProduct.ts';
import { assertArray, assertFiniteArray } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { assertOptions, number, type OptionChecks } from '../../numeric/options.ts';
import { assertColored } from './assertParameterization.ts';
import type { ColoredParameterization } from './colors/colored.ts';
import type { PictureShape } from './parameterization.ts';
import { partOf, type RawIo, type RawPictures } from './rawPictures.ts';

/** Options of {@link grouped}. */
export interface GroupedOptions {
  /** The weight of what each picture has of its own; 0.7 by default. */
  readonly unique?: number;
  /** The weight of what it has of its groups; 0.5 by default. */
  readonly shared?: number;
}

/**
 * Pictures that share content by groups, each group with a picture of its own: before colors and limits
 * $x_i = 0.7\, u_i + 0.5 \sum_j g_{ij} v_j$. Source: Olah et al. 2018, "The Building Blocks of Interpretability",
 * activation grids.
 *
 * @param base what pictures and groups are made of.
 * @param weights how much each picture is of each group, `[n, groups]`; as many pictures are made.
 * @param options `unique`, `shared`.
 * @returns a parameterization with the parameters of the base for the pictures, then those for the groups.
 * @throws {VitrineError} if the weights are no finite matrix or an option is not as described; and when other than `n`
 * pictures shall be made.
 * @example
 * ```ts
 * import { parameterizations } from 'vitrine/visualization';
 * const weights = { shape: [3, 2], data: Float32Array.of(1, 0, 0.5, 0.5, 0, 1) };
 * const three = parameterizations.grouped(parameterizations.fourier(), weights);
 * ```
 */
export function grouped(
  base: ColoredParameterization,
  weights: NdArray,
  options: GroupedOptions = {},
): ColoredParameterization {
  assertColored('base', base);
  assertArray('weights', weights, [2]);
  assertFiniteArray('weights', weights);
  assertOptions(options, checks);
  const own = { shape: [...weights.shape], data: weights.data.slice() };
  return base.changed(`${base.name} of groups`, (raw) => rawGroups(raw, own, options));
}

const checks: OptionChecks<GroupedOptions> = { unique: number(0), shared: number(0) };

function rawGroups(base: RawPictures, weights: NdArray, { unique = 0.7, shared = 0.5 }: GroupedOptions): RawPictures {
  const groupsOf = (shape: PictureShape): PictureShape => ({ ...shape, count: weights.shape[1] as number });
  const { parameters: count, tables: tableCount } = base.sizes;
  const partIo = ({ shape, parameters, tables }: RawIo, part: 0 | 1): RawIo => ({
    shape: part === 0 ? shape : groupsOf(shape),
    parameters: partOf(parameters, [count, count], part),
    tables: partOf(tables, [tableCount, tableCount], part),
  });
  const raw = (io: RawIo, part: 0 | 1): Tensor4D => {
    const own = partIo(io, part);
    return base.render(own.parameters, own);
  };
  return {
    sizes: { parameters: 2 * count, tables: 2 * tableCount + 1 },
    start(shape, random) {
      assertPictures(shape, weights);
      return [...base.start(shape, random), ...base.start(groupsOf(shape), random)];
    },
    tables: (shape) => [
      ...base.tables(shape),
      ...base.tables(groupsOf(shape)),
      tf.tensor(weights.data, [...weights.shape]),
    ],
    render(parameters, rest) {
      const io = { ...rest, parameters };
      const groups = alongBatch(raw(io, 1), rest.tables, false);
      return tf.add(tf.mul(raw(io, 0), unique), tf.mul(groups, shared));
    },
    pullback: (cotangent, io) => [
      ...base.pullback(tf.mul(cotangent, unique), partIo(io, 0)),
      ...base.pullback(tf.mul(alongBatch(cotangent, io.tables, true), shared), partIo(io, 1)),
    ],
  };
}

/** What each picture is of its groups, or each group gets of its pictures. */
function alongBatch(x: Tensor4D, tables: readonly Tensor[], isTransposed: boolean): Tensor4D {
  const weights = tables.at(-1) as Tensor;
  const [count, ...rest] = x.shape;
  const product = matrixProduct(weights, tf.reshape(x, [count, -1]), { transposeA: isTransposed });
  return tf.reshape(product, [product.shape[0] as number, ...rest]) as Tensor4D;
}

function assertPictures({ count }: PictureShape, { shape }: NdArray): void {
  if (count === shape[0]) return;
  throw new VitrineError('bad-shape', `"weights" expected a row for each of ${count} pictures, got ${shape[0]}`);
}
