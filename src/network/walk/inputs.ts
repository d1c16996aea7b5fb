import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { assertFiniteArray, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { isTypedArray, type NdArray, sizeOf, type TypedArray } from '../../numeric/ndarray.ts';
import type { Site } from '../graph/graph.ts';
import type { Network } from '../network.ts';
import type { Input } from '../types.ts';
import { assertTokens } from './assertTokens.ts';

/** Reads what a user gave as input into one checked batch per input of the model. */
export async function readInputs(network: Network, x: Input, argument = 'x'): Promise<readonly NdArray[]> {
  const given = Array.isArray(x) ? (x as readonly (Tensor | NdArray)[]) : [x as Tensor | NdArray];
  const { inputs } = network;
  if (given.length !== inputs.length) {
    const names = inputs.map(({ address }) => address).join(', ');
    throw new VitrineError(
      'bad-shape',
      `"${argument}" expected ${inputs.length} input(s) (${names}), got ${given.length}`,
    );
  }
  const batches = await Promise.all(
    given.map((value, i) => readInput(value, inputs[i] as Site, inputs.length > 1 ? `${argument}[${i}]` : argument)),
  );
  const counts = batches.map(({ shape }) => shape[0] as number);
  if (new Set(counts).size > 1) {
    throw new VitrineError(
      'bad-shape',
      `"${argument}" expected as many examples in each input, got ${counts.join(', ')}`,
    );
  }
  assertTokens(network, batches, argument);
  return batches;
}

/** Rows of a batch as a tensor; the caller's scope owns it. */
export function rowsOf({ shape, data }: NdArray, start: number, end: number): Tensor {
  const size = sizeOf(shape.slice(1));
  return tf.tensor(data.slice(start * size, end * size), [end - start, ...shape.slice(1)], 'float32');
}

async function readInput(value: Tensor | NdArray, site: Site, argument: string): Promise<NdArray> {
  const { shape, data } = await readArray(value, argument);
  const batched = shape.length === site.shape.length - 1 ? [1, ...shape] : [...shape];
  assertShape(batched, { site, argument, given: shape });
  assertFiniteArray(argument, { shape: batched, data });
  return { shape: batched, data };
}

/** The values of a tensor or array as 32-bit floats. */
export async function readArray(value: Tensor | NdArray<TypedArray>, argument: string): Promise<NdArray> {
  if (value === null || typeof value !== 'object' || !Array.isArray(value.shape)) {
    throw new VitrineError('bad-argument', `"${argument}" expected a tensor or {shape, data}, got ${describe(value)}`);
  }
  if ('dataId' in value) {
    if (value.isDisposed)
      throw new VitrineError('disposed', `"${argument}" expected a live tensor, got a disposed one`);
    if (value.dtype === 'string' || value.dtype === 'complex64')
      throw new VitrineError(
        'bad-argument',
        `"${argument}" expected real numbers, got a tensor of type ${value.dtype}`,
      );
    return { shape: value.shape, data: asFloats(await value.data()) };
  }
  if (!isTypedArray(value.data)) {
    throw new VitrineError(
      'bad-argument',
      `"${argument}.data" expected a typed array of numbers, got ${describe(value.data)}`,
    );
  }
  if (!value.shape.every((length) => Number.isInteger(length) && length >= 0)) {
    throw new VitrineError('bad-shape', `"${argument}.shape" expected lengths of axes, got ${describe(value.shape)}`);
  }
  if (value.data.length !== sizeOf(value.shape)) {
    throw new VitrineError(
      'bad-shape',
      `"${argument}" expected ${sizeOf(value.shape)} numbers for shape [${value.shape.join(', ')}], got ${value.data.length}`,
    );
  }
  return { shape: value.shape, data: asFloats(value.data) };
}

function asFloats(data: TypedArray): Float32Array {
  return data instanceof Float32Array ? data : Float32Array.from(data);
}

function assertShape(
  batched: readonly number[],
  { site, argument, given }: { site: Site; argument: string; given: readonly number[] },
): void {
  const fits =
    batched.length === site.shape.length &&
    batched.every((length, axis) => axis === 0 || site.shape[axis] === null || site.shape[axis] === length);
  const example = site.shape.slice(1).map((length) => length ?? '?');
  if (!fits) {
    throw new VitrineError(
      'bad-shape',
      `"${argument}" expected shape [n, ${example.join(', ')}] or [${example.join(', ')}] for input "${site.address}", got [${given.join(', ')}]`,
    );
  }
  if (sizeOf(batched) === 0) {
    throw new VitrineError('bad-shape', `"${argument}" expected at least one example, got shape [${given.join(', ')}]`);
  }
}
