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
export function owned<T extends readonly unknown[]>(...values: T): Promise<T> {
  const copies = copiesOf(values);
  // A call that fails before it waits for its copies would leave their failure to nobody, which ends a process of Node.
  copies.catch(() => undefined);
  return copies;
}

async function copiesOf<T extends readonly unknown[]>(values: T): Promise<T> {
  const reads: Promise<void>[] = [];
  const copying: Copying = { reads, path: new Set() };
  const copies = values.map((value) => (isPlain(value) ? entriesCopied(value, copying) : copied(value, copying)));
  await Promise.all(reads);
  return copies as unknown as T;
}

interface Copying {
  readonly reads: Promise<void>[];
  /** What is being copied; what holds itself is left to be refused. */
  readonly path: Set<unknown>;
}

function copied(value: unknown, copying: Copying): unknown {
  if (Array.isArray(value)) return within(value, copying, () => value.map((item) => copied(item, copying)));
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return 'slice' in value ? (value as TypedArray).slice() : value;
  if (value instanceof ArrayBuffer) return value.slice(0);
  if (isTensor(value)) return read(value, copying.reads);
  if (!isPlain(value) || Object.values(value).some((item) => typeof item === 'function')) return value;
  return entriesCopied(value, copying);
}

function entriesCopied(value: object, copying: Copying): object {
  return within(value, copying, () =>
    Object.fromEntries(Object.entries(value).map(([name, item]) => [name, copied(item, copying)])),
  );
}

function within(value: object, { path }: Copying, copy: () => object): object {
  if (path.has(value)) return value;
  path.add(value);
  const made = copy();
  path.delete(value);
  return made;
}

/** The array that a tensor becomes; its data arrive with what is pushed to `reads`. One that is disposed or holds no real numbers is left to be refused. */
function read(tensor: Tensor, reads: Promise<void>[]): Tensor | Partial<NdArray<TypedArray>> {
  if (tensor.isDisposed || tensor.dtype === 'string' || tensor.dtype === 'complex64') return tensor;
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
