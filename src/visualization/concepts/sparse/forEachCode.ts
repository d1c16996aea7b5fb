import { assertArray, assertFiniteArray, assertInteger, describe } from '../../../numeric/check.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import { isTypedArray, type NdArray, sameShape } from '../../../numeric/ndarray.ts';
import { object } from '../../../numeric/options.ts';
import { forEachOf, type Sliced } from '../../../numeric/sliced.ts';
import { greatest } from './greatest.ts';
import { encode, type SparseParameters } from './sparseParameters.ts';
import type { SparseEncoding } from './types.ts';

/** Refuses what are no activations with units as their last axis. */
export function assertActivations(activations: NdArray): void {
  assertArray('activations', activations, [2, 3, 4, 5]);
  assertFiniteArray('activations', activations);
}

/** Is given the codes of a row, and the places of those that stay. */
export type VisitCodes = (row: number, codes: { readonly values: Float64Array; readonly places: Int32Array }) => void;

/** Encodes one row after the other. */
export function* forEachCode(
  parameters: SparseParameters,
  { values, active }: { readonly values: ArrayLike<number>; readonly active: number },
  visit: VisitCodes,
): Sliced<void> {
  const { size, units, bias } = parameters;
  const [codes, chosen] = [new Float64Array(size), new Int32Array(active)];
  yield* forEachOf(values.length / units, size * units, (row) => {
    const centred = Float64Array.from(bias, (value, unit) => (values[row * units + unit] as number) - value);
    encode(parameters, centred, codes);
    visit(row, { values: codes, places: chosen.subarray(0, greatest(codes, chosen)) });
  });
}

/** What was learnt, checked, in 64-bit numbers. */
export function parametersOf(codes: SparseEncoding): SparseParameters {
  object('codes', codes);
  const { encoder, encoderBias, decoder, bias, active } = codes;
  assertMatrix('codes.encoder', encoder);
  const [size, units] = encoder.shape as readonly [number, number];
  assertMatrix('codes.decoder', decoder, [size, units]);
  assertInteger('codes.active', active, [1, size]);
  return {
    size,
    units,
    encoder: Float64Array.from(encoder.data),
    encoderBias: vectorOf('codes.encoderBias', encoderBias, size),
    decoder: Float64Array.from(decoder.data),
    bias: vectorOf('codes.bias', bias, units),
  };
}

function assertMatrix(argument: string, matrix: NdArray, shape: readonly number[] = matrix?.shape): void {
  assertArray(argument, matrix, [2]);
  assertFiniteArray(argument, matrix);
  if (sameShape(matrix.shape, shape)) return;
  throw new VitrineError(
    'bad-shape',
    `"${argument}" expected shape [${shape.join(', ')}], got [${matrix.shape.join(', ')}]`,
  );
}

function vectorOf(argument: string, values: Float32Array, length: number): Float64Array {
  if (!isTypedArray(values))
    throw new VitrineError('bad-argument', `"${argument}" expected a Float32Array, got ${describe(values)}`);
  if (values.length !== length)
    throw new VitrineError('bad-shape', `"${argument}" expected ${length} numbers, got ${values.length}`);
  assertFiniteArray(argument, { shape: [length], data: values });
  return Float64Array.from(values);
}
