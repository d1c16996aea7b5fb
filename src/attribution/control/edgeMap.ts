import { reduceChannels } from '../../image/reduceChannels.ts';
import type { Attribution, ExplainOptions, Input, Model } from '../../network/types.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { control } from './control.ts';

/**
 * A negative control: the edges of the picture by the Sobel operator.
 *
 * $\sqrt{g_x^2 + g_y^2}$ of the mean of the channels, the border going on beyond the picture. A map that looks like
 * this one need not know the network.
 *
 * Source: Adebayo et al. 2018, "Sanity checks for saliency maps", §5.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one picture or a batch `[n, h, w, c]`.
 * @param options `target`, `scale` (`'logit'` by default).
 * @returns `values` `[n, h, w]`, never negative; `score` and `target` as of any method.
 * @throws {RangeError} if the model has no image input; else as {@link gradient}.
 * @example
 * ```ts
 * import { edgeMap, guidedBackprop, mapSimilarity, reduceChannels } from 'vitrine';
 * const guided = reduceChannels((await guidedBackprop(model, x)).values, 'maxAbs');
 * const { score } = mapSimilarity(guided, await edgeMap(model, x));
 * ```
 */
export function edgeMap(model: Model, x: Input, options: ExplainOptions = {}): Promise<Attribution> {
  return control(model, x, options, { method: 'edgeMap', map: edges });
}

function edges(pictures: NdArray): NdArray {
  const { shape, data } = reduceChannels(pictures, 'mean');
  const [, height, width] = shape as readonly [number, number, number];
  const clamp = (index: number, length: number): number => Math.min(Math.max(index, 0), length - 1);
  const magnitudes = data.map((_, i) => {
    const [row, column] = [Math.floor(i / width) % height, i % width];
    const start = i - row * width - column;
    const at = (down: number, right: number): number =>
      data[start + clamp(row + down, height) * width + clamp(column + right, width)] as number;
    const across = (down: number): number => at(down, 1) - at(down, -1);
    const along = (right: number): number => at(1, right) - at(-1, right);
    return Math.hypot(across(-1) + 2 * across(0) + across(1), along(-1) + 2 * along(0) + along(1));
  });
  return { shape, data: magnitudes };
}
