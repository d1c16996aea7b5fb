import type { OperationKind } from './operation.ts';

/** The operations whose output is a linear function of their inputs, apart from a constant: with kernels, and without. */
export const affineKinds: {
  readonly withKernel: readonly OperationKind[];
  readonly without: readonly OperationKind[];
} = {
  withKernel: ['conv2d', 'depthwiseConv2d', 'conv2dTranspose', 'dense'],
  without: [
    'averagePool',
    'globalAveragePool',
    'add',
    'average',
    'concatenate',
    'reshape',
    'permute',
    'repeat',
    'pad',
    'crop',
    'resize',
    'identity',
  ],
};
