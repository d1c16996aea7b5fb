import type { SimdModules } from '../../../src/backend/kernels/simd/instances.ts';

/** Kernels on wasm: the fastest that the engine takes, one of the builds, or those of tfjs alone. */
export type KernelChoice = 'fastest' | 'plain' | 'relaxed' | 'none';

/** The modules that leave no other choice. What is empty does not compile, as in an engine that lacks the instructions. */
export function modulesOf(choice: KernelChoice, modules: SimdModules): SimdModules {
  const { plain, relaxed } = modules;
  assertCompiles(choice === 'relaxed' ? relaxed : plain, choice);
  return {
    plain: choice === 'none' ? '' : plain,
    relaxed: choice === 'none' || choice === 'plain' ? '' : relaxed,
  };
}

// Else the tests would pass on other kernels than those that were asked for.
function assertCompiles(module: string, choice: KernelChoice): void {
  const bytes = Uint8Array.from(atob(module), (char) => char.charCodeAt(0));
  if (!WebAssembly.validate(bytes)) throw new Error(`this engine does not take the kernels "${choice}"`);
}
