import { expect, test } from 'vitest';
import { sharedSimdModule, simdModule } from '../../src/backend/kernels/simd.generated.ts';

// Pages that are not isolated have no shared memory.
const canShare = typeof SharedArrayBuffer !== 'undefined';
const modules = [
  { name: 'its own memory', module: simdModule, limits: { initial: 1 } },
  ...(canShare
    ? [{ name: 'shared memory', module: sharedSimdModule, limits: { initial: 1, maximum: 65536, shared: true } }]
    : []),
];

test.each(modules)('reluGradient on $name writes its result and nothing beyond', async ({ module, limits }) => {
  const memory = new WebAssembly.Memory(limits);
  const numbers = new Float32Array(memory.buffer);
  numbers.set([1, 2, 3, 4, 5, 6, 7], 0);
  numbers.set([0, 1, -1, 6, 7, 3, 2], 8);
  numbers.fill(9, 16, 32);
  const bytes = Uint8Array.from(atob(module), (char) => char.charCodeAt(0));
  const { instance } = await WebAssembly.instantiate(bytes, { backend: { memory } });
  (instance.exports['reluGradient'] as (...numbers: number[]) => void)(0, 32, 64, 7, 6);
  expect(Array.from(numbers.slice(16, 32))).toEqual([0, 2, 0, 0, 0, 6, 7, 9, 9, 9, 9, 9, 9, 9, 9, 9]);
});
