import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { mapBatches } from '../../../network/walk/batches.ts';
import { addTo, type NdArray } from '../../../numeric/ndarray.ts';
import { type ReadCheckpoint, withCheckpoint } from './checkpoints.ts';
import { gradientRows } from './exampleGradients.ts';
import { type Coordinates, exampleProducts, type LayeredProblem, lossFactors } from './exampleProducts.ts';
import type { GradientProblem, LabelledInputs } from './gradientProblem.ts';
import { weightedLayers } from './weightedLayers.ts';

/**
 * By how much a step on a training example lowers the loss of a test example, summed over checkpoints:
 * $\sum_c \eta_c \nabla L_c(z_t)^T \nabla L_c(z_i)$, `[t, n]`.
 */
// TracInCP, Eq. (2), Pruthi et al. 2020, "Estimating training data influence by tracing gradient descent".
export async function tracInInfluence(
  problem: GradientProblem,
  training: LabelledInputs,
  { test, checkpoints }: { readonly test: LabelledInputs; readonly checkpoints: readonly ReadCheckpoint[] },
): Promise<{ readonly lossChangeIfRemoved: NdArray; readonly leftOut: readonly string[] }> {
  const shape = [test.labels.length, training.labels.length];
  const sums = new Float64Array(test.labels.length * training.labels.length);
  for (const checkpoint of checkpoints) {
    const { data } = await atCheckpoint(problem, checkpoint, (layered) =>
      exampleProducts(layered, { training, test, coordinates }),
    );
    addTo(
      sums,
      data.map((product) => checkpoint.learningRate * product),
    );
  }
  return { lossChangeIfRemoved: { shape, data: Float32Array.from(sums) }, leftOut: weightedLayers(problem).leftOut };
}

/** The same of each training example for itself. */
export async function tracInSelfInfluence(
  problem: GradientProblem,
  training: LabelledInputs,
  checkpoints: readonly ReadCheckpoint[],
): Promise<{ readonly values: Float32Array; readonly leftOut: readonly string[] }> {
  const total = training.labels.length;
  const sums = new Float64Array(total);
  for (const checkpoint of checkpoints) {
    const { values } = await atCheckpoint(problem, checkpoint, (layered) =>
      mapBatches({ ...problem, stage: 'influence', total }, (start, end) => {
        const parts = lossFactors(layered, training, { start, end }).map((factors, part) =>
          tf.tidy(() => {
            const squares = coordinates(factors, part).map((rows): Tensor => tf.sum(tf.square(rows), 1));
            return squares.reduce((product, other) => tf.mul(product, other));
          }),
        );
        return { values: tf.mul(tf.addN(parts), checkpoint.learningRate) };
      }),
    );
    addTo(sums, values.data);
  }
  return { values: Float32Array.from(sums), leftOut: weightedLayers(problem).leftOut };
}

/** Of gradients m fᵀ of one position the products are those of m and of f: nothing as long as the weights is made. */
const coordinates: Coordinates = (factors) => {
  const {
    met,
    fed: [fed],
  } = factors;
  const [groups, examples, positions, k] = met.shape as [number, number, number, number];
  if (groups > 1 || positions > 1) return [gradientRows(factors)];
  return [tf.reshape(met, [examples, k]), tf.reshape(fed as Tensor, [examples, -1])];
};

function atCheckpoint<T>(
  problem: GradientProblem,
  checkpoint: ReadCheckpoint,
  job: (layered: LayeredProblem) => Promise<T>,
): Promise<T> {
  return withCheckpoint(problem.network, checkpoint, (network) => {
    const own = { ...problem, network };
    return job({ ...own, layers: weightedLayers(own).layers });
  });
}
