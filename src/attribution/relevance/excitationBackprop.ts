import type { Site } from '../../network/graph/graph.ts';
import type { Input, Model } from '../../network/types.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { flag, kind, type OptionChecks } from '../../numeric/options.ts';
import { endsOf, explain, type Session } from '../../scoring/session.ts';
import type { Attribution, ExplainOptions } from '../../scoring/types.ts';
import { type Backpropagation, backpropagate, type LayerOption, layerChecks } from '../gradient/backpropagated.ts';
import { chosenRules, type RuleOptions, ruleChecks } from '../ruleOptions.ts';
import { assertUnscaled } from './assertUnscaled.ts';
import { differenceAtEnds, differenceFrom, opposing } from './contrast.ts';
import { relevanceAtEnds } from './relevanceAtEnds.ts';
import { relevanceRules } from './relevanceRules.ts';
import { zPlus } from './rules.ts';
import { type Passage, passagesOf, type ThroughOption, throughCheck } from './through.ts';

/** The options of {@link excitationBackprop}. */
export interface ExcitationBackpropOptions extends LayerOption, RuleOptions, ThroughOption {
  /**
   * Whether the map of the opposite of the target is subtracted. With a layer, only what is left above zero there goes
   * on; one right before the last linear layer leaves all of it, since no unit there excites both. False by default.
   */
  readonly contrastive?: boolean | { readonly layer: string };
  /**
   * Whether the positive part of a bias keeps its share, as it does by default; without, the map sums to 1, less what
   * reaches units that are on through their bias alone.
   */
  readonly bias?: boolean;
}

const checks: OptionChecks<ExplainOptions & ExcitationBackpropOptions> = {
  ...layerChecks,
  ...ruleChecks,
  contrastive: kind('true, false or {layer}', isContrast),
  bias: flag,
  through: throughCheck,
};

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
 * @param options `contrastive`, `bias` (`false` is the original definition), `layer`, `through` as in {@link lrp}, `target`, `rules` for
 * layers that have none, and `composite` for all.
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
  return explain(
    model,
    x,
    options,
    { checks },
    async (session, { layer, contrastive = false, bias = true, through, ...own }) => {
      const method = 'excitationBackprop';
      assertUnscaled(session, method);
      const { graph } = session.network;
      const chosen = chosenRules(own, {
        between: contrastive ? opposing(graph, session.scorer.taps) : [],
        own: [[({ linear }) => linear, zPlus()]],
        graph,
      });
      const composite = await relevanceRules(session, chosen, { method, bias });
      const passages = passagesOf(session, through, { layer, composite });
      return backpropagate(session, layer, { method, composite, ...walkOf(session, { contrastive, layer, passages }) });
    },
  );
}

function isContrast(value: unknown): boolean {
  if (typeof value === 'boolean') return true;
  return typeof value === 'object' && typeof (value as { layer?: unknown } | null)?.layer === 'string';
}

function walkOf(
  session: Session,
  {
    contrastive,
    layer,
    passages,
  }: {
    readonly contrastive: NonNullable<ExcitationBackpropOptions['contrastive']>;
    readonly layer: string | undefined;
    readonly passages: readonly Passage[];
  },
): Pick<Backpropagation, 'through' | 'walk'> {
  const through = passages.map(({ site }) => site);
  if (contrastive === false) {
    return { through, walk: (record, { seeds, ends }) => relevanceAtEnds(record, seeds, { ends, through: passages }) };
  }
  if (contrastive === true) return { through, walk: (record, run) => differenceAtEnds(record, run, passages) };
  const at = session.network.site(contrastive.layer, 'contrastive.layer');
  endsOf(session.network, layer).forEach((end) => assertNotAbove(end, at));
  return {
    through: [...through, at],
    walk: (record, run) => differenceFrom(at, record, { ...run, through: passages }),
  };
}

/** Values are numbered in the order in which they are made. */
function assertNotAbove(end: Site, at: Site): void {
  if (end.value <= at.value) return;
  throw new VitrineError(
    'bad-argument',
    `"layer" expected one that does not come after that of the contrast, "${at.address}", got "${end.address}"`,
  );
}
