import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { assertPosition, type LayerPosition, positionNumber } from '../../network/graph/site.ts';
import type { Input, Model } from '../../network/types.ts';
import { signalAt } from '../../network/walk/signals.ts';
import { assertIndex } from '../../numeric/check.ts';
import { sizeOf } from '../../numeric/ndarray.ts';
import { anything, integer, type OptionChecks, required } from '../../numeric/options.ts';
import { quadrature } from '../../numeric/quadrature.ts';
import { attributionOf, endsOf, explain } from '../../scoring/session.ts';
import type { Attribution, ExplainOptions } from '../../scoring/types.ts';
import { type LayerPathOptions, layerPathChecks } from './internalInfluence.ts';
import { sumGradients } from './pathGradients.ts';
import { straightPath } from './straightPath.ts';

/** The unit through which {@link neuronConductance} looks. */
export interface NeuronConductanceOptions extends LayerPathOptions {
  /** Index on the last axis of the layer. */
  readonly unit: number;
  /** Row and column, or the index in a sequence; all positions of the unit together by default. */
  readonly position?: LayerPosition;
}

const checks: OptionChecks<ExplainOptions & NeuronConductanceOptions> = {
  ...layerPathChecks,
  unit: required(integer(0)),
  position: anything,
};

/**
 * The conductance of one unit, divided among the pixels: what each contributes to the score through that unit.
 *
 * $(x - x') \odot \int_0^1 \frac{\partial F}{\partial y_j} \frac{\partial y_j}{\partial x}\, d\alpha$ on the straight path
 * from the baseline $x'$. Summed over all units of a layer through which everything passes it is integrated gradients,
 * summed over pixels the conductance of the unit. The rule is `'gausslegendre'` by default.
 *
 * Source: Dhamdhere, Sundararajan and Yan 2019, "How important is a neuron?", Eq. (2).
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `layer`, `unit` (both required), `position`, `baseline`, `steps`, `rule`, `target`, `scale`
 * (`'logit'` by default).
 * @returns `values` in the shape of the input.
 * @throws as {@link integratedGradients}; {VitrineError} if the unit or the position does not exist.
 * @example
 * ```ts
 * import { neuronConductance } from 'vitrine';
 * const { values } = await neuronConductance(model, x, { layer: 'fc1', unit: 3, steps: 10 });
 * ```
 */
export async function neuronConductance(
  model: Model,
  x: Input,
  options: ExplainOptions & NeuronConductanceOptions,
): Promise<Attribution> {
  return explain(model, x, options, { checks }, async (session, own) => {
    const { layer, unit, position, steps = 50, rule = 'gausslegendre', baseline = 'zero' } = own;
    const { nodes, weights } = quadrature(rule, steps);
    const sites = endsOf(session.network, undefined);
    const site = session.network.site(layer);
    assertIndex(unit, site.shape.at(-1) ?? Number.POSITIVE_INFINITY, 'unit');
    if (position !== undefined) assertPosition('position', position, site);
    const path = await straightPath(session, { sites, baseline });
    const slopes = await sumGradients(session, {
      stage: 'neuronConductance',
      sites,
      samples: steps,
      scorer: path.scorer,
      taps: [site],
      draw: (example, from, to) => path.points(example, nodes.subarray(from, to), weights.subarray(from, to)),
      signals(record, seeds) {
        const arriving = signalAt(record.backward(seeds, { to: [site] }), site);
        const through = tf.mul(arriving, unitMask(arriving.shape, unit, position));
        return record.backward(new Map([[site, through]]), { to: sites });
      },
    });
    const maps = slopes.map((slope, i) => path.timesWay(slope, i));
    const { score, classes } = path.end;
    return attributionOf(session, { method: 'neuronConductance', score, classes, maps, layer });
  });
}

/** 1 at the unit (at one position, or everywhere), else 0. */
function unitMask(shape: readonly number[], unit: number, position: LayerPosition | undefined): Tensor {
  const one = position ? [1, ...shape.slice(1)] : [shape.at(-1) as number];
  const mask = new Float32Array(sizeOf(one));
  mask[(position ? positionNumber(position, shape) * (shape.at(-1) as number) : 0) + unit] = 1;
  return tf.tensor(mask, one);
}
