import type { Site } from '../network/graph/graph.ts';
import { openShapeText } from '../network/graph/site.ts';
import { assertFiniteArray, describe } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import type { Direction } from './types.ts';

/** Refuses what is no vector of a direction: finite numbers that are not all 0. */
export function assertVector(argument: string, vector: unknown): asserts vector is Direction['vector'] {
  if (!Array.isArray(vector) && !(vector instanceof Float32Array)) {
    throw new VitrineError('bad-argument', `"${argument}" expected a Float32Array or a list, got ${describe(vector)}`);
  }
  vector.forEach((value: unknown, unit: number) => {
    if (typeof value === 'number') return;
    throw new VitrineError('bad-argument', `"${argument}[${unit}]" expected a number, got ${describe(value)}`);
  });
  assertFiniteArray(argument, { shape: [vector.length], data: Float64Array.from(vector) });
  if (vector.every((value: number) => value === 0)) {
    throw new VitrineError(
      'bad-argument',
      `"${argument}" expected numbers that are not all 0, got ${vector.length} of 0`,
    );
  }
}

/** Refuses a vector that has not one number for each unit of a layer. */
export function assertLength(
  argument: string,
  { length }: Direction['vector'],
  { address, shape }: Pick<Site, 'address' | 'shape'>,
): void {
  const units = shape.at(-1) ?? length;
  if (length === units) return;
  throw new VitrineError(
    'bad-shape',
    `"${argument}" expected ${units} numbers, one for each unit of layer "${address}" of shape ${openShapeText(shape)}, got ${length}`,
  );
}
