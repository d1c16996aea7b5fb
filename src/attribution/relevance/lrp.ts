import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Site } from '../../network/graph/graph.ts';
import type { Input, Model } from '../../network/types.ts';
import { mapBatches } from '../../network/walk/batches.ts';
import { type Composite, type Range, ruleFinder } from '../../network/walk/composite.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { explain, type Session } from '../../scoring/session.ts';
import type { Attribution, ExplainOptions } from '../../scoring/types.ts';
import { backpropagate, type LayerOption } from '../gradient/backpropagated.ts';
import { base } from './base.ts';
import { epsilonPlus } from './composites.ts';
import { namingKernels } from './namingKernels.ts';
import { unbiased } from './unbiased.ts';
import { withZeros } from './withZeros.ts';

/** The options of {@link lrp}. */
export interface LrpOptions extends LayerOption {
  /**
   * Which rule is for which operations; `composites.epsilonPlus()` by default, and what it leaves open is as in that. An
   * address means the convolutions and dense layers there, not the activations they apply.
   */
  readonly composite?: Composite;
  /**
   * Whether biases, and the shifts of batch normalisations, keep their share of relevance, as they do by default.
   * Without, what reaches a unit that is on through its bias alone is lost.
   */
  readonly bias?: boolean;
}

/**
 * Layer-wise relevance propagation: the score, handed back through the network layer by layer.
 *
 * It starts with $F(x)$ at the units that the score is read from; each operation divides what arrives at its outputs
 * among its inputs, $R_i = \sum_j R_{i \leftarrow j}$ with $\sum_i R_{i \leftarrow j} \approx R_j$, by the rule that the
 * composite has for it. Batch normalisation is merged into a neighbouring linear operation where that is exact.
 *
 * Source: Bach et al. 2015, "On pixel-wise explanations for non-linear classifier decisions by layer-wise relevance
 * propagation", §2; Montavon et al. 2019, "Layer-wise relevance propagation: an overview".
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `composite`, `bias`, `layer`, `target`, `scale` (`'logit'` by default). A target that is a function
 * starts with the outputs times its gradient.
 * @returns `values` in the shape of the input (or the layer).
 * @throws {VitrineError} if there is no rule for an operation on the way, as for a softmax inside or a layer that is not known.
 * @throws {VitrineError} if the input lies outside the bounds of `rules.zBox`; else as {@link gradient}.
 * @example
 * ```ts
 * import { composites, lrp, rules } from 'vitrine';
 * const { values } = await lrp(model, x, { composite: composites.epsilonPlusFlat() });
 * const composite = [[{ address: 'conv1' }, rules.wSquare()], ...composites.epsilonPlus()] as const;
 * const own = await lrp(model, x, { composite, target: 3 });
 * ```
 */
export function lrp(model: Model, x: Input, options: ExplainOptions & LrpOptions = {}): Promise<Attribution> {
  const { bias = true, layer } = options;
  return explain(model, x, options, async (session, { composite = epsilonPlus() }) => {
    const whole = [...namingKernels(composite, session.network.graph), ...base('lrp', 'composite')];
    await assertWithinRanges(session, whole);
    return backpropagate(session, layer, {
      method: 'lrp',
      composite: bias ? whole : unbiased(whole),
      walk: (record, { ends, example }) =>
        record.backward(withZeros(session.scorer.divide(record, example), record, ends), { to: ends }),
    });
  });
}

/** A layer whose rule expects its inputs within bounds, and where these can be read. */
interface Bounded {
  readonly address: string;
  readonly rule: string;
  readonly range: Range;
  readonly input: Site;
}

/**
 * Checks what the rules of a composite expect of the inputs of their operations.
 *
 * @throws {VitrineError} if an input lies outside, or there are not as many bounds as channels.
 */
async function assertWithinRanges(session: Session, composite: Composite): Promise<void> {
  const bounded = boundedLayers(session, composite);
  if (bounded.length === 0) return;
  const { network, count, rows, options } = session;
  // A look at what the first layers read is no stage to report.
  const plan = { ...options, onProgress: () => undefined, stage: 'range', total: count };
  const found = await mapBatches(plan, (start, end) => {
    const record = network.forward(rows(start, end), { taps: bounded.map(({ input }) => input) });
    const extremes = bounded.flatMap(({ input }, i) => {
      const channels = tf.reshape(record.value(input), [-1, input.shape.at(-1) as number]);
      return [[`low ${i}`, tf.min(channels, 0, true)] as const, [`high ${i}`, tf.max(channels, 0, true)] as const];
    });
    return Object.fromEntries(extremes) as Record<string, Tensor>;
  });
  bounded.forEach((layer, i) => assertWithin(layer, found[`low ${i}`] as NdArray, found[`high ${i}`] as NdArray));
}

function boundedLayers({ network: { graph } }: Session, composite: Composite): readonly Bounded[] {
  const find = ruleFinder(graph, composite);
  const sites = [...graph.sites.values()];
  return graph.steps.flatMap(({ operation, inputs }, i) => {
    const { name, range } = find(operation, i);
    const input = range && sites.find(({ value }) => value === inputs[0]);
    return input ? [{ address: operation.address, rule: name, range, input }] : [];
  });
}

/** The extremes are `[batches, channels]`. */
function assertWithin({ address, rule, range, input }: Bounded, lows: NdArray, highs: NdArray): void {
  const channels = lows.shape[1] as number;
  for (const [name, bounds] of Object.entries(range) as [keyof Range, number | readonly number[]][]) {
    if (typeof bounds === 'number' || bounds.length === channels) continue;
    throw new VitrineError(
      'bad-argument',
      `"${name}" of rule "${rule}" expected one bound or ${channels}, got ${bounds.length}`,
    );
  }
  for (let i = 0; i < lows.data.length; i++) {
    const channel = i % channels;
    const [least, greatest] = [lows.data[i] as number, highs.data[i] as number];
    const [low, high] = [boundOf(range.low, channel), boundOf(range.high, channel)];
    if (least >= low - slack(low) && greatest <= high + slack(high)) continue;
    throw new VitrineError(
      'bad-argument',
      `rule "${rule}" expected channel ${channel} of what layer "${address}" reads, "${input.address}", within ${low}..${high}, got ${least}..${greatest}`,
    );
  }
}

function boundOf(bounds: number | readonly number[], channel: number): number {
  return typeof bounds === 'number' ? bounds : (bounds[channel] as number);
}

/** Inputs are float32 numbers. */
function slack(bound: number): number {
  return 1e-6 * Math.max(1, Math.abs(bound));
}
