import type { OperationKind } from './operation.ts';

/** The operations that apply one function to each element. */
export const activationKinds: readonly OperationKind[] = [
  'relu',
  'leakyRelu',
  'prelu',
  'elu',
  'selu',
  'sigmoid',
  'hardSigmoid',
  'tanh',
  'softplus',
  'softsign',
  'swish',
  'gelu',
  'mish',
  'thresholdedRelu',
];
