import { sharing } from './sharing.ts';
import type { SimdKernel } from './simd.generated.ts';

/** The kernels as `simd.generated.ts` has them, in base 64: in SIMD that every engine has, and in relaxed SIMD. */
export interface SimdModules {
  readonly plain: string;
  readonly relaxed: string;
}

/** Which of them computes: the one that rounds products and sums apart, or the fastest that the engine takes. */
export type SimdBuild = 'plain' | 'fastest';

/**
 * The functions of `assembly/`. All that they take are numbers, in the order of their source, without the last two,
 * `part` and `parts`, which are given here.
 */
export type SimdKernels = Readonly<Record<SimdKernel, Kernel>>;

/** What runs kernels on a memory. */
export interface KernelRunner {
  /** In how many parts a kernel is run at most: one for a thread that is alone. */
  readonly parts: number;
  /** Whether the fastest build may fuse products and sums. */
  readonly isRelaxed: boolean;
  /** The kernels of a build for work on so many numbers, few by default; undefined where the engine does not take it. */
  kernels(build: SimdBuild, numbers?: number): SimdKernels | undefined;
}

/** A build on a memory. */
export interface Instance {
  readonly module: WebAssembly.Module;
  readonly kernels: readonly (readonly [name: string, kernel: Kernel])[];
}

/** A function of a build: its last two numbers are which part it computes, of how many. */
export type Kernel = (...numbers: number[]) => void;

/** The builds on a memory; undefined where the engine does not take one. */
export type Instances = (name: keyof SimdModules) => Instance | undefined;

/** The kernels on a memory, run by this thread alone; undefined in an engine without SIMD, or that may not compile. */
export function bound(memory: WebAssembly.Memory, modules: SimdModules): KernelRunner | undefined {
  return alone(instancesOn(memory, modules));
}

/** The same of builds that are compiled. */
export function alone(instances: Instances): KernelRunner | undefined {
  const made = new Map<Instance, SimdKernels>();
  const runner: KernelRunner = {
    parts: 1,
    isRelaxed: instances('relaxed') !== undefined,
    kernels(build) {
      const instance = chosen(instances, build);
      if (instance && !made.has(instance)) made.set(instance, kernelsOf(instance, runWhole));
      return instance && made.get(instance);
    },
  };
  return runner.kernels('fastest') && runner;
}

/** The builds on a memory, each compiled when it is first asked for. */
export function instancesOn(memory: WebAssembly.Memory, modules: SimdModules): Instances {
  const made = new Map<keyof SimdModules, Instance | undefined>();
  return (name) => {
    if (!made.has(name)) made.set(name, instanceOf(modules[name], memory));
    return made.get(name);
  };
}

/** The instance that computes for a build. */
export function chosen(instances: Instances, build: SimdBuild): Instance | undefined {
  return build === 'fastest' ? (instances('relaxed') ?? instances('plain')) : instances('plain');
}

/** Runs a kernel, of which the place among those of its build is told, on the numbers that a caller gives. */
export type RunKernel = (kernel: Kernel, numbers: readonly number[], place: number) => void;

/** All of it: part 0 of 1. */
export const runWhole: RunKernel = (kernel, numbers) => kernel(...numbers, 0, 1);

/** The kernels of a build, run in some way. */
export function kernelsOf({ kernels }: Instance, run: RunKernel): SimdKernels {
  const named = kernels.map(([name, kernel], place) => {
    const count = kernel.length - 2;
    const called = (...numbers: number[]): void => {
      // WebAssembly would take 0 for what is missing, and write anywhere.
      if (numbers.length !== count) throw new Error(`"${name}" expected ${count} numbers, got ${numbers.length}`);
      run(kernel, numbers, place);
    };
    return [name, called] as const;
  });
  return Object.fromEntries(named) as SimdKernels;
}

function instanceOf(text: string, memory: WebAssembly.Memory): Instance | undefined {
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  // The engine lacks these instructions.
  if (!WebAssembly.validate(bytes)) return undefined;
  const fitting = memory.buffer instanceof ArrayBuffer ? bytes : sharing(bytes);
  try {
    const module = new WebAssembly.Module(fitting);
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    return { module, kernels: Object.entries(exports as Record<string, Kernel>) };
  } catch {
    // A policy forbids to compile.
    return undefined;
  }
}
