import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { channelRow, quotientWhereSigned, stabilisedQuotient } from '../../backend/kernels/elementwise.ts';
import { divNoNan } from '../../backend/portable.ts';
import type { Operation, OperationParameters } from '../../network/graph/operation.ts';
import type { InputRange, Rule } from '../../network/walk/composite.ts';
import { type SignSplit, signSplit } from '../../network/walk/signSplit.ts';
import { assertNumber, assertNumbers, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { sameShape } from '../../numeric/ndarray.ts';
import {
  derivedWeights,
  distribution,
  type Flow,
  inProportion,
  partOf,
  proportional,
  type Sign,
  STABILISER,
  signedParts,
  signedTerms,
  sumOf,
  unweighted,
} from './distribution.ts';

// The rules of LRP, all that `rules.*` has. z is what an operation with a kernel gives, a its input, w its weights, R the
// relevance; what several rules divide by is in `distribution.ts`.

/**
 * LRP-0: relevance in proportion to what each input gives to the output, biases included in the whole.
 *
 * $R_i = \sum_j \frac{a_i w_{ij}}{z_j} R_j$ with $z_j = \sum_i a_i w_{ij} + b_j$, and nothing where $z_j = 0$. On a
 * network of ReLUs it gives gradient times input.
 *
 * Source: Bach et al. 2015, "On pixel-wise explanations for non-linear classifier decisions by layer-wise relevance
 * propagation", Eq. (56).
 *
 * @returns a rule for linear operations, sums and means.
 * @example
 * ```ts
 * import { composites, lrp, rules } from 'vitrine';
 * const { values } = await lrp(model, x, { composite: composites.uniform(rules.zero()) });
 * ```
 */
export function zero(): Rule {
  return proportional('zero', divNoNan);
}

/**
 * LRP-ε: as LRP-0, with small outputs damped.
 *
 * $R_i = \sum_j \frac{a_i w_{ij}}{z_j + \varepsilon\,\mathrm{sign}(z_j)} R_j$, where $\mathrm{sign}(0) = 1$.
 *
 * Source: Bach et al. 2015, Eq. (58).
 *
 * @param e ε, above 0.
 * @returns a rule for linear operations, sums and means.
 * @throws {VitrineError} if ε is not above 0.
 * @example
 * ```ts
 * import { composites, lrp, rules } from 'vitrine';
 * const { values } = await lrp(model, x, { composite: composites.uniform(rules.epsilon(0.1)) });
 * ```
 */
export function epsilon(e: number = STABILISER): Rule {
  if (!Number.isFinite(e) || e <= 0) {
    throw new VitrineError('bad-argument', `"e" expected a finite number above 0, got ${describe(e)}`);
  }
  return proportional('epsilon', (relevance, z) => stabilisedQuotient(relevance, z, e));
}

/**
 * LRP-γ: what agrees with the sign of an output counts more by γ.
 *
 * $R_i = \sum_j \frac{a_i (w_{ij} + \gamma w_{ij}^+)}{\sum_k a_k (w_{kj} + \gamma w_{kj}^+) + b_j + \gamma b_j^+} R_j$
 * for inputs and outputs that are not negative; in general $(a_i w_{ij})^+$ and $b_j^+$ are favoured where $z_j > 0$,
 * $(a_i w_{ij})^-$ and $b_j^-$ where $z_j < 0$. γ = 0 is LRP-0; the greater γ, the nearer to z⁺.
 *
 * Source: Montavon et al. 2019, "Layer-wise relevance propagation: an overview", §10.2; for any signs Andéol et al.
 * 2021, "Learning domain invariant representations by joint Wasserstein distance minimization".
 *
 * @param g γ, not negative.
 * @returns a rule for linear operations.
 * @throws {VitrineError} if γ is negative.
 * @example
 * ```ts
 * import { composites, lrp, rules } from 'vitrine';
 * const { values } = await lrp(model, x, { composite: composites.uniform(rules.gamma(0.25)) });
 * ```
 */
export function gamma(g: number = 0.25): Rule {
  assertNumber('g', g, 0);
  return {
    name: 'gamma',
    needs: ['inputs', 'output'],
    backward: (operation, io, streams) => {
      const z = io.output;
      const parts = signedParts(io);
      const positive = sumOf(operation, signedTerms(operation, parts, 'positive'));
      const kernels = favouring(operation, g);
      // What speaks against z < 0 is z less what speaks for it, both negative.
      const flows: readonly Flow[] = [
        { sign: 'positive' as const, denominator: { sign: 1 as const, ofZ: 1, ofY: g, epsilon: STABILISER } },
        { sign: 'negative' as const, denominator: { sign: -1 as const, ofZ: 1 + g, ofY: -g, epsilon: STABILISER } },
      ].map(({ sign, denominator }) => ({
        terms: parts.map((part) => ({
          input: part.input,
          weights: part.sign === sign ? kernels.positive : kernels.negative,
        })),
        quotient: (relevance) => quotientWhereSigned(relevance, [z, positive], denominator),
      }));
      return [streams.map(distribution(operation, io, flows))];
    },
  };
}

/** The kernels W + γW⁺ and W + γW⁻. */
function favouring(operation: Operation, g: number): SignSplit {
  const more = (sign: Sign): OperationParameters =>
    derivedWeights(operation, `gamma ${g} ${sign}`, (kernel) => tf.add(kernel, tf.mul(partOf(kernel, sign), g)));
  return { positive: more('positive'), negative: more('negative') };
}

/**
 * LRP-αβ: what speaks for an output and what speaks against it, divided apart.
 *
 * $R_i = \sum_j \left(\alpha \frac{(a_i w_{ij})^+}{z_j^+} - \beta \frac{(a_i w_{ij})^-}{z_j^-}\right) R_j$ with
 * $z_j^\pm = \sum_i (a_i w_{ij})^\pm + b_j^\pm$.
 *
 * Source: Bach et al. 2015, Eq. (60).
 *
 * @param a α, the weight of what speaks for it.
 * @param b β, the weight of what speaks against it.
 * @returns a rule for linear operations.
 * @throws {VitrineError} if α or β is negative, or α − β is not 1.
 * @example
 * ```ts
 * import { composites, lrp, rules } from 'vitrine';
 * const { values } = await lrp(model, x, { composite: composites.uniform(rules.alphaBeta(2, 1)) });
 * ```
 */
export function alphaBeta(a: number = 2, b: number = 1): Rule {
  assertNumber('a', a, 0);
  assertNumber('b', b, 0);
  if (Math.abs(a - b - 1) > 1e-9)
    throw new VitrineError('bad-argument', `"a" expected "b" + 1, which is ${b + 1}, got ${a}`);
  return b === 0 ? inFavour : forAndAgainst(a, b);
}

/** α1β0 needs nothing of what speaks against an output, and the output as it is. */
const inFavour: Rule = {
  name: 'alphaBeta',
  needs: ['inputs'],
  backward: (operation, io, streams) => {
    const terms = signedTerms(operation, signedParts(io), 'positive');
    return [streams.map(distribution(operation, io, [inProportion(terms, sumOf(operation, terms))]))];
  },
};

/** What speaks for and against an output; the two are all of it. */
interface Sides {
  readonly positive: Tensor;
  readonly negative: Tensor;
}

function forAndAgainst(a: number, b: number): Rule {
  const rule: Rule<Sides> = {
    name: 'alphaBeta',
    needs: ['inputs'],
    compute: (operation, io) => {
      const parts = signedParts(io);
      const positive = sumOf(operation, signedTerms(operation, parts, 'positive'));
      const negative = sumOf(operation, signedTerms(operation, parts, 'negative'));
      return { output: tf.add(positive, negative), state: { positive, negative } };
    },
    backward: (operation, io, streams) => {
      const parts = signedParts(io);
      const { positive, negative } = io.state;
      const flows = [
        inProportion(signedTerms(operation, parts, 'positive'), positive, a),
        inProportion(signedTerms(operation, parts, 'negative'), negative, -b),
      ];
      return [streams.map(distribution(operation, io, flows))];
    },
  };
  return rule as Rule;
}

/**
 * LRP-z⁺: relevance to what speaks for an output alone; relevance that is not negative stays so.
 *
 * $R_i = \sum_j \frac{(a_i w_{ij})^+}{\sum_k (a_k w_{kj})^+ + b_j^+} R_j$, which is $\alpha_1\beta_0$.
 *
 * Source: Montavon et al. 2017, "Explaining nonlinear classification decisions with deep Taylor decomposition", §4.2.
 *
 * @returns a rule for linear operations.
 * @example
 * ```ts
 * import { composites, lrp, rules } from 'vitrine';
 * const { values } = await lrp(model, x, { composite: composites.uniform(rules.zPlus()) });
 * ```
 */
export function zPlus(): Rule {
  return { ...alphaBeta(1, 0), name: 'zPlus' };
}

/**
 * LRP-flat: relevance in equal parts to all that an output reads, whatever it holds.
 *
 * $R_i = \sum_j \frac{1}{\sum_k 1} R_j$. For the first layer, where a map shall be smooth; padding gets nothing.
 *
 * Source: Lapuschkin et al. 2019, "Unmasking Clever Hans predictors and assessing what machines really learn".
 *
 * @returns a rule for linear operations.
 * @throws {VitrineError} when it is run, on an operation without a kernel.
 * @example
 * ```ts
 * import { composites, lrp, rules } from 'vitrine';
 * const { values } = await lrp(model, x, { composite: [['conv2d', rules.flat()], ...composites.epsilonPlus()] });
 * ```
 */
export function flat(): Rule {
  return unweighted('flat', tf.onesLike);
}

/**
 * LRP-w²: relevance in proportion to the squared weights, whatever the input holds.
 *
 * $R_i = \sum_j \frac{w_{ij}^2}{\sum_k w_{kj}^2 + b_j^2} R_j$. For a first layer that reads any real numbers.
 *
 * Source: Montavon et al. 2017, "Explaining nonlinear classification decisions with deep Taylor decomposition", §4.1.
 *
 * @returns a rule for linear operations.
 * @throws {VitrineError} when it is run, on an operation without a kernel.
 * @example
 * ```ts
 * import { lrp, rules } from 'vitrine';
 * const { values } = await lrp(model, x, { rules: [[{ position: 'first' }, rules.wSquare()]] });
 * ```
 */
export function wSquare(): Rule {
  return unweighted('wSquare', tf.square, tf.square);
}

/**
 * LRP-zᴮ: for a first layer whose inputs lie between bounds; relevance that is not negative stays so.
 *
 * $R_i = \sum_j \frac{a_i w_{ij} - l_i w_{ij}^+ - h_i w_{ij}^-}{\sum_k (a_k w_{kj} - l_k w_{kj}^+ - h_k w_{kj}^-)} R_j$;
 * biases drop out.
 *
 * Source: Montavon et al. 2017, "Explaining nonlinear classification decisions with deep Taylor decomposition", §4.2.
 *
 * @param low the least value that the layer can read, of all channels or of each: black as the model gets it.
 * @param high the greatest value likewise: white as the model gets it.
 * @returns a rule for linear operations; {@link lrp} checks that what they read lies within the bounds.
 * @throws {VitrineError} if a bound is not finite, `low` is above `high`, or both are lists of different lengths.
 * @example
 * ```ts
 * import { lrp, rules } from 'vitrine';
 * const { values } = await lrp(model, x, { rules: [[{ position: 'first' }, rules.zBox(-1, [1, 1, 1])]] });
 * ```
 */
export function zBox(low: number | readonly number[], high: number | readonly number[]): Rule {
  const range = { low, high };
  assertRange(range);
  return {
    name: 'zBox',
    needs: ['inputs'],
    range,
    backward: (operation, io, streams) => {
      const { positive, negative } = signSplit(operation);
      const { kernel } = operation.parameters as { kernel: Tensor };
      const input = io.inputs[0] as Tensor;
      const terms = [
        { input, weights: { kernel } },
        { input: tf.neg(constantLike(input, low)), weights: positive },
        { input: tf.neg(constantLike(input, high)), weights: negative },
      ];
      return [streams.map(distribution(operation, io, [inProportion(terms, sumOf(operation, terms))]))];
    },
  };
}

function assertRange({ low, high }: InputRange): void {
  const [lows, highs] = [boundsOf('low', low), boundsOf('high', high)];
  if (typeof low === 'object' && typeof high === 'object' && low.length !== high.length) {
    throw new VitrineError(
      'bad-argument',
      `"high" expected as many bounds as "low", ${low.length}, got ${high.length}`,
    );
  }
  for (let i = 0; i < Math.max(lows.length, highs.length); i++) {
    const [least, greatest] = [lows[i] ?? lows[0], highs[i] ?? highs[0]] as [number, number];
    if (least > greatest)
      throw new VitrineError('bad-argument', `"high" expected at least "low", ${least}, got ${greatest}`);
  }
}

function boundsOf(name: string, bounds: number | readonly number[]): readonly number[] {
  if (typeof bounds === 'number') {
    assertNumber(name, bounds);
    return [bounds];
  }
  assertNumbers(name, bounds);
  if (bounds.length > 0) return bounds;
  throw new VitrineError('bad-argument', `"${name}" expected one bound or one for each channel, got []`);
}

/** One example of the input's shape, that holds a bound everywhere. */
function constantLike({ shape }: Tensor, bounds: number | readonly number[]): Tensor {
  return tf.mul(
    tf.ones([1, ...shape.slice(1)]),
    typeof bounds === 'number' ? bounds : channelRow(tf.tensor1d([...bounds])),
  );
}

/**
 * Relevance passes as it is: the rule of activations.
 *
 * $R_i = R_j$ for operations with one input of the output's shape.
 *
 * Source: Bach et al. 2015, §2.
 *
 * @returns a rule for activations, and for layers that shall be looked through.
 * @throws {VitrineError} when it is run, on an operation with several inputs or one of another shape than its output.
 * @example
 * ```ts
 * import { composites, lrp, rules } from 'vitrine';
 * const { values } = await lrp(model, x, { composite: [['softmax', rules.pass()], ...composites.epsilonPlus()] });
 * ```
 */
export function pass(): Rule {
  return {
    name: 'pass',
    needs: [],
    backward: ({ address }, { inputShapes }, streams) => {
      const [shape = [], ...others] = inputShapes;
      if (others.length > 0 || streams.some((stream) => !sameShape(stream.shape, shape))) {
        const found = inputShapes.map((read) => `[${read.join(', ')}]`).join(', ');
        throw new VitrineError(
          'bad-shape',
          `rule "pass" expected one input of shape [${streams[0]?.shape.join(', ')}] in layer "${address}", got ${found}`,
        );
      }
      return [streams.map((stream) => tf.clone(stream))];
    },
  };
}

/**
 * The rule of sums and means: each operand gets its part of the result.
 *
 * $R_i = \frac{a_i}{\sum_k a_k} R$, weighted where the operation weighs. Without it a residual network would double
 * its relevance at each addition.
 *
 * Source: Bach et al. 2015, Eq. (56), with the stabiliser of Eq. (58).
 *
 * @returns a rule for additions, averages, average pooling and bilinear resizing.
 * @example
 * ```ts
 * import { composites, lrp, rules } from 'vitrine';
 * const { values } = await lrp(model, x, { composite: [['add', rules.norm()], ...composites.epsilonPlus()] });
 * ```
 */
export function norm(): Rule {
  return { ...epsilon(), name: 'norm' };
}

/**
 * The rule of gates: of a product the signal gets everything, and what it is multiplied with by broadcasting nothing.
 *
 * $R_\mathrm{signal} = R$, $R_\mathrm{gate} = 0$: a gate tells how much of the signal passes, not what it is.
 *
 * Source: Arras et al. 2017, "Explaining recurrent neural network predictions in sentiment analysis", §3.2.
 *
 * @returns a rule for products.
 * @throws {VitrineError} when it is run, where not exactly one input has the shape of the output.
 * @example
 * ```ts
 * import { composites, lrp, rules } from 'vitrine';
 * const { values } = await lrp(model, x, { composite: [['multiply', rules.signal()], ...composites.epsilonPlus()] });
 * ```
 */
export function signal(): Rule {
  return {
    name: 'signal',
    needs: [],
    backward: ({ kind, address, layerClass }, { inputShapes }, streams) => {
      const isSignal = inputShapes.map((shape) => sameShape(shape, streams[0]?.shape ?? []));
      if (isSignal.filter(Boolean).length !== 1) {
        const shapes = inputShapes.map((shape) => `[${shape.join(', ')}]`).join(', ');
        throw new VitrineError(
          'unsupported-layer',
          `rule "signal" cannot tell the signal from its gate in ${kind} of layer "${address}" (${layerClass}), which reads ${shapes}; put a rule for it first, for example [{ address: "${address}" }, gradientRule]`,
        );
      }
      return isSignal.map((all) => (all ? streams.map((stream) => tf.clone(stream)) : []));
    },
  };
}
