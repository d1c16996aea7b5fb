import type { Tensor } from '@tensorflow/tfjs-core';
import type { Operation, Parameters } from '../../../network/operation.ts';

/** The weights of a linear operation with a kernel made from its own, which is kept, and no bias. */
export function derivedWeights(
  { address, kind, derive }: Operation,
  name: string,
  make: (kernel: Tensor) => Tensor,
): Parameters {
  if (!derive)
    throw new Error(`layer "${address}" is ${kind} and has no kernel; expected a convolution or a dense layer`);
  return { kernel: derive(name, make) };
}
