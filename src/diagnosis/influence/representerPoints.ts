import { inSlices } from '../../backend/inTurn.ts';
import type { OutputChoice } from '../../network/heads/chosenOutput.ts';
import { runChecks } from '../../network/runChecks.ts';
import type { Model, RunOptions } from '../../network/types.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { anything, assertOptions, flag, number, type OptionChecks } from '../../numeric/options.ts';
import { modelHead } from './head/modelHead.ts';
import { representerFit } from './head/representerFit.ts';
import type { LabelledExamples } from './types.ts';
import { withExamples } from './withExamples.ts';

/** The options of {@link representerPoints}. */
export interface RepresenterOptions extends RunOptions {
  /** λ: the penalty λ/2 of the sum of the squares of the head's weights, its bias too, above 0; 0.001 by default. */
  readonly penalty?: number;
  /** Whether the head is first brought to the optimum of its penalized loss, where alone the sums are exact; it is by default. */
  readonly refit?: boolean;
  /** Which output of the model has the classes, and whether it holds logits; the first by default. */
  readonly output?: OutputChoice;
}

/** Logits of test examples as sums over training examples. */
export interface RepresenterPoints {
  /** α, `[n, units]`: above 0 for the unit of an example's own class. */
  readonly coefficients: NdArray;
  /** What the head says of the test examples, `[t, units]`. */
  readonly logits: NdArray;
  /** What the sums say, `[t, units]`: the same at the optimum. */
  readonly rebuilt: NdArray;
  /** The greatest difference of the two. */
  readonly error: number;
}

const checks: OptionChecks<RepresenterOptions> = {
  ...runChecks,
  penalty: number(Number.MIN_VALUE),
  refit: flag,
  output: anything,
};

/**
 * Writes the logits of test examples as sums over training examples, $z(x) = \sum_i \alpha_i \, a_i^T a(x)$ with
 * $\alpha_i = -(p_i - y_i) / (\lambda n)$.
 *
 * They are exact at the optimum of $\frac1n \sum_i L(z_i) + \frac{\lambda}{2} |W|^2$, in which the bias counts as the weight of
 * a constant feature; elsewhere `error` tells how far they are from the logits.
 *
 * Source: Theorem 3.1, Yeh et al. 2018, "Representer point selection for explaining deep neural networks", whose $\lambda |W|^2$
 * is $\frac{\lambda}{2} |W|^2$ here.
 *
 * @param model a network with classes whose logits a dense layer makes.
 * @param training `{images, labels}`: n examples in the shape of the model's input.
 * @param test `{images, labels}`: t examples; their labels do not matter to the sums.
 * @param options `penalty`, `refit`, `output`, `batchSize`, `signal`, `onProgress`.
 * @returns the coefficients `[n, units]`, the logits and what the sums say of them `[t, units]`.
 * @throws {VitrineError} if no dense layer makes the logits.
 * @example
 * ```ts
 * import { representerPoints } from 'vitrine/diagnosis';
 * const images = { shape: [8, 16, 16, 3], data: Float32Array.from({ length: 8 * 768 }, (_, i) => Math.sin(i * i)) };
 * const training = { images, labels: [0, 1, 2, 3, 0, 1, 2, 3] };
 * const { coefficients, error } = await representerPoints(model, training, { images: x, labels: [1, 2] });
 * console.log(coefficients.shape, error);
 * ```
 */
export async function representerPoints(
  model: Model,
  training: LabelledExamples,
  test: LabelledExamples,
  options: RepresenterOptions = {},
): Promise<RepresenterPoints> {
  assertOptions(options, checks);
  return withExamples(model, { training, test }, options, async ({ network, head, sets, options: own }) => {
    const { penalty = 1e-3, refit = true, signal } = own;
    const { problem, examplesOf } = await modelHead(network, head, {
      ...{ training: sets.training, penalty, refit },
      run: own,
    });
    const { features } = await examplesOf(sets.test);
    const { coefficients, logits, rebuilt } = await inSlices(representerFit(problem, features), { signal });
    const ofTest = (data: Float64Array): NdArray => arrayOf(data, features.rows);
    const error = logits.reduce((most, value, i) => Math.max(most, Math.abs(value - (rebuilt[i] as number))), 0);
    return {
      coefficients: arrayOf(coefficients, problem.features.rows),
      ...{ logits: ofTest(logits), rebuilt: ofTest(rebuilt), error },
    };
  });
}

function arrayOf(data: Float64Array, rows: number): NdArray {
  return { shape: [rows, data.length / rows], data: Float32Array.from(data) };
}
