import { assertArray, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { allFinite, type NdArray } from '../../numeric/ndarray.ts';
import { type Check, kind } from '../../numeric/options.ts';

/** A share that leaves something on both sides. */
export const properShare: Check = kind('a number between 0 and 1', (value) => {
  return typeof value === 'number' && value > 0 && value < 1;
});

/** The activation above which each unit is on. */
export const unitThresholds: Check = kind('a Float64Array with a threshold for each unit', (value) => {
  return value instanceof Float64Array && value.length > 0 && value.every((threshold) => !Number.isNaN(threshold));
});

/** A list of concepts; numbers and categories are looked at together, by `conceptIndex`. */
export const conceptList: Check = kind('a list of {number, name, category}', (value) => {
  return Array.isArray(value) && value.every(isConcept);
});

function isConcept(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return ['name', 'category'].every((name) => typeof (value as Record<string, unknown>)[name] === 'string');
}

/** Refuses what are no activations `[…, units]` that are all finite, and says of which unit one is not. */
export function assertActivations(activations: NdArray<Float32Array | Float64Array>, units?: number): void {
  const rank = Array.isArray(activations?.shape) ? activations.shape.length : 1;
  assertArray('activations', activations, [Math.max(1, rank)]);
  if (!(activations.data instanceof Float32Array || activations.data instanceof Float64Array)) {
    throw new VitrineError('bad-argument', `"activations" expected floats, got ${describe(activations.data)}`);
  }
  const own = activations.shape.at(-1) as number;
  if (units !== undefined && own !== units) {
    const shape = activations.shape.join(', ');
    throw new VitrineError('bad-shape', `"activations" expected ${units} units, got shape [${shape}]`);
  }
  assertFiniteActivations(activations);
}

/** Refuses activations that are not all finite, and says of which unit. */
export function assertFiniteActivations({ shape, data }: NdArray<Float32Array | Float64Array>): void {
  if (allFinite(data)) return;
  const units = shape[shape.length - 1] as number;
  const found = data.findIndex((value) => !Number.isFinite(value));
  throw new VitrineError(
    'not-finite',
    `"activations" expected finite numbers, got ${data[found]} in unit ${found % units}`,
  );
}
