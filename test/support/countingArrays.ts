const kinds = [
  'ArrayBuffer',
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
] as const;

/** Counts the bytes of the buffers and typed arrays that code asks for while it runs, views left out. */
export async function countingArrays<T>(run: () => Promise<T>): Promise<{ result: T; largest: number; total: number }> {
  const originals = kinds.map((kind) => [kind, globalThis[kind]] as const);
  let [largest, total] = [0, 0];
  const count = (made: ArrayBuffer | ArrayBufferView, first: unknown): void => {
    if (first instanceof ArrayBuffer && ArrayBuffer.isView(made)) return;
    largest = Math.max(largest, made.byteLength);
    total += made.byteLength;
  };
  for (const [kind, original] of originals) {
    const counted = new Proxy(original as new (...args: unknown[]) => ArrayBuffer | ArrayBufferView, {
      construct(target, args, made) {
        const array = Reflect.construct(target, args, made === counted ? target : made) as ArrayBuffer;
        count(array, args[0]);
        return array;
      },
    });
    Object.assign(globalThis, { [kind]: counted });
  }
  try {
    const result = await run();
    return { result, largest, total };
  } finally {
    Object.assign(globalThis, Object.fromEntries(originals));
  }
}
