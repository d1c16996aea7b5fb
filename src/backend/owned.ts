import type { Tensor } from '@tensorflow/tfjs-core';
import type { NdArray, TypedArray } from '../numeric/ndarray.ts';

/**
 * What a caller hands over, as it is at this moment: arrays and plain objects are copied, tensors are read into arrays,
 * before anything is awaited. The caller may write into its arrays and dispose its tensors as soon as it has the promise.
 *
 * Functions, instances of classes and objects that hold functions (networks, rules, stores) stay as they are; of options,
 * the outermost object, only the functions do.
 *
 * @returns the copies, in which `{shape, data}` stands for each tensor.
 */
export async function owned<T extends readonly unknown[]>(...values: T): Promise<T> {
  const reads: Promise<void>[] = [];
  const copies = values.map((value) => (isPlain(value) ? entriesCopied(value, reads) : copied(value, reads)));
  await Promise.all(reads);
  return copies as unknown as T;
}

function copied(value: unknown, reads: Promise<void>[]): unknown {
  if (Array.isArray(value)) return value.map((item) => copied(item, reads));
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return 'slice' in value ? (value as TypedArray).slice() : value;
  if (value instanceof ArrayBuffer) return value.slice(0);
  if (isTensor(value)) return read(value, reads);
  if (!isPlain(value) || Object.values(value).some((item) => typeof item === 'function')) return value;
  return entriesCopied(value, reads);
}

function entriesCopied(value: object, reads: Promise<void>[]): object {
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, copied(item, reads)]));
}

/** The array that a tensor becomes; its data arrive with what is pushed to `reads`. A disposed one is left to be refused. */
function read(tensor: Tensor, reads: Promise<void>[]): Tensor | Partial<NdArray<TypedArray>> {
  if (tensor.isDisposed) return tensor;
  const array: { shape: readonly number[]; data?: TypedArray } = { shape: [...tensor.shape] };
  reads.push(
    tensor.data().then((data) => {
      array.data = data.slice();
    }),
  );
  return array;
}

function isTensor(value: object): value is Tensor {
  return 'dataId' in value && 'isDisposed' in value;
}

/** Whether a value is an object literal, of whichever realm. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
