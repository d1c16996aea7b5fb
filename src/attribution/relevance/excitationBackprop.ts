import type { Site } from '../../network/graph/graph.ts';
import type { Input, Model } from '../../network/types.ts';
import type { Composite } from '../../network/walk/composite.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { endsOf, explain, type Session } from '../../scoring/session.ts';
import type { Attribution, ExplainOptions } from '../../scoring/types.ts';
import { type Backpropagation, backpropagate, type LayerOption } from '../gradient/backpropagated.ts';
import type { RulesOption } from '../gradient/rectified.ts';
import { assertUnscaled } from './assertUnscaled.ts';
import { base } from './base.ts';
import { differenceAtEnds, differenceFrom, opposing } from './contrast.ts';
import { namingKernels } from './namingKernels.ts';
import { zPlus } from './rules.ts';
import { unbiased } from './unbiased.ts';
import { withZeros } from './withZeros.ts';

/** The options of {@link excitationBackprop}. */
export interface ExcitationBackpropOptions extends LayerOption, RulesOption {
  /**
   * Whether the map of the opposite of the target is subtracted. With a layer, only what is left above zero there goes
   * on; one right before the last linear layer leaves all of it, since no unit there excites both.
   */
  readonly contrastive?: boolean | { readonly layer: string };
  /**
   * Whether the positive part of a bias keeps its share, as it does by default; without, the map sums to 1, less what
   * reaches units that are on through their bias alone.
   */
  readonly bias?: boolean;
}

/**
 * Excitation backprop: how likely a walk that starts at the target, and from each unit goes to one that excites it, is
 * to pass a pixel.
 *
 * It starts with $P = 1$ at the target (or with its gradient, where it is no single unit), and
 * $P_i = \sum_j \frac{(a_i w_{ij})^+}{\sum_k (a_k w_{kj})^+} P_j$ down the network. Contrastive, the same of the opposite
 * unit, with negated weights, is subtracted, and the map is signed: in deep networks the plain map hardly changes with
 * the class. The authors show `rectify(reduceChannels(values, 'sum'))` of it.
 *
 * Source: Zhang et al. 2016, "Top-down neural attention by excitation backprop", §3.2 and §3.3.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `contrastive`, `bias` (`false` is the original definition), `layer`, `target`, and `rules` for layers
 * that have none.
 * @returns `values` in the shape of the input (or the layer), and the logit as `score`.
 * @throws {VitrineError} if there is no rule for an operation on the way, as for a softmax inside or a layer that is not known.
 * @throws {VitrineError} if the scale is not `'logit'`, or `layer` comes after the layer of the contrast; else as
 * {@link gradient}.
 * @example
 * ```ts
 * import { excitationBackprop, rectify, reduceChannels } from 'vitrine';
 * const { values } = await excitationBackprop(model, x, { bias: false }); // sums to 1 in each example of this network
 * const contrast = await excitationBackprop(model, x, { contrastive: true });
 * const map = rectify(reduceChannels(contrast.values, 'sum'));
 * ```
 */
export async function excitationBackprop(
  model: Model,
  x: Input,
  options: ExplainOptions & ExcitationBackpropOptions = {},
): Promise<Attribution> {
  const { bias = true, layer } = options;
  return explain(model, x, options, async (session, { rules = [], contrastive = false }) => {
    assertUnscaled(session, 'excitationBackprop');
    const { graph } = session.network;
    const composite: Composite = [
      ...namingKernels(rules, graph),
      ...(contrastive ? opposing(graph, session.scorer.taps) : []),
      [({ linear }) => linear, zPlus()],
      ...base('excitationBackprop', 'rules'),
    ];
    return backpropagate(session, layer, {
      method: 'excitationBackprop',
      composite: bias ? composite : unbiased(composite),
      ...walkOf(session, { contrastive, layer }),
    });
  });
}

function walkOf(
  session: Session,
  { contrastive = false, layer }: Pick<ExcitationBackpropOptions, 'contrastive'> & { layer: string | undefined },
): Pick<Backpropagation, 'through' | 'walk'> {
  if (contrastive === false) {
    return { walk: (record, { seeds, ends }) => record.backward(withZeros(seeds, record, ends), { to: ends }) };
  }
  if (contrastive === true) return { walk: differenceAtEnds };
  const at = session.network.site(contrastive.layer, 'contrastive.layer');
  endsOf(session.network, layer).forEach((end) => assertNotAbove(end, at));
  return { through: [at], walk: (record, run) => differenceFrom(at, record, run) };
}

/** Values are numbered in the order in which they are made. */
function assertNotAbove(end: Site, at: Site): void {
  if (end.value <= at.value) return;
  throw new VitrineError(
    'bad-argument',
    `"layer" expected one that does not come after that of the contrast, "${at.address}", got "${end.address}"`,
  );
}
