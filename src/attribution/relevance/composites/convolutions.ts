import type { OperationKind } from '../../../network/operation.ts';

/** The linear operations but for dense layers. */
export const convolutions: readonly OperationKind[] = ['conv2d', 'depthwiseConv2d', 'conv2dTranspose'];
