import type { OperationKind } from './operation.ts';

/** The linear operations but for dense layers. */
export const convolutionKinds: readonly OperationKind[] = [
  'conv2d',
  'depthwiseConv2d',
  'conv2dTranspose',
  'conv3d',
  'conv3dTranspose',
];

/** The operations with a kernel, whose output is a linear function of their input apart from a bias. */
export const kernelKinds: readonly OperationKind[] = [...convolutionKinds, 'dense'];

/** The operations that only move values or weigh a few of them, the same in every channel. */
export const movingKinds: readonly OperationKind[] = [
  'identity',
  'reshape',
  'permute',
  'repeat',
  'pad',
  'crop',
  'slice',
  'resize',
  'concatenate',
  'averagePool',
  'globalAveragePool',
];

/** The operations that add tensors up. */
export const summingKinds: readonly OperationKind[] = ['add', 'average'];

/** The activations f with f(s·x) = s·f(x) for s > 0. */
const homogeneousKinds: readonly OperationKind[] = ['relu', 'leakyRelu', 'prelu'];

/** The other activations; those without a kind of their own are an `'activation'`. */
export const curvedKinds: readonly OperationKind[] = [
  'elu',
  'selu',
  'sigmoid',
  'hardSigmoid',
  'tanh',
  'softplus',
  'softsign',
  'swish',
  'hardSwish',
  'gelu',
  'mish',
  'thresholdedRelu',
  'activation',
];

/** The operations that apply one function to each element. */
export const activationKinds: readonly OperationKind[] = [...homogeneousKinds, ...curvedKinds];
