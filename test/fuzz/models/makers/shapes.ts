import { layers as l } from '@tensorflow/tfjs-layers';
import { sizeOf } from '../../../../src/numeric/ndarray.ts';
import type { Draws } from '../../draws.ts';
import { always, type Makers, ofRank, type Shape } from './maker.ts';
import { layoutOf } from './windows.ts';

export const shapes: Makers = {
  flatten: (shape, draws) =>
    shape.length === 1 ? undefined : l.flatten({ dataFormat: draws.oneOf(['channelsFirst', 'channelsLast']) }),
  reshape: always((draws, shape) => l.reshape({ targetShape: regrouped(shape, draws) })),
  permute: always((draws, shape) =>
    l.permute({
      dims: shuffled(
        shape.map((_, i) => i + 1),
        draws,
      ),
    }),
  ),
  repeatVector: ofRank(1, (draws) => l.repeatVector({ n: draws.between(1, 3) })),
  zeroPadding2d: ofRank(3, (draws, shape) =>
    l.zeroPadding2d({ padding: [margins(2, draws), margins(2, draws)], dataFormat: layoutOf(shape, draws).dataFormat }),
  ),
  cropping2D: ofRank(3, (draws, shape) => {
    const { dataFormat, lengths } = layoutOf(shape, draws);
    const cut = (length: number | undefined): [number, number] =>
      margins(Math.floor(((length as number) - 1) / 2), draws);
    return l.cropping2D({ cropping: [cut(lengths[0]), cut(lengths[1])], dataFormat });
  }),
  upSampling2d: ofRank(3, (draws, shape) =>
    l.upSampling2d({
      size: [draws.between(1, 2), draws.between(1, 3)],
      interpolation: draws.oneOf(['nearest', 'bilinear']),
      dataFormat: layoutOf(shape, draws).dataFormat,
    }),
  ),
};

/** The same number of elements on other axes, one of which may be left for the layer to find. */
function regrouped(shape: Shape, draws: Draws): (number | null)[] {
  const size = sizeOf(shape);
  const divisors = Array.from({ length: size }, (_, i) => i + 1).filter((divisor) => size % divisor === 0);
  const first = draws.oneOf(divisors);
  const rest = divisors.filter((divisor) => (size / first) % divisor === 0);
  const second = draws.oneOf(rest);
  const target = draws.oneOf([[size], [first, size / first], [first, second, size / first / second]]);
  const open = draws.integer(target.length);
  return draws.chance(0.3) ? target.map((length, i) => (i === open ? -1 : length)) : target;
}

function shuffled(values: readonly number[], draws: Draws): number[] {
  return values
    .map((value) => [draws.uniform(), value] as const)
    .sort(([a], [b]) => a - b)
    .map(([, value]) => value);
}

function margins(most: number, draws: Draws): [number, number] {
  return [draws.between(0, most), draws.between(0, most)];
}
