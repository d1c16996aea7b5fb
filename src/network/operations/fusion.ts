import type { FusedActivation } from '../operation.ts';

/** tfjs fuses ReLU and ReLU6 on every backend, other ceilings on none. */
export function fusesRelu({ ceiling }: FusedActivation): boolean {
  return ceiling === undefined || ceiling === 6;
}

/** What tfjs calls the activation to fuse. */
export function fusedName(activation: FusedActivation | undefined): 'linear' | 'relu' | 'relu6' {
  if (activation === undefined) return 'linear';
  return activation.ceiling === 6 ? 'relu6' : 'relu';
}
