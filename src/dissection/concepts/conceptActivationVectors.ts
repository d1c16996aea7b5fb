import { inSlices } from '../../backend/inTurn.ts';
import { owned } from '../../backend/owned.ts';
import { activations } from '../../network/activations.ts';
import { layerAddress, runChecks } from '../../network/runChecks.ts';
import type { Input, Model, RunOptions } from '../../network/types.ts';
import { readInputs } from '../../network/walk/inputs.ts';
import { withNetwork } from '../../network/withNetwork.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { dot, norm } from '../../numeric/linear/vectors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import {
  anything,
  assertOptions,
  kind,
  listOf,
  number,
  type OptionChecks,
  required,
  safeInteger,
} from '../../numeric/options.ts';
import { tTest } from '../../numeric/significance.ts';
import { forEachOf, type Sliced } from '../../numeric/sliced.ts';
import { layerGradients } from '../../scoring/layerGradients.ts';
import type { Direction, Target } from '../../scoring/types.ts';
import { type ConceptVector, conceptVector } from './conceptVector.ts';

/** Options of {@link conceptActivationVectors}. */
export interface ConceptOptions<C extends string = string> extends RunOptions {
  /** The address of the layer. */
  readonly layer: string;
  /** Examples of each concept, at least three of each. */
  readonly concepts: Readonly<Record<C, Input>>;
  /** Two or more sets of examples of nothing in particular. */
  readonly negatives: readonly Input[];
  /** What the examples are asked about; the class that each is predicted to be by default. */
  readonly target?: Target;
  /** How much the lengths of vectors are held down, λ; 0.01 by default. */
  readonly penalty?: number;
  /** Of the division into examples to learn and to test with; 0 by default. */
  readonly seed?: number;
}

const checks: OptionChecks<ConceptOptions> = {
  ...runChecks,
  layer: required(layerAddress),
  concepts: required(kind('examples by the names of concepts', isRecord)),
  negatives: required(listOf(anything)),
  target: anything,
  penalty: number(Number.MIN_VALUE),
  seed: safeInteger,
};

function isRecord(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object Object]' && Object.keys(value as object).length > 0;
}

/** How a concept bears on the score. */
export interface ConceptScore {
  /** The TCAV score against each negative set, `[negative sets]`: the share of examples whose score rises along the vector. */
  readonly scores: Float64Array;
  readonly mean: number;
  /** The directions from each negative set to the concept, of unit length, `[negative sets, values of the layer]`. */
  readonly vectors: NdArray<Float64Array>;
  /**
   * Each vector as a direction among the units: of a layer with rows and columns the mean over its positions, which is what the vector
   * says of values that are the same everywhere; of unit length, or zero.
   */
  readonly directions: readonly Direction[];
  /** How well each vector tells held-out examples apart, `[negative sets]`. */
  readonly accuracy: Float64Array;
  /** How likely such scores are for sets of nothing in particular, by a two-sided t-test against `chance`; NaN if all are the same. */
  readonly pValue: number;
}

/** The scores of concepts, and of negative sets in place of concepts. */
export interface ConceptActivationVectors<C extends string = string> {
  readonly concepts: Readonly<Record<C, ConceptScore>>;
  /**
   * The TCAV score of each negative set against each other one. As in the published code, two sets are compared in both
   * orders, whose scores are nearly each other's complement: their mean is near 0.5, and the test takes them for twice as
   * many as there are.
   */
  readonly chance: Float64Array;
}

/**
 * Quantitative testing with concept activation vectors: whether a score rises when the values of a layer move towards a
 * concept.
 *
 * A vector v is normal to the plane that divides examples of the concept from those of a negative set; the score is the
 * share of examples with $\nabla_a F \cdot v > 0$. The plane is found by logistic regression on two thirds of the examples,
 * and its accuracy with the rest. A score means something where it differs from those of negative sets among each other;
 * of m concepts that are tried, compare `pValue` with 0.05 / m.
 *
 * Source: Kim et al. 2018, "Interpretability beyond feature attribution: quantitative testing with concept activation
 * vectors (TCAV)", Eq. (1)–(2), with the gradient of the logit as there; the published code takes that of a loss, which
 * has the other sign.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x the examples that are explained, `[n, …]`.
 * @param options `layer`, `concepts`, `negatives`; `target`, `penalty`, `seed`, `batchSize`, `signal`, `onProgress`.
 * @returns scores, vectors and accuracies of each concept, and what chance gives.
 * @throws {VitrineError} if there are fewer than two negative sets, or three examples in a set; the layer is unknown; else as
 * {@link layerGradients}.
 * @example
 * ```ts
 * import { conceptActivationVectors } from 'vitrine';
 * const some = (from: number) => ({
 *   shape: [4, 16, 16, 3],
 *   data: Float32Array.from({ length: 3072 }, (_, i) => Math.sin(from * (i + 1))),
 * });
 * const { concepts: found } = await conceptActivationVectors(model, x, {
 *   layer: 'conv3',
 *   concepts: { waves: some(0.1) },
 *   negatives: [some(7), some(8)],
 *   target: 1,
 * });
 * console.log(found.waves.mean, found.waves.pValue, found.waves.accuracy);
 * ```
 */
