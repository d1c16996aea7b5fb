import { assertArray } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { type NdArray, sameShape, sizeOf, type TypedArray } from '../../numeric/ndarray.ts';
import type { Places } from '../maps/planes.ts';

/** Checks a given label map against an image or a volume: its size, and that every label from 0 to the largest one occurs. */
export function assertLabels(labels: NdArray<TypedArray>, { count, lengths }: Omit<Places, 'channels'>): Int32Array {
  assertArray('segments', labels, [lengths.length, lengths.length + 1]);
  const isOne = labels.shape.length === lengths.length;
  const [maps, ...sides] = (isOne ? [1, ...labels.shape] : labels.shape) as [number, ...number[]];
  if (!sameShape(sides, lengths) || (maps !== 1 && maps !== count)) {
    const one = `[${lengths.join(', ')}]`;
    const expected = count === 1 ? one : `${one} or [${[count, ...lengths].join(', ')}]`;
    throw new VitrineError(
      'bad-shape',
      `"segments" expected labels of shape ${expected}, got [${labels.shape.join(', ')}]`,
    );
  }
  const size = sizeOf(lengths);
  const data = Int32Array.from(labels.data);
  for (let i = 0; i < maps; i++) {
    assertContiguous(labels.data.subarray(i * size, (i + 1) * size));
  }
  if (maps === count) return data;
  return Int32Array.from({ length: count * size }, (_, i) => data[i % size] as number);
}

function assertContiguous(labels: TypedArray): void {
  const present = new Set<number>(labels);
  for (const label of present) {
    if (!Number.isInteger(label) || label < 0) {
      throw new VitrineError('bad-argument', `"segments" expected labels 0, 1, 2, …, got ${label}`);
    }
  }
  for (let label = 0; label < present.size; label++) {
    if (present.has(label)) continue;
    throw new VitrineError(
      'bad-argument',
      `"segments" expected every label from 0 to ${Math.max(...present)}, none is ${label}`,
    );
  }
}
