import type { Site } from '../../network/graph/graph.ts';
import type { Input, Model } from '../../network/types.ts';
import { assertCount, assertNumber } from '../../numeric/check.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { anything, count, kind, type OptionChecks, oneOf } from '../../numeric/options.ts';
import { type QuadratureRule, quadrature, quadratureRules } from '../../numeric/quadrature.ts';
import { completenessGap } from '../../scoring/completenessError.ts';
import { attributionOf, endsOf, explain, type Session } from '../../scoring/session.ts';
import type { Attribution, Baseline, ExplainOptions } from '../../scoring/types.ts';
import { type LayerOption, layerChecks } from '../gradient/backpropagated.ts';
import { sumGradients } from './pathGradients.ts';
import { type StraightPath, straightPath } from './straightPath.ts';

/** The path of {@link integratedGradients}. */
export interface IntegratedGradientsOptions extends LayerOption {
  /**
   * Where the path starts; `'zero'` by default. One for all inputs of the model, or a list; that of tokens is the number of
   * a token, such as the one for padding.
   */
  readonly baseline?: Baseline | readonly Baseline[];
  /** The number of points on the path; 50 by default. */
  readonly steps?: number;
  /** Where the points lie; `'gausslegendre'` by default. */
  readonly rule?: QuadratureRule;
  /**
   * Doubles the steps of each example until the gap is at most this share of |F(x) − F(baseline)|, or the steps exceed
   * `maxSteps` (3200 by default). `steps` is where it starts, and all there are by default.
   */
  readonly adaptive?: number | { readonly share: number; readonly maxSteps?: number };
}

const checks: OptionChecks<ExplainOptions & IntegratedGradientsOptions> = {
  ...layerChecks,
  baseline: anything,
  steps: count(1),
  rule: oneOf(quadratureRules),
  adaptive: kind('a share or {share, maxSteps}', (value) => typeof value === 'number' || isGoal(value)),
};

/** What {@link integratedGradients} returns. */
export interface IntegratedGradients extends Attribution {
  /** Per example Σ values − (F(x) − F(baseline)). */
  readonly delta: Float32Array;
  /** The number of points on the path of each example. */
  readonly steps: Int32Array;
}

/**
 * Integrated gradients: the gradient averaged along the straight path from a baseline, times the way gone.
 *
 * $R = (x - x') \odot \int_0^1 \partial F(x' + \alpha (x - x'))\, d\alpha$. The sum of the map is $F(x) - F(x')$ up to
 * the error of the quadrature, which `delta` reports; at the kinks of ReLU networks it does not fall evenly with
 * `steps`. With `layer` the path runs in the layer's space, and what the layer does not determine stays as at x; only
 * where everything passes through the layer is such a map complete. Tokens cannot be halved: their path runs between
 * their embeddings and those of the baseline.
 *
 * Source: Sundararajan, Taly and Yan 2017, "Axiomatic attribution for deep networks", Eq. (1).
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `baseline`, `steps`, `rule`, `adaptive`, `layer`, `target`, `scale` (`'logit'` by default). A
 * predicted class is the one at x.
 * @returns `values` in the shape of the input (or the layer), `delta` and `steps` per example.
 * @throws {VitrineError} if `steps` < 1, or the baseline has another shape; else as {@link gradient}.
 * @example
 * ```ts
 * import { integratedGradients } from 'vitrine';
 * const { values, delta } = await integratedGradients(model, x, { baseline: 'zero', steps: 20 });
 * ```
 */
export async function integratedGradients(
  model: Model,
  x: Input,
  options: ExplainOptions & IntegratedGradientsOptions = {},
): Promise<IntegratedGradients> {
  return explain(model, x, options, { checks }, async (session, own) => {
    const { steps = 50, rule = 'gausslegendre', layer, baseline = 'zero' } = own;
    const goal = goalOf(own.adaptive, steps);
    const sites = endsOf(session.network, layer);
    const path = await straightPath(session, { sites, baseline });
    const { start, end } = path;
    const found = emptyMaps(end.values, session.count);
    for (let [pending, size] = [everyExample(session.count), steps]; pending.length > 0; size *= 2) {
      const slopes = await slopesAlong(session, path, { sites, rule, steps: size, examples: pending });
      found.replace(
        slopes.map((slope, i) => path.timesWay(slope, i)),
        pending,
        size,
      );
      if (2 * size > goal.maxSteps) break;
      const gaps = completenessGap(found.maps, end.score.data, start.score.data);
      pending = pending.filter((i) => {
        const rise = (end.score.data[i] as number) - (start.score.data[i] as number);
        return Math.abs(gaps[i] as number) > goal.share * Math.abs(rise);
      });
    }
    const delta = completenessGap(found.maps, end.score.data, start.score.data);
    const { score, classes } = end;
    const attribution = attributionOf(session, {
      method: 'integratedGradients',
      score,
      classes,
      maps: found.maps,
      delta,
      layer,
    });
    return { ...attribution, delta, steps: found.steps };
  });
}

interface Goal {
  readonly share: number;
  readonly maxSteps: number;
}

function isGoal(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.keys(value).every((name) => name === 'share' || name === 'maxSteps');
}

/** Without `adaptive` the first number of steps is the last. */
function goalOf(adaptive: IntegratedGradientsOptions['adaptive'], steps: number): Goal {
  if (adaptive === undefined) return { share: 0, maxSteps: steps };
  const { share, maxSteps = 3200 } = typeof adaptive === 'number' ? { share: adaptive } : adaptive;
  assertNumber('adaptive', share, 0);
  assertCount('adaptive.maxSteps', maxSteps, steps);
  return { share, maxSteps };
}

function slopesAlong(
  session: Session,
  path: StraightPath,
  {
    sites,
    rule,
    steps,
    examples,
  }: { sites: readonly Site[]; rule: QuadratureRule; steps: number; examples: readonly number[] },
): Promise<readonly NdArray[]> {
  const { nodes, weights } = quadrature(rule, steps);
  return sumGradients(session, {
    stage: 'integratedGradients',
    sites,
    samples: steps,
    scorer: path.scorer,
    examples,
    draw: (example, from, to) => path.points(example, nodes.subarray(from, to), weights.subarray(from, to)),
  });
}

function everyExample(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** Maps to be filled example by example, and the steps that each took. */
function emptyMaps(
  values: readonly NdArray[],
  count: number,
): {
  readonly maps: readonly NdArray[];
  readonly steps: Int32Array;
  replace(maps: readonly NdArray[], examples: readonly number[], steps: number): void;
} {
  const maps = values.map(({ shape, data }) => ({ shape, data: new Float32Array(data.length) }));
  const taken = new Int32Array(count);
  return {
    maps,
    steps: taken,
    replace(others, examples, steps) {
      for (const example of examples) {
        taken[example] = steps;
        maps.forEach(({ data }, i) => {
          const size = data.length / count;
          data.set((others[i] as NdArray).data.subarray(example * size, (example + 1) * size), example * size);
        });
      }
    },
  };
}
