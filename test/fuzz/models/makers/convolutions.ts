import { layers as l } from '@tensorflow/tfjs-layers';
import type { Draws } from '../../draws.ts';
import { activationNames } from './activations.ts';
import { always, type LayerMaker, type Makers, ofRank } from './maker.ts';
import { type Layout, layoutOf, windowOf } from './windows.ts';

type Make = (config: never) => ReturnType<LayerMaker>;
interface Variants {
  readonly rank: 1 | 2 | 3;
  readonly dilate?: boolean;
  readonly channelsFirst?: boolean;
  /** What only layers of this kind have. */
  readonly own?: (draws: Draws) => object;
}

// Mostly few; with 8 and more on both sides kernels compute in other ways.
const counts = [1, 1, 2, 2, 3, 3, 4, 4, 8, 12];
const filters = (draws: Draws): object => ({ filters: draws.oneOf(counts) });
const depthMultiplier = (draws: Draws): object => ({ depthMultiplier: draws.between(1, 2) });

export const convolutions: Makers = {
  conv1d: convolution(l.conv1d, { rank: 1, dilate: true }),
  conv2d: convolution(l.conv2d, { rank: 2, dilate: true, channelsFirst: true }),
  conv3d: convolution(l.conv3d, { rank: 3, channelsFirst: true }),
  conv2dTranspose: convolution(l.conv2dTranspose, { rank: 2, channelsFirst: true }),
  conv3dTranspose: convolution(l.conv3dTranspose, { rank: 3, channelsFirst: true }),
  depthwiseConv2d: convolution(l.depthwiseConv2d, { rank: 2, dilate: true, channelsFirst: true, own: depthMultiplier }),
  separableConv2d: convolution(l.separableConv2d, {
    rank: 2,
    dilate: true,
    channelsFirst: true,
    own: (draws) => ({ ...depthMultiplier(draws), ...filters(draws) }),
  }),
  dense: always((draws) =>
    l.dense({ units: draws.oneOf(counts), activation: draws.oneOf(activationNames), useBias: draws.chance(0.8) }),
  ),
};

function convolution(make: Make, { rank, dilate = false, channelsFirst = false, own = filters }: Variants): LayerMaker {
  return ofRank(rank + 1, (draws, shape) => {
    const layout: Layout = channelsFirst
      ? layoutOf(shape, draws)
      : { dataFormat: 'channelsLast', lengths: shape.slice(0, -1) };
    const { size, ...window } = windowOf(layout.lengths, draws, { dilate });
    return make({
      dataFormat: layout.dataFormat,
      kernelSize: size,
      ...window,
      useBias: draws.chance(0.7),
      activation: draws.oneOf(activationNames),
      ...own(draws),
    } as never);
  });
}
