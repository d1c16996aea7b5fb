import * as tf from '@tensorflow/tfjs-core';
import { owned } from '../../../backend/owned.ts';
import { chosenOutput, type OutputChoice } from '../../../network/heads/chosenOutput.ts';
import { assertClasses } from '../../../network/heads/classLogits.ts';
import type { Input, Model } from '../../../network/types.ts';
import { withNetwork } from '../../../network/withNetwork.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import { anything, assertOptions, callback, kind, type OptionChecks } from '../../../numeric/options.ts';
import { explainChecks } from '../../../scoring/explainChecks.ts';
import { placedInput } from '../../../scoring/placedInput.ts';
import { explain } from '../../../scoring/session.ts';
import type { ExplainOptions, Target } from '../../../scoring/types.ts';
import type { Backpropagation } from '../../gradient/backpropagated.ts';
import { deconvnet } from '../../gradient/deconvnet.ts';
import { gradient } from '../../gradient/gradient.ts';
import { gradientTimesInput } from '../../gradient/gradientTimesInput.ts';
import { guidedBackprop } from '../../gradient/guidedBackprop.ts';
import { deconvnetComposite, guidedComposite } from '../../gradient/rectified.ts';
import { type RuleOptions, ruleChecks } from '../../ruleOptions.ts';
import { responsesByCalls, responsesByWalk, type SignedExplainer } from './classResponses.ts';
import { type ConsideredClasses, consideredClasses } from './consideredClasses.ts';
import { type DominantResponse, mostAgainst, mostFor, strongest } from './dominance.ts';

/** The options of {@link clearMap}; `rules` and `composite` are passed on to `base`. */
export interface ClearMapOptions extends Omit<ExplainOptions, 'target' | 'output'>, RuleOptions {
  /** The method that makes each class's response; any with signs, `deconvnet` by default, as in the paper. */
  readonly base?: SignedExplainer;
  /** How many classes are compared, those with the highest scores of each example; 20 by default. Or `'all'`, or a list. */
  readonly classes?: ConsideredClasses;
  /** The output of a model with several, or what the first output holds, as of `predict`; the first by default. */
  readonly output?: OutputChoice;
}

const { target: _, ...runChecks } = explainChecks;
const checks: OptionChecks<ClearMapOptions> = {
  ...runChecks,
  ...ruleChecks,
  base: callback,
  classes: kind("a number of classes, 'all' or a list of them", isConsidered),
  output: anything,
};

/** What {@link clearMap} returns: the class that dominates at each position, and by how much. */
export interface ClearMap extends DominantResponse {
  /** The response of each class, `[n, k, h, w]`, channels summed. */
  readonly responses: NdArray;
  /** The classes in that order, `[n, k]`. */
  readonly classes: NdArray<Int32Array>;
  /** What speaks most for a class at each position, where anything does: responses of at least zero. */
  readonly positive: DominantResponse;
  /** What speaks most against a class, where anything does: responses of at most zero. */
  readonly negative: DominantResponse;
  readonly method: 'clearMap';
}

/**
 * CLEAR, the class-enhanced attentive response: which class each position speaks for, and how strongly.
 *
 * With the response $R(p \mid c)$ of each class at position $p$, the dominant class is
 * $\hat C(p) = \arg\max_c R(p \mid c)$ and its response $D(p) = \max_c R(p \mid c)$: a class map for the hue of a picture
 * and a response map for its strength.
 *
 * Source: Kumar, Wong and Taylor 2017, "Explaining the unexplained: a class-enhanced attentive response (CLEAR) approach
 * to understanding deep neural networks", §3.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, h, w, c]`, or of volumes `[n, d, h, w, c]`, in the shape of the model's input.
 * @param options `base`, `classes`, `output`, `rules`, `composite`, `scale` (`'logit'` by default). It takes a backward walk for each
 * class; a base other than `deconvnet`, `guidedBackprop`, `gradient` and `gradientTimesInput`, or one with rules, a whole call.
 * @returns `classMap` and `response` `[n, h, w]`, the same for positive and for negative responses alone, and all
 * `responses` `[n, k, h, w]`; of volumes with the depth before the rows.
 * @throws {VitrineError} if there are fewer classes, the model has no input of images or volumes, or the maps of `base` do not fit it;
 * else as `base`.
 * @example
 * ```ts
 * import { clearMap, gradientTimesInput } from 'vitrine';
 * const { classMap, response, positive } = await clearMap(model, x, { base: gradientTimesInput, classes: 3 });
 * console.log(classMap.shape, response.shape, positive.classMap.data); // [2, 16, 16] twice, −1 where nothing speaks for a class
 * ```
 */
export async function clearMap(model: Model, x: Input, options: ClearMapOptions = {}): Promise<ClearMap> {
  assertOptions(options, checks);
  const [input, own] = await owned(x, options);
  const { base = deconvnet, classes: considered, output, rules, composite, ...run } = own;
  const passed = { ...(rules && { rules }), ...(composite && { composite }) };
  return withNetwork(model, (given) => {
    const { network, head } = chosenOutput(given, output);
    const place = network.heads.indexOf(head);
    assertClasses(head, 'output');
    const asked: ExplainOptions = { ...run, target: { output: place, target: 'predicted' } };
    return explain(network, input, asked, { checks: explainChecks }, async (session) => {
      const { index: image } = placedInput(session, undefined);
      const classes = await consideredClasses(session, considered);
      const targets = targetsOf(classes, place);
      const walk = rules || composite ? undefined : walks.find(([method]) => method === base)?.[1];
      const responses = walk
        ? await responsesByWalk(session, walk, { image, targets })
        : await responsesByCalls(session, (net, y, more) => base(net, y, { ...more, ...passed }), { image, targets });
      const given = { responses, classes };
      return {
        ...strongest(given),
        ...given,
        positive: mostFor(given),
        negative: mostAgainst(given),
        method: 'clearMap',
      };
    });
  });
}

function isConsidered(value: unknown): boolean {
  return typeof value === 'number' || value === 'all' || (Array.isArray(value) && value.length > 0);
}

/** One target for each rank: the class of each example there. */
function targetsOf({ shape, data }: NdArray<Int32Array>, output: number): Target[] {
  const [count, k] = shape as [number, number];
  return Array.from({ length: k }, (_, rank) => ({
    output,
    target: Int32Array.from({ length: count }, (__, example) => data[example * k + rank] as number),
  }));
}

/** The methods that are one walk from a record, of which one record can start many. */
const walks: readonly (readonly [SignedExplainer, Backpropagation])[] = [
  [deconvnet, { method: 'deconvnet', composite: deconvnetComposite }],
  [guidedBackprop, { method: 'guidedBackprop', composite: guidedComposite }],
  [gradient, { method: 'gradient' }],
  [gradientTimesInput, { method: 'gradientTimesInput', map: tf.mul }],
];
