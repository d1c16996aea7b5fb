import { VitrineError } from '../../numeric/errors.ts';
import { type NdArray, rowOf } from '../../numeric/ndarray.ts';

/** ‖M ∘ Φ₀‖ of each example, of all features without a mask. @throws {VitrineError} where it is 0, and nothing could be inverted. */
export function featureNorms(features: NdArray, layer: string, mask?: NdArray): Float32Array {
  const norms = Float32Array.from(squaredDistances(features, undefined, mask), Math.sqrt);
  const unusable = norms.findIndex((norm) => !(norm > 0 && norm < Number.POSITIVE_INFINITY));
  if (unusable < 0) return norms;
  const what = norms[unusable] === 0 ? 'features that are all 0' : 'features that are not finite';
  throw new VitrineError(
    norms[unusable] === 0 ? 'bad-argument' : 'not-finite',
    `"x" expected examples that layer "${layer}" answers to, got ${what} for example ${unusable}`,
  );
}

/** ‖M ∘ (Φ − Φ₀)‖² / ‖M ∘ Φ₀‖² of each example. */
export function relativeDistances(found: NdArray, wanted: NdArray, mask?: NdArray): Float32Array {
  const sizes = squaredDistances(wanted, undefined, mask);
  return Float32Array.from(squaredDistances(found, wanted, mask), (distance, i) => distance / (sizes[i] as number));
}

/** ‖M ∘ (Φ − Φ₀)‖² of each example; from 0 where nothing is said. */
export function squaredDistances(found: NdArray, wanted?: NdArray, mask?: NdArray): Float64Array {
  return Float64Array.from({ length: found.shape[0] as number }, (_, example) => {
    const [a, b] = [rowOf(found, example), wanted && rowOf(wanted, example)];
    let sum = 0;
    for (let i = 0; i < a.length; i++) {
      sum += (((a[i] as number) - (b?.[i] ?? 0)) * (mask?.data[i] ?? 1)) ** 2;
    }
    return sum;
  });
}
