import type { Input, Model } from '../../network/types.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import type { Attribution, ExplainOptions } from '../../scoring/types.ts';
import { control } from './control.ts';

/**
 * A negative control: a bell in the middle of the picture, where people put what they photograph.
 *
 * $e^{-(u^2 + v^2) / 2}$ with $u$ and $v$ the distances from the middle in quarters of the height and the width, in a volume
 * of the depth too. A localisation metric that this map wins measures where objects are, not what the network saw.
 *
 * Source: the centre baseline of Zhang et al. 2016, "Top-down neural attention by excitation backprop", §4.1.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one picture or a batch `[n, h, w, c]`, or volumes `[n, d, h, w, c]`.
 * @param options `target`, `scale` (`'logit'` by default).
 * @returns `values` `[n, h, w]` (of volumes `[n, d, h, w]`), the same for every example; `score` and `target` as of any method.
 * @throws {VitrineError} if the model has no input of images or volumes; else as {@link gradient}.
 * @example
 * ```ts
 * import { centerMap, pointingGame } from 'vitrine';
 * const mask = { shape: [16, 16], data: Uint8Array.from({ length: 256 }, (_, i) => Number(i % 16 < 8)) };
 * const { score } = pointingGame(await centerMap(model, x), mask, { tolerance: 0 });
 * ```
 */
export function centerMap(model: Model, x: Input, options: ExplainOptions = {}): Promise<Attribution> {
  return control(model, x, options, { method: 'centerMap', map: bells });
}

function bells({ shape }: NdArray): NdArray {
  const [count, ...lengths] = shape.slice(0, -1) as [number, ...number[]];
  const one = lengths
    .map(bell)
    .reduce((product, along) =>
      Float64Array.from(Array.from(product).flatMap((value) => Array.from(along, (own) => value * own))),
    );
  const data = Float32Array.from({ length: count * one.length }, (_, i) => one[i % one.length] as number);
  return { shape: [count, ...lengths], data };
}

function bell(length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => Math.exp(-0.5 * ((4 * (i - (length - 1) / 2)) / length) ** 2));
}