export async function conceptActivationVectors<C extends string>(
  model: Model,
  x: Input,
  options: ConceptOptions<C>,
): Promise<ConceptActivationVectors<C>> {
  assertOptions(options, checks);
  const [input, own] = await owned(x, options);
  const { layer, concepts, negatives, target, penalty = 0.01, seed = 0, ...run } = own;
  if (negatives.length < 2)
    throw new VitrineError('bad-argument', `"negatives" expected two sets or more, got ${negatives.length}`);
  return withNetwork(model, async (network) => {
    const gradients = await layerGradients(network, input, {
      ...run,
      layers: [layer],
      ...(target !== undefined && { target }),
    });
    const slopes = gradients[layer] as NdArray;
    const valuesOf = async (set: Input, argument: string): Promise<NdArray> => {
      const inputs = await readInputs(network, set, argument);
      const values = (await activations(network, inputs, [layer], run))[layer] as NdArray;
      if ((values.shape[0] as number) >= 3) return values;
      throw new VitrineError('bad-argument', `"${argument}" expected at least three examples, got ${values.shape[0]}`);
    };
    const nothing: NdArray[] = [];
    for (const [i, set] of negatives.entries()) nothing.push(await valuesOf(set, `negatives[${i}]`));
    const fitting = { penalty, seed };
    const chance = await inSlices(chanceScores(nothing, slopes, fitting), run);
    const found: [string, ConceptScore][] = [];
    for (const [name, set] of Object.entries<Input>(concepts)) {
      const values = await valuesOf(set, `concepts.${name}`);
      const vectors = await inSlices(vectorsAgainst(values, nothing, fitting), run);
      const scores = await inSlices(risingShares(slopes, vectors), run);
      const directions = vectors.map(({ direction }) => ({ layer, vector: unitVector(direction, values.shape) }));
      found.push([name, { ...scoreOf(vectors, scores, chance), directions }]);
    }
    return { concepts: Object.fromEntries(found) as Record<C, ConceptScore>, chance };
  });
}

interface Fitting {
  readonly penalty: number;
  readonly seed: number;
}

/** The scores of each set of nothing in particular against each other one. */
function* chanceScores(sets: readonly NdArray[], slopes: NdArray, fitting: Fitting): Sliced<Float64Array> {
  const scores: number[] = [];
  for (const set of sets) {
    const others = sets.filter((other) => other !== set);
    scores.push(...(yield* risingShares(slopes, yield* vectorsAgainst(set, others, fitting))));
  }
  return Float64Array.from(scores);
}

function* vectorsAgainst(
  set: NdArray,
  others: readonly NdArray[],
  { penalty, seed }: Fitting,
): Sliced<readonly ConceptVector[]> {
  const vectors: ConceptVector[] = [];
  for (const [i, other] of others.entries()) {
    vectors.push(yield* conceptVector(set, other, { penalty, stream: [seed, i] }));
  }
  return vectors;
}

function scoreOf(
  vectors: readonly ConceptVector[],
  scores: Float64Array,
  chance: Float64Array,
): Omit<ConceptScore, 'directions'> {
  const size = vectors[0]?.direction.length as number;
  const data = new Float64Array(vectors.length * size);
  vectors.forEach(({ direction }, i) => data.set(direction, i * size));
  return {
    scores,
    mean: scores.reduce((sum, score) => sum + score, 0) / scores.length,
    vectors: { shape: [vectors.length, size], data },
    accuracy: Float64Array.from(vectors, ({ accuracy }) => accuracy),
    pValue: tTest(scores, chance),
  };
}

/** The sum over the positions of a vector of values `[n, …, units]`, brought to unit length. */
function unitVector(vector: Float64Array, shape: readonly number[]): Float32Array {
  const sum = new Float64Array(shape.at(-1) as number);
  vector.forEach((value, place) => {
    sum[place % sum.length]! += value;
  });
  const length = norm(sum);
  return Float32Array.from(sum, (value) => (length === 0 ? 0 : value / length));
}

/** The share of examples whose score rises in each direction, Eq. (2), Kim et al. 2018. */
function* risingShares({ shape, data }: NdArray, vectors: readonly ConceptVector[]): Sliced<Float64Array> {
  const count = shape[0] as number;
  const rising = new Float64Array(vectors.length);
  for (const [k, { direction }] of vectors.entries()) {
    const { length } = direction;
    yield* forEachOf(count, length, (example) => {
      const slope = dot(direction, data.subarray(example * length, (example + 1) * length));
      rising[k]! += Number.isNaN(slope) ? slope : Number(slope > 0);
    });
  }
  return rising.map((examples) => examples / count);
}
