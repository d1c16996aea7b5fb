import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { withTensors } from '../../../backend/withTensors.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import { byExample, type LayerFactors } from './exampleGradients.ts';
import type { LabelledInputs } from './gradientProblem.ts';
import { type Eigenbases, type FisherProblem, fisherSums, kroneckerBases, type Sum } from './kroneckerFactors.ts';
import type { WeightedLayer } from './weightedLayers.ts';

/** How much a layer's curvature was damped. */
export interface LayerDamping {
  readonly layer: string;
  /** What was added to each eigenvalue. */
  readonly damping: number;
  readonly meanEigenvalue: number;
}

/** The inverse of the damped curvature of all layers, diagonal in a basis of each. */
export interface InverseCurvature {
  readonly damping: readonly LayerDamping[];
  /** The gradients of the examples by the weights of each part, in its basis: rows `[n, d]`. */
  turned(factors: LayerFactors, part: number): Tensor2D;
  /** What each number of such a row is multiplied with, `[d]`. */
  inverse(part: number): Tensor;
}

/** The share of the mean eigenvalue that is added by default. */
const SHARE = 0.1;

/**
 * Lends a job the inverse of the Fisher information of a network on training examples, taken for block-diagonal, by EK-FAC:
 * the eigenbases of Kronecker factors, with the second moments of the gradients along them for eigenvalues.
 */
// Eq. (6), George et al. 2018, "Fast approximate natural gradient descent in a Kronecker-factored eigenbasis".
export async function withCurvature<T>(
  problem: FisherProblem,
  training: LabelledInputs,
  damping: number | undefined,
  job: (curvature: InverseCurvature) => Promise<T>,
): Promise<T> {
  const bases = await kroneckerBases(problem, training);
  return withTensors(
    () => bases.map(({ met, fed }) => ({ met: tensorOf(met), fed: tensorOf(fed) })),
    async (turns) => {
      const eigenvalues = await correctedEigenvalues(problem, training, turns);
      const layers = problem.layers.map((layer, i) => dampingOf(layer, { bases, eigenvalues, damping, number: i }));
      const inverses = eigenvalues.map((values, part) =>
        inverseOf(values, layers[bases[part]?.layer as number] as LayerDamping),
      );
      return withTensors(
        () => inverses.map((values) => tf.tensor1d(values)),
        (tensors) =>
          job({
            damping: layers,
            turned: (factors, part) => turnedRows(factors, turns[part] as Turn),
            inverse: (part) => tensors[part] as Tensor,
          }),
      );
    },
  );
}

/** The bases of a part as tensors. */
interface Turn {
  readonly met: Tensor3D;
  readonly fed: Tensor3D;
}

/** Λ = E[(Q_Aᵀ G Q_S)²] over examples and drawn labels, of each part. */
async function correctedEigenvalues(
  problem: FisherProblem,
  training: LabelledInputs,
  turns: readonly Turn[],
): Promise<readonly Float64Array[]> {
  const sums = await fisherSums(problem, training, {
    stage: 'eigenvalues',
    reduce(factors, part) {
      const squares = factors.fed.map((_, stream) =>
        tf.sum(tf.square(turnedRows(factors, turns[part] as Turn, stream)), 0),
      );
      return { [part]: squares.length > 1 ? tf.addN(squares) : (squares[0] as Tensor) };
    },
  });
  return turns.map((_, part) => (sums.get(`${part}`) as Sum).data.map((sum) => sum / training.labels.length));
}

function dampingOf(
  { address }: WeightedLayer,
  {
    bases,
    eigenvalues,
    damping,
    number,
  }: {
    readonly bases: readonly Eigenbases[];
    readonly eigenvalues: readonly Float64Array[];
    readonly damping: number | undefined;
    readonly number: number;
  },
): LayerDamping {
  const own = eigenvalues.filter((_, part) => bases[part]?.layer === number);
  const sum = own.reduce((total, values) => total + values.reduce((a, b) => a + b, 0), 0);
  const meanEigenvalue = sum / own.reduce((total, { length }) => total + length, 0);
  if (!Number.isFinite(meanEigenvalue))
    throw new VitrineError('not-finite', `the gradients by the weights of layer "${address}" are not finite`);
  return { layer: address, damping: damping ?? SHARE * meanEigenvalue, meanEigenvalue };
}

/** A layer that no training example has a gradient by says nothing of any. */
function inverseOf(eigenvalues: Float64Array, { damping }: LayerDamping): Float32Array {
  return Float32Array.from(eigenvalues, (value) => (value + damping > 0 ? 1 / (value + damping) : 0));
}

/** The gradients by the weights of a part in its basis, `[n, groups · k · o]`, in the order that costs least. */
function turnedRows({ met, fed }: LayerFactors, turn: Turn, stream = 0): Tensor2D {
  const cotangents = fed[stream] as Tensor;
  const [groups, examples, positions, k] = met.shape as [number, number, number, number];
  const o = cotangents.shape[3] as number;
  const isEarly = positions * (k * k + o * o) < k * o * (k + o);
  const [a, b] = isEarly ? [along(met, turn.met), along(cotangents, turn.fed)] : [met, cotangents];
  const sums = tf.matMul(
    tf.reshape(a, [groups * examples, positions, k]),
    tf.reshape(b, [groups * examples, positions, o]),
    true,
  );
  if (isEarly) return byExample(sums, [groups, examples, k * o]);
  const half = along(tf.reshape(sums, [groups, examples, k, o]), turn.fed);
  const across = tf.transpose(tf.reshape(half, [groups * examples, k, o]), [0, 2, 1]);
  const whole = along(tf.reshape(across, [groups, examples, o, k]), turn.met);
  const back = tf.transpose(tf.reshape(whole, [groups * examples, o, k]), [0, 2, 1]);
  return byExample(back, [groups, examples, k * o]);
}

/** The coordinates of vectors `[groups, n, lines, size]` in a basis `[groups, size, size]`. */
function along(x: Tensor, basis: Tensor3D): Tensor {
  const [groups, examples, lines, size] = x.shape as [number, number, number, number];
  const rows: Tensor3D = tf.reshape(x, [groups, examples * lines, size]);
  return tf.reshape(tf.matMul(rows, basis, false, true), x.shape);
}

function tensorOf({ shape, data }: Eigenbases['met']): Tensor3D {
  return tf.tensor3d(data, shape as [number, number, number]);
}
