import type { DataType, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** An address in bytes in the memory of the wasm backend. */
type Address = number;

/** The kernels as `simd.generated.ts` has them, in base 64: for the memory of one thread, and for one that is shared. */
export interface SimdModules {
  readonly simdModule: string;
  readonly sharedSimdModule: string;
}

/** The functions of `simd.wat`. */
interface SimdKernels {
  reluGradient(cotangent: Address, output: Address, result: Address, count: number, ceiling: number): void;
  guidedReluGradient(cotangent: Address, output: Address, result: Address, count: number, ceiling: number): void;
  stabilisedQuotient(
    signal: Address,
    z: Address,
    result: Address,
    ...countEpsilonShare: [number, number, number]
  ): void;
  quotientWhereSigned(
    ...operands: [signal: Address, z: Address, y: Address, result: Address, count: number, ...factors: SignedFactors]
  ): void;
  /** Sizes are in the order of `simd.wat`, here and below. */
  depthwiseInputGradient(
    ...operands: [cotangent: Address, kernel: Address, taps: Address, result: Address, ...sizes: number[]]
  ): void;
  maxPoolGradient(
    ...operands: [cotangent: Address, input: Address, output: Address, result: Address, ...sizes: number[]]
  ): void;
  cropRegions(
    ...operands: [plane: Address, patches: Address, places: Address, result: Address, ...sizes: number[]]
  ): void;
  scaleShift(x: Address, scale: Address, shift: Address, result: Address, ...shapeAndLimits: ShapeAndLimits): void;
}
type SignedFactors = [sign: number, ofZ: number, ofY: number, epsilon: number];
type ShapeAndLimits = [rows: number, channels: number, least: number, most: number, zero: number];

/** The kernels on the memory of a backend, and where its tensors lie there. */
interface Simd {
  readonly kernels: SimdKernels;
  address(tensor: TensorInfo): Address;
  makeOutput(shape: readonly number[]): TensorInfo;
}

/** The part of tfjs's wasm backend that is used here; none of it is public, so all of it is checked. */
interface WasmBackend {
  readonly wasm: { readonly asm?: { readonly memory?: unknown }; readonly wasmMemory?: unknown };
  readonly dataIdMap: { get(dataId: object): { readonly memoryOffset?: unknown } | undefined };
  makeOutput(shape: readonly number[], dtype: DataType): TensorInfo;
}

// An instance is bound to the memory of one backend and costs a compilation: it is made once for each backend, and goes
// with it.
const instances = new WeakMap<object, Simd | undefined>();

/** As many addresses as operands. */
type Addresses<Operands extends readonly Tensor[]> = { [Index in keyof Operands]: Address };

/**
 * A float32 tensor computed by SIMD kernels, which know nothing of tfjs: undefined where the current backend has none or
 * they were not {@link startSimd started},
 * an operand is not float32 or is disposed of (of which tfjs shall complain), or a tape records, which would miss the
 * operation.
 */
export function bySimd<const Operands extends readonly Tensor[]>(
  operands: Operands,
  shape: readonly number[],
  run: (kernels: SimdKernels, addresses: Addresses<Operands>, result: Address) => void,
): Tensor | undefined {
  const engine = tf.engine();
  const usable = operands.every(({ dtype, isDisposed }) => dtype === 'float32' && !isDisposed);
  const simd = usable && engine.state.gradientDepth === 0 ? instances.get(tf.backend()) : undefined;
  if (!simd) return undefined;
  // To ask for its address moves a tensor here from another backend, which allocates: addresses are read after the last
  // allocation.
  operands.forEach(simd.address);
  const output = simd.makeOutput(shape);
  run(simd.kernels, operands.map(simd.address) as Addresses<Operands>, simd.address(output));
  return engine.makeTensorFromTensorInfo(output);
}

/** Whether the current backend may run the kernels, for which their modules are worth loading. */
export function mayUseSimd(): boolean {
  return isWasmBackend(tf.backend());
}

/** Makes the kernels ready for the current backend, once for each. */
export function startSimd(modules: SimdModules): void {
  const backend = tf.backend();
  if (!instances.has(backend)) instances.set(backend, simdOn(backend, modules));
}

function simdOn(backend: object, modules: SimdModules): Simd | undefined {
  if (!isWasmBackend(backend)) return undefined;
  const memory = memoryOf(backend);
  const instance = memory && instanceOn(memory, modules);
  if (!instance) return undefined;
  const simd: Simd = {
    kernels: instance.exports as unknown as SimdKernels,
    address: ({ dataId }) => backend.dataIdMap.get(dataId)?.memoryOffset as Address,
    makeOutput: (shape) => backend.makeOutput(shape, 'float32'),
  };
  return works(simd, memory) ? simd : undefined;
}

function isWasmBackend(backend: object): backend is WasmBackend {
  const { wasm, dataIdMap, makeOutput } = backend as Partial<WasmBackend>;
  return typeof wasm === 'object' && typeof dataIdMap?.get === 'function' && typeof makeOutput === 'function';
}

/** The build with threads keeps its memory elsewhere than the one without. */
function memoryOf({ wasm }: WasmBackend): WebAssembly.Memory | undefined {
  return [wasm.asm?.memory, wasm.wasmMemory].find((memory) => memory instanceof WebAssembly.Memory);
}

function instanceOn(
  memory: WebAssembly.Memory,
  { simdModule, sharedSimdModule }: SimdModules,
): WebAssembly.Instance | undefined {
  const isShared = !(memory.buffer instanceof ArrayBuffer);
  const bytes = Uint8Array.from(atob(isShared ? sharedSimdModule : simdModule), (char) => char.charCodeAt(0));
  try {
    return new WebAssembly.Instance(new WebAssembly.Module(bytes), { backend: { memory } });
  } catch {
    // An engine without SIMD, a policy against compiling, or another kind of memory: tfjs's own operations do.
    return undefined;
  }
}

/** Whether a tensor really lies at its address: the kernel makes 0 of a 1.5 written there. */
function works({ kernels, address, makeOutput }: Simd, memory: WebAssembly.Memory): boolean {
  const probe = tf.engine().makeTensorFromTensorInfo(makeOutput([1]));
  try {
    const at = address(probe);
    if (!Number.isInteger(at) || at % 4 !== 0) return false;
    const value = new Float32Array(memory.buffer, at, 1);
    value[0] = 1.5;
    kernels.reluGradient(at, at, at, 1, 1);
    return value[0] === 0;
  } finally {
    probe.dispose();
  }
}
