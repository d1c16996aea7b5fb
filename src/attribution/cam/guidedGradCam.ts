import { owned } from '../../backend/owned.ts';
import { layerAddress } from '../../network/runChecks.ts';
import type { Input, Model } from '../../network/types.ts';
import { withNetwork } from '../../network/withNetwork.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { assertOptions, type OptionChecks } from '../../numeric/options.ts';
import { explainChecks } from '../../scoring/explainChecks.ts';
import type { Attribution, ExplainOptions } from '../../scoring/types.ts';
import { guidedBackprop } from '../gradient/guidedBackprop.ts';
import { type RuleOptions, ruleChecks } from '../ruleOptions.ts';
import type { CamOptions } from './cam.ts';
import { seenInput } from './camLayer.ts';
import { gradCam } from './gradCam.ts';

const checks: OptionChecks<ExplainOptions & Pick<CamOptions, 'layer'> & RuleOptions> = {
  ...explainChecks,
  ...ruleChecks,
  layer: layerAddress,
};

/**
 * Guided Grad-CAM: guided backpropagation where Grad-CAM sees evidence.
 *
 * $R = \mathrm{GBP}(x) \odot \mathrm{resize}(\max(M, 0))$ with the Grad-CAM map $M$ resized bilinearly to the input.
 * It inherits guided backpropagation's blindness to the weights. Of several inputs, only the one that the layer sees is
 * weighted so; the others keep guided backpropagation alone, and there are no `shares`, since the two are not in one unit.
 *
 * Source: Selvaraju et al. 2017, "Grad-CAM", §3.2.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, h, w, c]` in the shape of the model's input.
 * @param options `layer` (of Grad-CAM), `rules` and `composite` (of guided backpropagation), `target`, `scale` (`'logit'` by
 * default).
 * @returns `values` in the shape of the input.
 * @throws as {@link gradCam} and {@link guidedBackprop}.
 * @example
 * ```ts
 * import { guidedGradCam } from 'vitrine';
 * const { values } = await guidedGradCam(model, x, { layer: 'conv3' });
 * ```
 */
export async function guidedGradCam(
  model: Model,
  x: Input,
  options: ExplainOptions & Pick<CamOptions, 'layer'> & RuleOptions = {},
): Promise<Attribution> {
  assertOptions(options, checks);
  const copies = owned(x, options);
  return withNetwork(model, async (network) => {
    const [input, { layer, rules, composite, ...own }] = await copies;
    const map = await gradCam(network, input, { ...own, ...(layer !== undefined && { layer }) });
    const guidance = { ...own, ...(rules && { rules }), ...(composite && { composite }) };
    const { shares: _, ...guided } = await guidedBackprop(network, input, guidance);
    const seen = seenInput(network, network.site(map.layer as string));
    const maps = (guided.inputs ?? [guided.values]).map((values, i) =>
      i === seen ? within(values, map.values) : values,
    );
    return {
      ...guided,
      values: maps[0] as NdArray,
      method: 'guidedGradCam',
      ...(map.layer !== undefined && { layer: map.layer }),
      ...(guided.inputs && { inputs: maps }),
    };
  });
}

/** A map `[n, …, c]` times one without channels. */
function within({ shape, data }: NdArray, places: NdArray): NdArray {
  const channels = data.length / places.data.length;
  return { shape, data: data.map((value, i) => value * (places.data[Math.floor(i / channels)] as number)) };
}
