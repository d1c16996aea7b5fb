import { VitrineError } from '../../numeric/errors.ts';
import { allFinite, type NdArray } from '../../numeric/ndarray.ts';

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

/** Refuses activations of another number of units. */
export function assertUnits({ shape }: NdArray<Float32Array | Float64Array>, units: number): void {
  if (shape[shape.length - 1] === units) return;
  throw new VitrineError('bad-shape', `"activations" expected ${units} units, got shape [${shape.join(', ')}]`);
}
