import * as tf from '@tensorflow/tfjs-core';
import { eventLoopTurn } from '../../backend/eventLoopTurn.ts';
import type { Attribution, Baseline, ExplainOptions, Input, Model } from '../../network/types.ts';
import { assertInteger, assertNumber } from '../../numeric/check.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { sizeOf } from '../../numeric/shape.ts';
import { attributionOf, endsOf, explain, type Session } from '../session.ts';
import { completenessGap } from './completenessGap.ts';
import { type GuidedWalk, guidedWalk } from './guidedWalk.ts';
import { sumGradients } from './pathGradients.ts';
import { type StraightPath, straightPath } from './straightPath.ts';

/** The path of {@link guidedIntegratedGradients}. */
export interface GuidedIntegratedGradientsOptions {
  /** Where the path starts; `'zero'` by default. One for all inputs of the model, or a list. */
  readonly baseline?: Baseline | readonly Baseline[];
  /** The number of points on the path; 200 by default. */
  readonly steps?: number;
  /** The share of the features, those with the smallest gradients, that move first; 0.25 by default. */
  readonly fraction?: number;
  /** How far ahead of the straight path, or behind it, a feature may be; 0.02 by default. */
  readonly maxDistance?: number;
}

/**
 * Guided integrated gradients: integrated gradients along a path that keeps away from steep places.
 *
 * From the baseline on, the features with the smallest gradients move first, none farther than `maxDistance` from where it
 * would be on the straight path: $R_i = \int \partial_i F(\gamma(\alpha))\, d\gamma_i$. The map adds up to
 * $F(x) - F(x')$ up to the error of the steps, which `delta` reports. For linear networks it is integrated gradients.
 *
 * Source: Kapishnikov et al. 2021, "Guided integrated gradients", Algorithm 1.
 *
 * @param model a `LayersModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `baseline`, `steps`, `fraction`, `maxDistance`, `target`, `scale`. A predicted class is the one at x.
 * @returns `values` in the shape of the input, and `delta` per example.
 * @throws {RangeError} if `steps` < 1, `fraction` or `maxDistance` is not in 0 … 1; else as {@link integratedGradients}.
 * @example
 * ```ts
 * import { guidedIntegratedGradients } from 'vitrine';
 * const { values, delta } = await guidedIntegratedGradients(model, x, { steps: 20 });
 * ```
 */
export async function guidedIntegratedGradients(
  model: Model,
  x: Input,
  options: ExplainOptions & GuidedIntegratedGradientsOptions = {},
): Promise<Attribution> {
  const { baseline = 'zero', steps = 200, fraction = 0.25, maxDistance = 0.02 } = options;
  assertInteger('steps', steps, [1, Number.POSITIVE_INFINITY]);
  assertShare('fraction', fraction);
  assertShare('maxDistance', maxDistance);
  return explain(model, x, options, async (session) => {
    const path = await straightPath(session, { sites: endsOf(session.network, undefined), baseline });
    const { start, end } = path;
    const walks = Array.from({ length: session.count }, (_, example) =>
      guidedWalk(featuresOf(start.values, example), featuresOf(end.values, example), { steps, fraction, maxDistance }),
    );
    await walkAll(session, path, { walks, steps });
    const maps = end.values.map(({ shape }, site) => mapOf(walks, end.values, { shape, site }));
    return attributionOf({
      method: 'guidedIntegratedGradients',
      score: end.score,
      classes: end.classes,
      maps,
      delta: completenessGap(maps, end.score.data, start.score.data),
    });
  });
}

function assertShare(argument: string, value: number): void {
  assertNumber(argument, value, 0);
  if (value > 1) throw new RangeError(`"${argument}" expected a number in 0..1, got ${value}`);
}

/** Each step needs the gradient at where the last one led. */
async function walkAll(
  session: Session,
  { scorer }: StraightPath,
  { walks, steps }: { walks: readonly GuidedWalk[]; steps: number },
): Promise<void> {
  const { network, count, options } = session;
  const { signal, onProgress, ...others } = options;
  const sites = endsOf(network, undefined);
  for (let step = 0; step < steps; step++) {
    if (step > 0) await eventLoopTurn();
    const gradients = await sumGradients(
      { ...session, options: { ...others, ...(signal && { signal }) } },
      {
        stage: 'guidedIntegratedGradients',
        sites,
        samples: 1,
        scorer,
        draw: (example) => {
          const shapes = sites.map((site) => [1, ...site.shape.slice(1)] as number[]);
          const parts = split((walks[example] as GuidedWalk).position, shapes);
          return parts.map((points) => ({ points, weights: tf.ones([1]) }));
        },
      },
    );
    walks.forEach((walk, example) => walk.advance(featuresOf(gradients, example), step));
    onProgress?.({ stage: 'guidedIntegratedGradients', done: (step + 1) * count, total: steps * count });
  }
}

/** All features of an example, of all sites one after the other. */
function featuresOf(arrays: readonly NdArray[], example: number): Float64Array {
  return Float64Array.from(
    arrays.flatMap(({ shape, data }) => {
      const size = sizeOf(shape.slice(1));
      return Array.from(data.subarray(example * size, (example + 1) * size));
    }),
  );
}

function split(features: Float64Array, shapes: readonly number[][]): tf.Tensor[] {
  let offset = 0;
  return shapes.map((shape) => {
    const size = sizeOf(shape);
    offset += size;
    return tf.tensor(Float32Array.from(features.subarray(offset - size, offset)), shape);
  });
}

function mapOf(
  walks: readonly GuidedWalk[],
  values: readonly NdArray[],
  { shape, site }: { shape: readonly number[]; site: number },
): NdArray {
  const offset = values.slice(0, site).reduce((sum, array) => sum + sizeOf(array.shape.slice(1)), 0);
  const size = sizeOf(shape.slice(1));
  const data = new Float32Array(walks.length * size);
  walks.forEach(({ gathered }, example) => data.set(gathered.subarray(offset, offset + size), example * size));
  return { shape, data };
}
