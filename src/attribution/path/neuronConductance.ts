import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Site } from '../../network/graph.ts';
import { assertIndex } from '../../network/scorer.ts';
import { signalAt } from '../../network/signals.ts';
import type { Attribution, ExplainOptions, Input, Model } from '../../network/types.ts';
import { quadrature } from '../../numeric/quadrature.ts';
import { attributionOf, endsOf, explain } from '../session.ts';
import type { LayerPathOptions } from './internalInfluence.ts';
import { sumGradients } from './pathGradients.ts';
import { straightPath } from './straightPath.ts';

/** The unit through which {@link neuronConductance} looks. */
export interface NeuronConductanceOptions extends LayerPathOptions {
  /** Index on the last axis of the layer. */
  readonly unit: number;
  /** Row and column; without one, all positions of the unit together. */
  readonly position?: readonly [number, number];
}

/**
 * The conductance of one unit, divided among the pixels: what each contributes to the score through that unit.
 *
 * $(x - x') \odot \int_0^1 \frac{\partial F}{\partial y_j} \frac{\partial y_j}{\partial x}\, d\alpha$ on the straight path
 * from the baseline $x'$. Summed over all units of a layer through which everything passes it is integrated gradients,
 * summed over pixels the conductance of the unit. The rule is `'gausslegendre'` by default.
 *
 * Source: Dhamdhere, Sundararajan and Yan 2019, "How important is a neuron?", Eq. (2).
 *
 * @param model a `LayersModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `layer`, `unit` (both required), `position`, `baseline`, `steps`, `rule`, `target`, `scale`.
 * @returns `values` in the shape of the input.
 * @throws as {@link integratedGradients}; RangeError if the unit or the position does not exist.
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
  const { layer, unit, position, baseline = 'zero', steps = 50, rule = 'gausslegendre' } = options;
  const { nodes, weights } = quadrature(rule, steps);
  return explain(model, x, options, async (session) => {
    const sites = endsOf(session.network, undefined);
    const site = session.network.site(layer);
    assertUnit(site, unit, position);
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
    return attributionOf({ method: 'neuronConductance', score, classes, maps, layer });
  });
}

function assertUnit({ address, shape }: Site, unit: number, position: readonly [number, number] | undefined): void {
  assertIndex(unit, shape.at(-1) ?? Number.POSITIVE_INFINITY, 'unit');
  if (position === undefined) return;
  if (shape.length !== 4) {
    throw new RangeError(`"position" expected none for layer "${address}" of shape [${shape.join(', ')}]`);
  }
  position.forEach((index, axis) =>
    assertIndex(index, shape[axis + 1] ?? Number.POSITIVE_INFINITY, `position[${axis}]`),
  );
}

/** 1 at the unit (at one position, or everywhere), else 0. */
function unitMask(shape: readonly number[], unit: number, position: readonly [number, number] | undefined): Tensor {
  const [rows, columns, channels] = [shape[1] ?? 1, shape[2] ?? 1, shape.at(-1) as number];
  if (!position) {
    const mask = new Float32Array(channels);
    mask[unit] = 1;
    return tf.tensor1d(mask);
  }
  const mask = new Float32Array(rows * columns * channels);
  mask[(position[0] * columns + position[1]) * channels + unit] = 1;
  return tf.tensor4d(mask, [1, rows, columns, channels]);
}
