import { reduceChannels } from '../../image/maps/reduceChannels.ts';
import type { Input, Model } from '../../network/types.ts';
import { type NdArray, sizeOf } from '../../numeric/ndarray.ts';
import type { Attribution, ExplainOptions } from '../../scoring/types.ts';
import { control } from './control.ts';

/**
 * A negative control: the edges of the picture by the Sobel operator.
 *
 * $\sqrt{g_x^2 + g_y^2}$ of the mean of the channels (and along the depth of a volume), the border going on beyond the
 * picture. A map that looks like
 * this one need not know the network.
 *
 * Source: Adebayo et al. 2018, "Sanity checks for saliency maps", §5.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one picture or a batch `[n, h, w, c]`, or volumes `[n, d, h, w, c]`.
 * @param options `target`, `scale` (`'logit'` by default).
 * @returns `values` `[n, h, w]` (of volumes `[n, d, h, w]`), never negative; `score` and `target` as of any method.
 * @throws {VitrineError} if the model has no input of images or volumes; else as {@link gradient}.
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
  const axes = shape.map((_, axis) => axis).slice(1);
  const slopes = axes.map((axis) =>
    axes.reduce<ArrayLike<number>>(
      (values, other) => along(values, shape, { axis: other, kernel: other === axis ? SLOPE : BELL }),
      data,
    ),
  );
  return { shape, data: data.map((_, i) => Math.hypot(...slopes.map((slope) => slope[i] as number))) };
}

const SLOPE = [-1, 0, 1] as const;
const BELL = [1, 2, 1] as const;

/** Weighted sums of each place and its neighbours along an axis, which goes on beyond its ends. */
function along(
  values: ArrayLike<number>,
  shape: readonly number[],
  { axis, kernel }: { axis: number; kernel: readonly [number, number, number] },
): Float64Array {
  const length = shape[axis] as number;
  const step = sizeOf(shape.slice(axis + 1));
  return Float64Array.from(values, (value, i) => {
    const index = Math.floor(i / step) % length;
    const before = values[index > 0 ? i - step : i] as number;
    const after = values[index + 1 < length ? i + step : i] as number;
    return kernel[0] * before + kernel[1] * value + kernel[2] * after;
  });
}
