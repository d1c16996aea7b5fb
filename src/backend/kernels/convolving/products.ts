import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { activated } from '../elementwise.ts';
import type { SimdBuild } from '../simd/instances.ts';
import { type Phases, placed, tapsOf } from './phases.ts';
import { type Added, computed, limits, roundUp, type SimdConvolution } from './simdConvolution.ts';

/** Products of windows with the kernel, 8 filters at a time: any convolution. */
export function byPanels(all: Phases, build: SimdBuild): SimdConvolution {
  const width = roundUp(all.channels[1], 8);
  return {
    method: 'products',
    name: `panels ${all.direction}`,
    pack: (kernel) => packed('packPanels', kernel, all, width),
    run: (x, weights, { bias, activation } = {}) => convolved(x, weights, { all, width, build, bias, activation }),
  };
}

/** Whether {@link byLanes} can do it, and faster: of panels of 8 filters there would be one, mostly empty. */
export function fitsLanes({ phases, channels: [inputs, outputs] }: Phases): boolean {
  return outputs <= 3 && inputs % 4 === 0 && phases.every(({ dilations }) => dilations[1] === 1);
}

/** Sums along the windows for up to 3 filters: the gradient of a color picture. */
export function byLanes(all: Phases): SimdConvolution {
  return {
    method: 'sums along windows',
    name: `lanes ${all.direction}`,
    pack: (kernel) => packed('packThree', kernel, all, 3),
    run(x, weights, { bias, activation } = {}) {
      const sums = convolved(x, weights, { all, width: 3, build: 'fastest' });
      return activated(bias ? tf.add(sums, bias) : sums, activation);
    },
  };
}

interface Convolved extends Pick<Added, 'bias' | 'activation'> {
  readonly all: Phases;
  /** Of the packed kernel: 3 where sums run along windows. */
  readonly width: number;
  readonly build: SimdBuild;
}

function convolved(x: Tensor, weights: Tensor, { all, width, build, bias, activation }: Convolved): Tensor {
  const { channels, output, phases } = all;
  const [inputs, outputs] = channels;
  const most = Math.max(...phases.map(tapsOf));
  return computed(
    [x, weights, ...(bias ? [bias] : [])],
    [...output, outputs],
    ({ kernels, at: [from = 0, list = 0, shift = 0], result, scratch }) => {
      const room = scratch(4 * (10 * most * inputs + 4 * most + width + 32));
      const last = limits(activation);
      for (const [phase, { rowsBefore, resultAt, sizes, written }] of placed(all, x)) {
        const numbers = [width === 3 ? 1 : 0, ...sizes, ...phase.dilations, ...phase.before, ...written, ...last];
        kernels.convolve(from, list + 4 * width * rowsBefore, shift, result + resultAt, ...room, ...numbers);
      }
    },
    build,
  );
}

/** Taps · inputs of the phases, one after the other, as rows of a matrix that is `width` wide. */
function packed(pack: 'packPanels' | 'packThree', kernel: Tensor, all: Phases, width: number): Tensor {
  const { phases, channels, channelSteps, windowWidth } = all;
  const [inputs, outputs] = channels;
  const rows = phases.reduce((sum, phase) => sum + tapsOf(phase) * inputs, 0);
  const tap = 4 * inputs * outputs;
  return computed([kernel], [rows, width], ({ kernels, at: [from = 0], result }) => {
    let to = result;
    for (const { window, taps, tapStep } of phases.filter(tapsOf)) {
      const first = from + tap * (window[0] * windowWidth + window[1]);
      const steps = [tap * tapStep[0] * windowWidth, tap * tapStep[1], ...channelSteps.map((step) => 4 * step)];
      kernels[pack](first, to, ...taps, inputs, outputs, ...steps);
      to += 4 * width * taps[0] * taps[1] * inputs;
    }
  });
}
