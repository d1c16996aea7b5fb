import { assertList } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { addTo } from '../../numeric/ndarray.ts';
import { atOnce } from '../../numeric/sliced.ts';
import { conceptIndex } from '../counting/conceptIndex.ts';
import type { Dissection } from '../types.ts';
import { assertDissection } from './assertDissection.ts';
import { dissectionFrom } from './dissectionFrom.ts';

/**
 * The dissection of all images together, of dissections of parts of them with the same thresholds.
 *
 * All counts are integers: the result does not depend on how images were divided.
 *
 * @param parts dissections of the same units, thresholds, concepts and categories.
 * @returns the dissection of all their images, with the threshold of the first.
 * @throws {VitrineError} if there is none, or they differ in thresholds, concepts, categories or the size of labels.
 * @example
 * ```ts
 * import { dissectActivations, mergeDissections } from 'vitrine';
 * const whole = await dissectActivations(labelled, { concepts });
 * const twice = mergeDissections([whole, whole]);
 * console.log(twice.imageCount === 2 * whole.imageCount, twice.detectors === whole.detectors);
 * ```
 */
export function mergeDissections(parts: readonly Dissection[]): Dissection {
  assertList('parts', parts);
  parts.forEach((part, i) => assertDissection(`parts[${i}]`, part));
  const [first] = parts;
  if (!first) throw new VitrineError('bad-argument', '"parts" expected at least one dissection, got none');
  const { thresholds, concepts, categories, size, threshold } = first;
  const tally = {
    intersection: new Float64Array(first.intersection.data.length),
    mask: new Float64Array(first.mask.length),
    area: new Float64Array(first.area.data.length),
    truth: new Float64Array(first.truth.length),
    extent: new Float64Array(first.extent.length),
    images: Float64Array.of(0, ...size),
  };
  for (const [i, part] of parts.entries()) {
    for (const name of ['thresholds', 'concepts', 'categories', 'size'] as const) {
      if (JSON.stringify([...part[name]]) === JSON.stringify([...first[name]])) continue;
      throw new VitrineError('bad-argument', `"parts[${i}]" expected the ${name} of "parts[0]", got others`);
    }
    addTo(tally.intersection, part.intersection.data);
    addTo(tally.mask, part.mask);
    addTo(tally.area, part.area.data);
    addTo(tally.truth, part.truth);
    addTo(tally.extent, part.extent);
    addTo(tally.images, Float64Array.of(part.imageCount));
  }
  return atOnce(dissectionFrom({ tally, thresholds, index: conceptIndex(concepts, categories), threshold }));
}
