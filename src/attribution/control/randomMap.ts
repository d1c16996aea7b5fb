import type { Input, Model } from '../../network/types.ts';
import { type NdArray, sizeOf } from '../../numeric/ndarray.ts';
import { random } from '../../numeric/random.ts';
import type { Attribution, ExplainOptions } from '../../scoring/types.ts';
import { control } from './control.ts';

/**
 * A negative control: normal noise in place of an explanation.
 *
 * $R_i \sim N(0, 1)$. What a metric gives this map is what chance gives; a method that is no better has found nothing.
 *
 * Source: the random control of Hooker et al. 2019, "A benchmark for interpretability methods in deep neural networks".
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one picture or a batch `[n, h, w, c]`, or volumes `[n, d, h, w, c]`.
 * @param options `seed`, `target`, `scale` (`'logit'` by default).
 * @returns `values` `[n, h, w]` (of volumes `[n, d, h, w]`) with mean 0 and variance 1; `score` and `target` as of any method.
 * @throws {VitrineError} if the model has no input of images or volumes; else as {@link gradient}.
 * @example
 * ```ts
 * import { deletion, randomMap } from 'vitrine';
 * const { score } = await deletion(model, x, { attribution: await randomMap(model, x, { seed: 1 }) });
 * ```
 */
export function randomMap(model: Model, x: Input, options: ExplainOptions = {}): Promise<Attribution> {
  return control(model, x, options, { method: 'randomMap', map: noise });
}

function noise({ shape }: NdArray, seed: number): NdArray {
  const [count, ...lengths] = shape.slice(0, -1) as [number, ...number[]];
  const maps = Array.from({ length: count }, (_, example) => {
    const { normal } = random(seed, example);
    return Array.from({ length: sizeOf(lengths) }, normal);
  });
  return { shape: [count, ...lengths], data: Float32Array.from(maps.flat()) };
}
