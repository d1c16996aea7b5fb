import type { Attribution, ExplainOptions, Input, Model } from '../../network/types.ts';
import { withNetwork } from '../../network/withNetwork.ts';
import { sizeOf } from '../../numeric/shape.ts';
import { guidedBackprop } from '../gradient/guidedBackprop.ts';
import type { RulesOption } from '../gradient/rectified.ts';
import type { CamOptions } from './cam.ts';
import { gradCam } from './gradCam.ts';

/**
 * Guided Grad-CAM: guided backpropagation where Grad-CAM sees evidence.
 *
 * $R = \mathrm{GBP}(x) \odot \mathrm{resize}(\max(M, 0))$ with the Grad-CAM map $M$ resized bilinearly to the input.
 * It inherits guided backpropagation's blindness to the weights.
 *
 * Source: Selvaraju et al. 2017, "Grad-CAM", §3.2.
 *
 * @param model a `LayersModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, h, w, c]` in the shape of the model's input.
 * @param options `layer` (of Grad-CAM), `rules` (of guided backpropagation), `target`, `scale`.
 * @returns `values` in the shape of the input.
 * @throws as {@link gradCam} and {@link guidedBackprop}.
 * @example
 * ```ts
 * import { guidedGradCam } from 'vitrine';
 * const { values } = await guidedGradCam(model, x, { layer: 'conv3' });
 * ```
 */
export function guidedGradCam(
  model: Model,
  x: Input,
  { layer, rules, ...options }: ExplainOptions & Pick<CamOptions, 'layer'> & RulesOption = {},
): Promise<Attribution> {
  return withNetwork(model, async (network) => {
    const map = await gradCam(network, x, { ...options, ...(layer !== undefined && { layer }) });
    const guided = await guidedBackprop(network, x, { ...options, ...(rules && { rules }) });
    const { shape, data } = guided.values;
    const channels = sizeOf(shape.slice(3));
    const values = data.map((value, i) => value * (map.values.data[Math.floor(i / channels)] as number));
    return {
      ...guided,
      values: { shape, data: values },
      method: 'guidedGradCam',
      ...(map.layer !== undefined && { layer: map.layer }),
    };
  });
}
