import { build } from './arguments.ts';
import type { NetworkName } from './networks.ts';

/** What work may cost, in stock predictions of the same network. */
export interface Aims {
  readonly forward: number;
  readonly gradient: number;
  readonly gradCam: number;
  /** LRP ε⁺, flat or not. */
  readonly positive: number;
  /** LRP by rules that look at signs, in proportion to ε⁺. */
  readonly signed: number;
  readonly occlusion: number;
}

/** The aims of a network in the build of the kernels that runs. */
export function aimsOf(network: NetworkName): Aims {
  return aims[build][network];
}

const aims: Readonly<Record<typeof build, Readonly<Record<NetworkName, Aims>>>> = {
  plain: {
    'EfficientNet-Lite0': { forward: 0.45, gradient: 1, gradCam: 0.48, positive: 2, signed: 3, occlusion: 42 },
    'VGG-like': { forward: 0.5, gradient: 0.88, gradCam: 0.52, positive: 1.5, signed: 2.05, occlusion: 16 },
    'ResNet-like': { forward: 0.5, gradient: 1, gradCam: 0.52, positive: 1.8, signed: 2.7, occlusion: 32 },
  },
  relaxed: {
    'EfficientNet-Lite0': { forward: 0.4, gradient: 0.85, gradCam: 0.42, positive: 1.7, signed: 2.55, occlusion: 36 },
    'VGG-like': { forward: 0.42, gradient: 0.75, gradCam: 0.45, positive: 1.3, signed: 1.75, occlusion: 13 },
    'ResNet-like': { forward: 0.43, gradient: 0.82, gradCam: 0.45, positive: 1.45, signed: 2.2, occlusion: 28 },
  },
};
