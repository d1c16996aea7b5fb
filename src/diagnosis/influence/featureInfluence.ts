import { inSlices } from '../../backend/inTurn.ts';
import { owned } from '../../backend/owned.ts';
import { runChecks } from '../../network/runChecks.ts';
import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { assertOptions, number, type OptionChecks, oneOf, safeInteger } from '../../numeric/options.ts';
import { rangeOf } from '../../numeric/statistics.ts';
import { assertTable, labelsOf } from '../classified.ts';
import { fittedHead } from './head/fittedHead.ts';
import { withOnes } from './head/headFeatures.ts';
import { influenceByHead } from './head/headInfluence.ts';
import type { HeadExamples } from './head/headProblem.ts';
import { headReport } from './head/headReport.ts';
import { lissaCheck } from './influenceOptions.ts';
import type { FeatureExamples, Influence, InfluenceOptions } from './types.ts';

/** The options of {@link featureInfluence}. */
export interface FeatureInfluenceOptions
  extends Pick<InfluenceOptions, 'penalty' | 'damping' | 'lissa' | 'seed' | 'signal'> {
  /** `'exact'` by default. */
  readonly method?: 'exact' | 'cg' | 'lissa' | 'representer' | 'tracIn';
}

const checks: OptionChecks<FeatureInfluenceOptions> = {
  method: oneOf(['exact', 'cg', 'lissa', 'representer', 'tracIn']),
  penalty: number(0),
  damping: number(0),
  lissa: lissaCheck,
  seed: safeInteger,
  signal: runChecks.signal,
};

/**
 * What {@link influence} finds, of features of any origin: a softmax regression with a bias is fitted to them, and
 * looked at at its optimum.
 *
 * @param training `{features, labels}`: `[n, d]`, and the class of each.
 * @param test `{features, labels}`: `[t, d]`, and the class of each.
 * @param options `method`, `penalty`, `damping`, `lissa`, `seed`, `signal`.
 * @returns the changes `[t, n]`, with the plain losses, the damping and what makes the values doubtful.
 * @throws {VitrineError} if the labels are of one class only.
 * @throws {VitrineError} if no optimum is found, or the Hessian is singular.
 * @example
 * ```ts
 * import { featureInfluence } from 'vitrine/diagnosis';
 * const features = { shape: [4, 1], data: Float32Array.of(-2, -1, 1, 3) };
 * const training = { features, labels: [0, 1, 1, 1] };
 * const { lossChangeIfRemoved } = await featureInfluence(training, { features, labels: [0, 0, 1, 1] }, { penalty: 0.1 });
 * console.log(lossChangeIfRemoved.shape);
 * ```
 */
export async function featureInfluence(
  training: FeatureExamples,
  test: FeatureExamples,
  options: FeatureInfluenceOptions = {},
): Promise<Influence> {
  assertOptions(options, checks);
  const [ownTraining, ownTest, own] = await owned(training, test, options);
  const { method = 'exact', penalty = 1e-3, damping = 0, seed = 0, lissa, signal } = own;
  const examples = examplesOf('training', ownTraining);
  const held = examplesOf('test', ownTest, examples.features.columns - 1);
  const units = 1 + Math.max(rangeOf(examples.targets).high, rangeOf(held.targets).high);
  if (new Set(Array.from(examples.targets)).size < 2)
    throw new VitrineError('bad-argument', '"training.labels" expected at least two classes, got one');
  const base = { ...examples, units, loss: 'softmax' as const, penalty };
  const weights = await inSlices(fittedHead(base), { signal });
  const found = await inSlices(influenceByHead(method, { ...base, weights }, held, { damping, seed, lissa }), {
    signal,
  });
  const lossChangeIfRemoved: NdArray = {
    shape: found.lossChangeIfRemoved.shape,
    data: Float32Array.from(found.lossChangeIfRemoved.data),
  };
  return {
    ...headReport(method, 'features', found),
    lossChangeIfRemoved,
    trainingLosses: Float32Array.from(found.losses),
    testLosses: Float32Array.from(found.testLosses),
  };
}

function examplesOf(name: string, set: FeatureExamples, width?: number): HeadExamples {
  if (typeof set !== 'object' || set === null || !('features' in set) || !('labels' in set))
    throw new VitrineError('bad-argument', `"${name}" expected {features, labels}, got ${describe(set)}`);
  const { features, labels } = set;
  assertTable(`${name}.features`, features);
  const [rows, columns] = features.shape as [number, number];
  if (width !== undefined && columns !== width)
    throw new VitrineError(
      'bad-shape',
      `"${name}.features" expected ${width} features of each example, got ${columns}`,
    );
  return { features: withOnes(features), targets: labelsOf(`${name}.labels`, labels, rows) };
}
