import { expect } from 'vitest';
import { sharing } from '../../src/backend/kernels/simd/sharing.ts';
import { canShare, ownMemory, sharedMemory, takenBuilds } from './simdBuilds.ts';

/** A function of a module of kernels. */
export type Kernel = (...numbers: number[]) => void;

/** A call of a kernel. */
export interface KernelCall {
  readonly operands: readonly Float64Array[];
  /** All that the kernel is given but the part, from the addresses. */
  addressed(operands: readonly number[], result: number, scratch: readonly [number, number]): number[];
  /** Bytes for each part. */
  readonly room: number;
  /** How many numbers are made. */
  readonly size: number;
}

/** The kernels of each build on each kind of memory, of some pages. */
export function kernelsOnMemories(
  pages: number,
): { build: string; name: string; memory: WebAssembly.Memory; kernels: Readonly<Record<string, Kernel>> }[] {
  const memories = [
    { name: 'its own', made: ownMemory, fitting: (module: Uint8Array<ArrayBuffer>) => module },
    ...(canShare ? [{ name: 'shared', made: () => sharedMemory(1), fitting: sharing }] : []),
  ];
  return takenBuilds.flatMap((build) =>
    memories.map(({ name, made, fitting }) => {
      const memory = made();
      memory.grow(pages - 1);
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(fitting(build.bytes)), { env: { memory } });
      return { build: build.name, name, memory, kernels: exports as Record<string, Kernel> };
    }),
  );
}

/** The same numbers in any parts, the last first and one twice; given are those that it makes at once. */
export function inParts(memory: WebAssembly.Memory, kernel: Kernel, call: KernelCall): Float32Array {
  const [whole, ...others] = [1, 2, 3, 7].map((parts) => written(memory, kernel, call, parts));
  for (const values of others) expect(values).toEqual(whole);
  return whole as Float32Array;
}

const beside = 16;

/** What is written, with untouched numbers on both sides of the result and of the room of each part. */
function written(memory: WebAssembly.Memory, kernel: Kernel, call: KernelCall, parts: number): Float32Array {
  const all = new Float32Array(memory.buffer);
  const rooms = Array<number>(parts).fill(Math.ceil(call.room / 64) * 16);
  const lengths = [...call.operands.map(({ length }) => length), call.size, ...rooms];
  const starts = lengths.map((_, i) => lengths.slice(0, i).reduce((sum, length) => sum + length + beside, beside));
  const end = (starts.at(-1) as number) + (lengths.at(-1) as number) + beside;
  expect(end).toBeLessThan(all.length);
  all.fill(9, 0, end);
  call.operands.forEach((operand, i) => all.set(operand, starts[i]));
  const result = starts[call.operands.length] as number;
  const room = 4 * (starts[call.operands.length + 1] as number);
  const numbers = call.addressed(
    starts.slice(0, call.operands.length).map((start) => 4 * start),
    4 * result,
    [room, 64 * Math.ceil(call.room / 64) + 4 * beside],
  );
  const order = Array.from({ length: parts }, (_, i) => parts - 1 - i).concat(0);
  for (const part of order) kernel(...numbers, part, parts);
  const between = starts.flatMap((start) => [...all.subarray(start - beside, start)]);
  expect([...between, ...all.subarray(end - beside, end)].every((value) => value === 9)).toBe(true);
  return all.slice(result, result + call.size);
}
