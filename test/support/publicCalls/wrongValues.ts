import * as tf from '@tensorflow/tfjs-core';

/** A thing with a class of its own. */
class Stranger {
  readonly weight = 3;
}

/** What the proxy among the values throws. */
export const fromOutside: Error = new Error('from the caller’s own object');

const never = (): never => {
  throw fromOutside;
};

/**
 * What may come where something else is expected. The types matter too: what the declared type of an argument admits is
 * no wrong kind of value.
 */
const wrongValues = {
  undefined: undefined,
  null: null,
  true: true as const,
  NaN: Number.NaN as number,
  Infinity: Number.POSITIVE_INFINITY as number,
  '-1': -1 as const,
  '0.5': 0.5 as const,
  '1e9': 1e9 as const,
  'empty text': '' as const,
  nonsense: 'nonsense' as const,
  symbol: Symbol('nonsense') as symbol,
  bigint: 3n as const,
  '[]': [] as [],
  '[null]': [null] as [null],
  '[NaN]': [Number.NaN] as [number],
  '{}': {} as const,
  'array of text': { shape: [1], data: 'x' } as { readonly shape: [number]; readonly data: string },
  'array that is too short': { shape: [2, 2], data: new Float32Array(3) } as {
    readonly shape: [number, number];
    readonly data: Float32Array;
  },
  // Of a type that every type of functions takes: what it gives is seen when it is called.
  function: (() => 5) as () => unknown as () => never,
  stranger: new Stranger() as Stranger,
  date: new Date(0) as Date,
  regexp: /nonsense/ as RegExp,
  map: new Map([['a', 1]]) as Map<string, number>,
  'no bytes': new Uint8Array(0) as Uint8Array,
  buffer: new ArrayBuffer(8) as ArrayBuffer,
  'object without prototype': Object.create(null) as Readonly<Record<never, never>>,
  'proxy that throws': new Proxy({}, { get: never, has: never, ownKeys: never, getPrototypeOf: never }) as symbol,
} as const;

/** Wrong values that are made of the right one, or of tensors. */
interface Made {
  readonly promise: Promise<unknown>;
  readonly 'disposed tensor': tf.Tensor;
  readonly 'tensor of text': tf.Tensor;
  readonly 'tensor without axes': tf.Tensor;
  /** Of the right rank with one more along each axis; only where the right value is an array or a tensor. */
  readonly 'other axes'?: unknown;
}

/** The wrong values for a place whose right value is given; the caller disposes the tensors. */
export function wrongFor(right: unknown): typeof wrongValues & Made {
  const disposed = tf.tensor([1, 2]);
  disposed.dispose();
  const made: Made = {
    promise: Promise.resolve(right),
    'disposed tensor': disposed,
    'tensor of text': tf.tensor(['a', 'b']),
    'tensor without axes': tf.scalar(1),
    ...otherAxes(right),
  };
  return { ...wrongValues, ...made };
}

function otherAxes(right: unknown): Pick<Made, 'other axes'> {
  const { shape, data } = (typeof right === 'object' && right !== null ? right : {}) as Record<string, unknown>;
  if (!Array.isArray(shape) || shape.length === 0 || !ArrayBuffer.isView(data)) return {};
  const other = shape.map((length: number) => length + 1);
  const Numbers = data.constructor as Float32ArrayConstructor;
  return { 'other axes': { shape: other, data: new Numbers(tf.util.sizeFromShape(other)) } };
}
