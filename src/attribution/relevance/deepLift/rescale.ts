import { type Composite, gradientRule } from '../../../network/composite.ts';
import { activationKinds, kernelKinds, movingKinds, summingKinds } from '../../../network/operationKinds.ts';
import { refusal, unknownLayer } from '../../refusal.ts';
import { rescaleActivation } from './rescaleActivation.ts';
import { rescalePooling } from './rescalePooling.ts';
import { shapleyKinds, shapleyMerge } from './shapleyMerge.ts';
import { shapleyNormalization } from './shapleyNormalization.ts';

/** DeepLIFT with the Rescale rule: what has no rule here would break the sum, and is refused. */
export const rescale: Composite = [
  [[...kernelKinds, ...movingKinds, ...summingKinds, 'subtract', 'affine'], gradientRule],
  [[...activationKinds, 'elementwise'], rescaleActivation],
  [['maxPool', 'globalMaxPool'], rescalePooling],
  [shapleyKinds, shapleyMerge],
  [({ moments }) => moments !== undefined, shapleyNormalization],
  ['opaque', refusal('deepLift', unknownLayer)],
  [
    () => true,
    refusal(
      'deepLift',
      ({ kind, address, layerClass }) => `has no rule for ${kind} in layer "${address}" (${layerClass})`,
    ),
  ],
];
