import type { DataType, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from '../../../numeric/ndarray.ts';
import { bound, type KernelRunner, type SimdBuild, type SimdKernels, type SimdModules } from './instances.ts';

/** An address in bytes in the memory of the wasm backend. */
type Address = number;

/** The kernels on the memory of a backend, and where its tensors lie there. */
interface Simd {
  readonly memory: WebAssembly.Memory;
  readonly runner: KernelRunner;
  address(tensor: TensorInfo): Address;
  makeOutput(shape: readonly number[]): TensorInfo;
  free(output: TensorInfo): void;
}

/** The part of tfjs's wasm backend that is used here; none of it is public, so all of it is checked. */
interface WasmBackend {
  readonly wasm: { readonly asm?: { readonly memory?: unknown }; readonly wasmMemory?: unknown };
  readonly dataIdMap: { get(dataId: object): { readonly memoryOffset?: unknown } | undefined };
  makeOutput(shape: readonly number[], dtype: DataType): TensorInfo;
  disposeData(dataId: object): boolean;
}

// Instances are bound to the memory of one backend and cost a compilation: they are made once for each backend, and go
// with it.
const started = new WeakMap<object, Simd | undefined>();

/** As many addresses as operands. */
type Addresses<Operands extends readonly Tensor[]> = { [Index in keyof Operands]: Address };

/** What a computation by SIMD kernels is given. */
export interface SimdCall<Operands extends readonly Tensor[]> {
  readonly kernels: SimdKernels;
  /** Where the operands lie. */
  readonly at: Addresses<Operands>;
  readonly result: Address;
  /** Room for what each part of a kernel needs besides: its address, and the bytes from one part to the next. */
  scratch(bytes: number): [Address, number];
}

/**
 * A float32 tensor computed by SIMD kernels, which know nothing of tfjs: undefined where the current backend has none or
 * they were not {@link startSimd started}, an operand is not float32 or is disposed of (of which tfjs shall complain), or a
 * tape records, which would miss the operation.
 *
 * @param build `'plain'` rounds as tfjs's own kernels do; `'fastest'`, the default, may fuse products and sums.
 */
export function bySimd<const Operands extends readonly Tensor[]>(
  operands: Operands,
  shape: readonly number[],
  run: (call: SimdCall<Operands>) => void,
  build: SimdBuild = 'fastest',
): Tensor | undefined {
  const simd = simdFor(operands);
  const kernels = simd?.runner.kernels(build, numbersOf(operands, shape));
  if (!simd || !kernels) return undefined;
  // To ask for its address moves a tensor here from another backend.
  const at = operands.map(simd.address) as Addresses<Operands>;
  const output = simd.makeOutput(shape);
  const extra: TensorInfo[] = [];
  const scratch = (bytes: number): [Address, number] => {
    // Parts begin on cache lines, so that no two threads write on one.
    const step = 64 * Math.ceil(bytes / 64);
    const room = simd.makeOutput([(step * simd.runner.parts + 64) / 4]);
    extra.push(room);
    return [64 * Math.ceil(simd.address(room) / 64), step];
  };
  try {
    run({ kernels, at, result: simd.address(output), scratch });
  } catch (error) {
    simd.free(output);
    throw error;
  } finally {
    extra.forEach(simd.free);
  }
  return tf.engine().makeTensorFromTensorInfo(output);
}

/** How many numbers are read and written: work that is worth to be shared. */
function numbersOf(operands: readonly Tensor[], shape: readonly number[]): number {
  return operands.reduce((sum, { size }) => sum + size, sizeOf(shape));
}

/** Whether {@link bySimd} computes something of these operands. */
export function canUseSimd(operands: readonly Tensor[]): boolean {
  return simdFor(operands) !== undefined;
}

function simdFor(operands: readonly Tensor[]): Simd | undefined {
  const usable = operands.every(({ dtype, isDisposed }) => dtype === 'float32' && !isDisposed);
  return usable && !isRecorded() ? started.get(tf.backend()) : undefined;
}

/** Whether a tape records what is computed now. Within a kernel, of which it recorded the call, it does not. */
function isRecorded(): boolean {
  const { gradientDepth, kernelDepth } = tf.engine().state;
  return gradientDepth > 0 && kernelDepth === 0;
}

/** Whether the current backend may run the kernels, for which their modules are worth loading. */
export function mayUseSimd(): boolean {
  return isWasmBackend(tf.backend());
}

/** Which SIMD the kernels of the current backend are of; undefined where it has none, or they were not started. */
export function simdInUse(): 'relaxed SIMD' | 'SIMD' | undefined {
  const runner = started.get(tf.backend())?.runner;
  if (!runner) return undefined;
  return runner.isRelaxed ? 'relaxed SIMD' : 'SIMD';
}

/** Makes the kernels ready for the current backend, once for each. */
export function startSimd(modules: SimdModules): void {
  const backend = tf.backend();
  if (!started.has(backend)) started.set(backend, simdOn(backend, modules));
}

/** The memory of a backend on which kernels were started. */
export function memoryOfKernels(backend: object): WebAssembly.Memory | undefined {
  return started.get(backend)?.memory;
}

/** Has the kernels of a backend run otherwise from now on: in threads, or by this one alone again. */
export function setRunner(backend: object, runner: KernelRunner): void {
  const simd = started.get(backend);
  if (simd) started.set(backend, { ...simd, runner });
}

function simdOn(backend: object, modules: SimdModules): Simd | undefined {
  if (!isWasmBackend(backend)) return undefined;
  const memory = memoryOf(backend);
  const runner = memory && bound(memory, modules);
  if (!runner) return undefined;
  const simd: Simd = {
    memory,
    runner,
    address: ({ dataId }) => backend.dataIdMap.get(dataId)?.memoryOffset as Address,
    makeOutput: (shape) => backend.makeOutput(shape, 'float32'),
    free: ({ dataId }) => backend.disposeData(dataId),
  };
  return works(simd, memory) ? simd : undefined;
}

function isWasmBackend(backend: object): backend is WasmBackend {
  const { wasm, dataIdMap, makeOutput, disposeData } = backend as Partial<WasmBackend>;
  return (
    typeof wasm === 'object' &&
    typeof dataIdMap?.get === 'function' &&
    typeof makeOutput === 'function' &&
    typeof disposeData === 'function'
  );
}

/** The build with threads keeps its memory elsewhere than the one without. */
function memoryOf({ wasm }: WasmBackend): WebAssembly.Memory | undefined {
  return [wasm.asm?.memory, wasm.wasmMemory].find((memory) => memory instanceof WebAssembly.Memory);
}

/** Whether tensors really lie at their addresses, and a product of a row with a matrix is right there. */
function works({ runner, address, makeOutput, free }: Simd, memory: WebAssembly.Memory): boolean {
  const kernels = runner.kernels('fastest');
  const room = makeOutput([2048]);
  try {
    const at = address(room);
    if (!kernels || !Number.isInteger(at) || at % 4 !== 0) return false;
    const [inputs, outputs] = [3, 9];
    const [row, matrix, panels, result, scratch] = [0, 16, 64, 128, 256].map((place) => at + 4 * place) as Places;
    const values = new Float32Array(memory.buffer, at, 2048);
    for (let i = 0; i < inputs; i++) values[i] = 1 + i;
    for (let i = 0; i < inputs * outputs; i++) values[16 + i] = i - 7;
    kernels.packPanels(matrix, panels, 1, 1, inputs, outputs, 0, 0, 4 * outputs, 4);
    const pixel = [1, 1, 1, inputs, 1, 1, outputs, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 4 * outputs];
    kernels.convolve(row, panels, 0, result, scratch, 0, 0, ...pixel, 0, 100);
    return Array.from({ length: outputs }, (_, n) => n).every((n) => {
      const sum = [0, 1, 2].reduce((total, k) => total + (1 + k) * (outputs * k + n - 7), 0);
      return values[128 + n] === Math.min(Math.max(sum, 0), 100);
    });
  } finally {
    free(room);
  }
}

/** Of what the kernels are tried on. */
type Places = [row: Address, matrix: Address, panels: Address, result: Address, scratch: Address];
