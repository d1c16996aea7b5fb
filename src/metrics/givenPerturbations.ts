import { assertArray, assertFiniteArray } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import { type NdArray, sameShape } from '../numeric/ndarray.ts';

/** Arrays `[samples, n, …]` that were given for the examples of an input, one after the other. */
export function givenPerturbations(
  argument: string,
  array: NdArray,
  input: NdArray,
): { readonly samples: number; readonly perturbation: (_: unknown, example: number, sample: number) => Float32Array } {
  assertArray(argument, array, [input.shape.length + 1]);
  assertFiniteArray(argument, array);
  const [samples, ...shape] = array.shape as readonly [number, ...number[]];
  if (!sameShape(shape, input.shape)) {
    throw new VitrineError(
      'bad-shape',
      `"${argument}" expected shape [samples, ${input.shape.join(', ')}], got [${array.shape.join(', ')}]`,
    );
  }
  const size = input.data.length / (input.shape[0] as number);
  return {
    samples,
    perturbation: (_, example, sample) => {
      const start = sample * input.data.length + example * size;
      return array.data.subarray(start, start + size);
    },
  };
}
