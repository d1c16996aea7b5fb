import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { assertInputSize } from '../graph/site.ts';
import type { ReceptiveField } from './receptiveField.ts';

/** The part of an input that a position covers: first and last pixel along rows and columns. */
export interface FieldBox {
  readonly rows: readonly [first: number, last: number];
  readonly columns: readonly [first: number, last: number];
}

/**
 * The box of the input that one position of a layer sees, cut off at the border of the input.
 *
 * $$ [\max(\text{low} + i\,j, 0),\; \min(\text{high} + i\,j, n - 1)] $$
 * for position i, jump j and n pixels; empty, its first pixel behind its last, where all lies in the padding.
 *
 * @param field of a layer, from `receptiveField`.
 * @param position `[row, column]` in the layer.
 * @param inputSize rows and columns of the input.
 * @returns first and last pixel, both included; fractions of pixels where the layer comes after up-sampling.
 * @throws {VitrineError} if the layer has no such position, or `inputSize` is no pair of positive integers.
 * @example
 * ```ts
 * import { receptiveField } from 'vitrine';
 * import { fieldBox } from 'vitrine/network';
 * const { rows, columns } = fieldBox(receptiveField(model, 'conv3'), [2, 5], [16, 16]);
 * ```
 */
export function fieldBox(
  field: ReceptiveField,
  position: readonly [row: number, column: number],
  inputSize: readonly [rows: number, columns: number],
): FieldBox {
  assertField(field);
  assertPosition(position, field);
  assertInputSize(inputSize);
  const along = (axis: 0 | 1): [number, number] => {
    const moved = position[axis] * field.jump[axis];
    const [first, last] = [whole(field.low[axis] + moved), whole(field.high[axis] + moved)];
    return [Math.max(first, 0), Math.min(last, inputSize[axis] - 1)];
  };
  return { rows: along(0), columns: along(1) };
}

// A whole pixel that comes out of thirds of pixels must not be lost to rounding.
function whole(pixel: number): number {
  const nearest = Math.round(pixel);
  return Math.abs(pixel - nearest) < 1e-9 ? nearest : pixel;
}

function assertField(field: unknown): void {
  const { jump, low, high, outputLength } = (field ?? {}) as Partial<Record<keyof ReceptiveField, unknown>>;
  if ([jump, low, high, outputLength].every((pair) => Array.isArray(pair) && pair.length === 2)) return;
  throw new VitrineError(
    'bad-argument',
    `"field" expected the field of a layer, from receptiveField, got ${describe(field)}`,
  );
}

function assertPosition(position: readonly [number, number], { outputLength }: ReceptiveField): void {
  const isInside = (index: unknown, axis: number): boolean =>
    Number.isInteger(index) && (index as number) >= 0 && (index as number) < (outputLength[axis] ?? Infinity);
  if (Array.isArray(position) && position.length === 2 && position.every(isInside)) return;
  const size = outputLength.map((length) => length ?? 'any').join(' × ');
  throw new VitrineError(
    'bad-argument',
    `"position" expected [row, column] in a layer of ${size}, got ${describe(position)}`,
  );
}
