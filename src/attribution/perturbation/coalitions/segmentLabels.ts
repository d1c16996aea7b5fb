import { segmenting } from '../../../image/segmentation/segmenting.ts';
import type { Segments } from '../../../image/types.ts';
import { describe } from '../../../numeric/check.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import { type NdArray, sameShape, sizeOf } from '../../../numeric/ndarray.ts';
import type { Sliced } from '../../../numeric/sliced.ts';
import { isPlaced } from '../../../scoring/placedInput.ts';

/** The segment of every position of an input, channels of an image or a volume left out, `[n, positions]`. */
export function* segmentLabels(divided: NdArray, segments: Segments | undefined): Sliced<NdArray<Int32Array>> {
  const { shape, data } = divided;
  const count = shape[0] as number;
  if (isPlaced(shape)) {
    if (segments === undefined) {
      const what =
        shape.length === 4 ? 'image, such as {grid: 8} or {slic: 50}' : 'volume, such as {grid: 4} or {slic: 50}';
      throw new VitrineError('bad-argument', `"segments" expected a division of the ${what}`);
    }
    const labels = (yield* segmenting(divided, segments)).data;
    return { shape: [count, labels.length / count], data: labels };
  }
  const size = sizeOf(shape.slice(1));
  if (segments === undefined) return { shape: [count, size], data: Int32Array.from(data, (_, i) => i % size) };
  // Features in a row: a label map of one line.
  const maps = featureLabels(segments, shape) ? 1 : count;
  const line = { shape: [count, 1, size], data };
  const labels = yield* segmenting(line, { shape: [maps, 1, size], data: (segments as NdArray<Int32Array>).data });
  return { shape: [count, size], data: labels.data };
}

/** Whether labels of features are one map for all examples rather than one for each. */
function featureLabels(segments: Segments, shape: readonly number[]): boolean {
  const feature = shape.slice(1);
  const expected = `labels of shape [${feature.join(', ')}] or [${shape.join(', ')}]`;
  if (segments === null || typeof segments !== 'object' || !('data' in segments)) {
    throw new VitrineError(
      'bad-argument',
      `"segments" expected ${expected} for an input that is no image, got ${describe(segments)}`,
    );
  }
  if (sameShape(segments.shape, feature)) return true;
  if (sameShape(segments.shape, shape)) return false;
  throw new VitrineError('bad-shape', `"segments" expected ${expected}, got [${segments.shape.join(', ')}]`);
}
