import { assertDissection } from '../../../dissection/shared.ts';
import type { Dissection } from '../../../dissection/types.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import type { NdArray, TypedArray } from '../../../numeric/ndarray.ts';
import { assertTable } from '../../classified.ts';
import type { NamedFeatures } from './describeSlices.ts';

/**
 * Which concepts the units of a dissected layer see in images: those of its detectors whose greatest activation in the image is
 * above their threshold.
 *
 * They are what the network takes for the concept, which need not be what is in the image.
 *
 * @param peaks the greatest activation of each unit in each image, `[n, units]`.
 * @param dissection of the same layer.
 * @returns `features` of zeros and ones, `[n, concepts]`, and the `names` of the concepts that detectors stand for, for
 * {@link describeSlices} and {@link unknownUnknowns}.
 * @throws {VitrineError} if it is no dissection, of another number of units, or without any detector.
 * @example
 * ```ts
 * import { dissectActivations } from 'vitrine';
 * import { detectedConcepts } from 'vitrine/diagnosis';
 * const dissection = await dissectActivations(labelled, { concepts, quantile: 0.05, threshold: 0.01 });
 * const peaks = { shape: [2, 4], data: Float32Array.of(5, 5, 5, 5, -5, -5, -5, -5) };
 * const { names, features } = detectedConcepts(peaks, dissection);
 * console.log(names, features.data);
 * ```
 */
export function detectedConcepts(peaks: NdArray<TypedArray>, dissection: Dissection): NamedFeatures {
  assertTable('peaks', peaks);
  assertDissection('dissection', dissection);
  const [count, width] = peaks.shape as readonly [number, number];
  if (width !== dissection.units.length) {
    throw new VitrineError('bad-shape', `"peaks" expected ${dissection.units.length} units, got ${width}`);
  }
  const detectors = dissection.units.filter(({ detector, best }) => detector && best !== null);
  const names = [...new Set(detectors.map(({ best }) => best?.concept as string))];
  if (names.length === 0)
    throw new VitrineError('bad-argument', '"dissection" expected at least one detector, got none');
  const data = new Uint8Array(count * names.length);
  for (const { unit, threshold, best } of detectors) {
    const column = names.indexOf(best?.concept as string);
    for (let i = 0; i < count; i++) {
      if ((peaks.data[i * width + unit] as number) > threshold) data[i * names.length + column] = 1;
    }
  }
  return { features: { shape: [count, names.length], data }, names };
}
