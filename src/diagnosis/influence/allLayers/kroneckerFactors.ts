import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { inSlices } from '../../../backend/inTurn.ts';
import { forEachBatch } from '../../../network/walk/batches.ts';
import { rowsOf } from '../../../network/walk/inputs.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import { symmetricEigen } from '../../../numeric/linear/symmetricEigen.ts';
import { addTo, allFinite, type NdArray } from '../../../numeric/ndarray.ts';
import { exampleGradients, type LayerFactors } from './exampleGradients.ts';
import type { LayeredProblem } from './exampleProducts.ts';
import type { LabelledInputs } from './gradientProblem.ts';
import { type LabelSamples, sampledSeeds } from './labelSeeds.ts';
import type { WeightedLayer } from './weightedLayers.ts';

/** A problem, and how labels are drawn. */
export interface FisherProblem extends LayeredProblem {
  readonly samples: LabelSamples;
}

/** The bases in which the curvature of a layer is taken for diagonal; vector i is row i. */
export interface Eigenbases {
  readonly layer: number;
  /** `[groups, k, k]` */
  readonly met: NdArray;
  /** `[groups, o, o]` */
  readonly fed: NdArray;
}

/**
 * The eigenvectors of A = E[m mᵀ] over what the weights meet and of S = E[f fᵀ] over what they feed, with labels drawn from
 * the model, for each group of channels of each layer.
 */
// Eq. (15), Martens and Grosse 2015; of convolutions Eq. (25), Grosse and Martens 2016.
export async function kroneckerBases(problem: FisherProblem, training: LabelledInputs): Promise<readonly Eigenbases[]> {
  const sums = await factorSums(problem, training);
  const bases: Eigenbases[] = [];
  for (const { layer, met, fed } of sums) {
    const { address } = problem.layers[layer] as WeightedLayer;
    const basisOf = (sum: Sum): Promise<NdArray> => eigenvectors(sum, { address, signal: problem.signal });
    bases.push({ layer, met: await basisOf(met), fed: await basisOf(fed) });
  }
  return bases;
}

/** What is made of the gradients of drawn labels, added up over all training examples, by name. */
export async function fisherSums(
  problem: FisherProblem,
  training: LabelledInputs,
  {
    stage,
    reduce,
  }: {
    readonly stage: string;
    readonly reduce: (factors: LayerFactors, part: number) => Readonly<Record<string, Tensor>>;
  },
): Promise<ReadonlyMap<string, Sum>> {
  const sums = new Map<string, Sum>();
  await forEachBatch(
    { ...problem, stage, total: training.labels.length },
    ({ start, end }) => {
      const rows = training.inputs.map((input) => rowsOf(input, start, end));
      const examples = Array.from({ length: end - start }, (_, i) => start + i);
      const parts = exampleGradients(problem, problem.layers, rows, (p) => sampledSeeds(p, examples, problem));
      return Object.assign(
        {},
        ...parts.map((factors, part) => tf.tidy(() => ({ ...reduce(factors, part) }))),
      ) as Record<string, Tensor>;
    },
    (chunk) => {
      for (const [name, { shape, data }] of Object.entries(chunk)) {
        const sum = sums.get(name) ?? { shape, data: new Float64Array(data.length) };
        addTo(sum.data, data);
        sums.set(name, sum);
      }
    },
  );
  return sums;
}

/** A sum in 64 bits. */
export interface Sum {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

async function factorSums(
  problem: FisherProblem,
  training: LabelledInputs,
): Promise<readonly { layer: number; met: Sum; fed: Sum }[]> {
  const layers: number[] = [];
  const sums = await fisherSums(problem, training, {
    stage: 'factors',
    reduce(factors, part) {
      layers[part] = factors.layer;
      assertSize(problem.layers[factors.layer] as WeightedLayer, factors);
      const fed = factors.fed.map(moment);
      return {
        [`met ${part}`]: moment(factors.met),
        [`fed ${part}`]: fed.length > 1 ? tf.addN(fed) : (fed[0] as Tensor),
      };
    },
  });
  const read = (name: string): Sum => sums.get(name) as Sum;
  return layers.map((layer, part) => ({ layer, met: read(`met ${part}`), fed: read(`fed ${part}`) }));
}

/** Σ x xᵀ over examples and positions, `[groups, size, size]`. */
function moment(x: Tensor): Tensor {
  const [groups, examples, positions, size] = x.shape as [number, number, number, number];
  const lines: Tensor3D = tf.reshape(x, [groups, examples * positions, size]);
  return tf.matMul(lines, lines, true);
}

/** Eigenvectors of matrices of this size take minutes. */
const MOST = 4096;

function assertSize({ address }: WeightedLayer, { met, fed }: LayerFactors): void {
  const most = Math.max(met.shape[3] as number, (fed[0] as Tensor).shape[3] as number);
  if (most <= MOST) return;
  throw new VitrineError(
    'too-large',
    `"parameters" expected layers whose units read at most ${MOST} numbers, but "${address}" needs the eigenvectors of ${most} × ${most} numbers; name the other layers`,
  );
}

async function eigenvectors(
  { shape, data }: Sum,
  { address, signal }: { readonly address: string; readonly signal: AbortSignal | undefined },
): Promise<NdArray> {
  if (!allFinite(data))
    throw new VitrineError('not-finite', `the gradients by the weights of layer "${address}" are not finite`);
  const [groups, size] = shape as [number, number, number];
  const vectors = new Float32Array(data.length);
  for (let group = 0; group < groups; group++) {
    const matrix = data.slice(group * size * size, (group + 1) * size * size);
    vectors.set((await inSlices(symmetricEigen(matrix, size), { signal })).vectors, group * size * size);
  }
  return { shape, data: vectors };
}
