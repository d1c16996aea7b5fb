import * as tf from '@tensorflow/tfjs-core';
import { mapBatches } from '../../../network/walk/batches.ts';
import { assertCount } from '../../../numeric/check.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import { type LayerDamping, withCurvature } from './curvature.ts';
import { exampleProducts, lossFactors } from './exampleProducts.ts';
import type { GradientProblem, LabelledInputs } from './gradientProblem.ts';
import type { LabelSamples } from './labelSeeds.ts';
import { weightedLayers } from './weightedLayers.ts';

/** How the curvature is estimated. */
export interface EkfacSettings {
  /** What is added to each eigenvalue, above 0; a tenth of the mean eigenvalue of each layer by default. */
  readonly damping?: number | undefined;
  /** Labels drawn from the model for each example, or `'all'` of them as they are probable; 1 by default. */
  readonly samples?: LabelSamples | undefined;
}

/** What every estimate by EK-FAC tells of itself. */
export interface EkfacReport {
  readonly damping: readonly LayerDamping[];
  /** Layers with weights that were taken for fixed, by address. */
  readonly leftOut: readonly string[];
}

/**
 * By how much the loss of each test example would rise if a training example were left out, $g_t^T (F + \lambda)^{-1} g_i / n$
 * over all layers, with the Fisher information F by EK-FAC.
 */
// Eq. (5) and §3.2, Grosse et al. 2023, "Studying large language model generalization with influence functions".
export async function ekfacInfluence(
  problem: GradientProblem,
  training: LabelledInputs,
  test: LabelledInputs,
  settings: EkfacSettings = {},
): Promise<EkfacReport & { readonly lossChangeIfRemoved: NdArray }> {
  const { fisher, leftOut } = fisherProblem(problem, settings);
  return withCurvature(fisher, training, settings.damping, async ({ damping, turned, inverse }) => {
    const { shape, data } = await exampleProducts(fisher, {
      training,
      test,
      coordinates: (factors, part) => [turned(factors, part)],
      query: (rows, part) => rows.map((own) => tf.mul(own, inverse(part))),
    });
    const count = training.labels.length;
    return {
      lossChangeIfRemoved: { shape, data: Float32Array.from(data, (value) => value / count) },
      damping,
      leftOut,
    };
  });
}

/** The same of each training example for itself. */
export async function ekfacSelfInfluence(
  problem: GradientProblem,
  training: LabelledInputs,
  settings: EkfacSettings = {},
): Promise<EkfacReport & { readonly values: Float32Array }> {
  const { fisher, leftOut } = fisherProblem(problem, settings);
  const total = training.labels.length;
  return withCurvature(fisher, training, settings.damping, async ({ damping, turned, inverse }) => {
    const { values } = await mapBatches({ ...problem, stage: 'influence', total }, (start, end) => {
      const parts = lossFactors(fisher, training, { start, end }).map((factors, part) =>
        tf.tidy(() => tf.sum(tf.mul(tf.square(turned(factors, part)), inverse(part)), 1)),
      );
      return { values: tf.div(tf.addN(parts), total) };
    });
    return { values: values.data, damping, leftOut };
  });
}

function fisherProblem(problem: GradientProblem, { damping, samples = 1 }: EkfacSettings) {
  if (samples !== 'all') assertCount('samples', samples, 1);
  if (damping !== undefined && !(damping > 0 && Number.isFinite(damping)))
    throw new VitrineError(
      'bad-argument',
      `"damping" expected a finite number above 0, as the curvature of a softmax is singular, got ${damping}`,
    );
  const { layers, leftOut } = weightedLayers(problem);
  return { fisher: { ...problem, layers, samples }, leftOut };
}
