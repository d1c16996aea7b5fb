import type { KernelConfig } from '@tensorflow/tfjs-core';

/** A kernel of this package for a kernel of tfjs on a backend. */
export interface TrainingKernel {
  readonly kernelName: string;
  readonly backendName: string;
  readonly compute: Compute;
}

/** What a kernel of tfjs computes; some of it may be left to the kernel in whose place it stands. */
export type Compute = (
  parameters: Parameters<KernelConfig['kernelFunc']>[0],
  replaced: KernelConfig | undefined,
) => ReturnType<KernelConfig['kernelFunc']>;
