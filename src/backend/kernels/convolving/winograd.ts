import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Position } from '../cropRegions.ts';
import type { Phase, Phases } from './phases.ts';
import { computed, limits, roundUp, type SimdConvolution } from './simdConvolution.ts';

/** Whether {@link byWinograd} can do it: windows of 3 × 3 that go from pixel to pixel, and vectors of channels. */
export function fitsWinograd({ phases, channels, every }: Phases): boolean {
  const [{ taps, strides, dilations }] = phases as [Phase];
  return (
    taps.every((length) => length === 3) &&
    [...every, ...strides, ...dilations].every((step) => step === 1) &&
    channels.every((count) => count >= 8 && count % 4 === 0)
  );
}

/** Tiles whose transforms stay in the second cache; more of them where the weights are so many that to read them costs. */
const BLOCK_BYTES = 384 * 1024;
const LEAST_TILES = 16;

/** By F(side × side, 3 × 3), of Lavin and Gray 2016. */
export function byWinograd(side: 2 | 4, all: Phases): SimdConvolution {
  const { channels, output, windowWidth, channelSteps, phases } = all;
  const [inputs, outputs] = channels;
  const [batch, rows, columns] = output;
  const [{ window, tapStep, before }] = phases as [Phase];
  const points = (side + 2) ** 2;
  const width = roundUp(outputs, 8);
  const [perInput, perOutput] = channelSteps;
  return {
    method: `Winograd F(${side}×${side})`,
    name: `F(${side}) ${all.direction}`,
    pack: (kernel) =>
      computed([kernel], [points, width, inputs], ({ kernels, at: [from = 0], result, scratch }) => {
        const tap = 4 * inputs * outputs;
        const first = from + tap * (window[0] * windowWidth + window[1]);
        const steps = [tap * tapStep[0], 4 * perInput, 4 * perOutput];
        kernels.packWinograd(first, result, ...scratch(4 * 144), side, inputs, outputs, ...steps);
      }),
    run: (x, weights, { bias, activation, at = [] } = {}) => {
      const starts = tileStarts(side, at);
      const made = computed(
        [x, weights, ...(starts ? [starts] : []), ...(bias ? [bias] : [])],
        [...output, outputs],
        ({ kernels, at: [from = 0, list = 0, ...others], result, scratch }) => {
          const [begins, shift = 0] = starts ? (others as [number, number?]) : [0, ...others];
          const tiles = batch * Math.ceil(rows / side) * Math.ceil(columns / side);
          const fitting = Math.floor(BLOCK_BYTES / (4 * points * (inputs + outputs)));
          const block = roundUp(Math.min(tiles, Math.max(LEAST_TILES, fitting)), 4);
          const room = scratch(
            4 * (4 * points + 8 + 2 * width + (points + 4) * inputs + points * (block * (inputs + outputs) + 64)),
          );
          const [, height, length] = x.shape as Tensor4D['shape'];
          const sizes = [batch, height, length, inputs, rows, columns, outputs, ...before, ...limits(activation)];
          kernels.winograd(from, list, shift, begins, result, ...room, side, block, ...sizes);
        },
      );
      starts?.dispose();
      return made;
    },
  };
}

/** How far before each image its tiles begin, if any does; F(4 × 4) has other bits for parts in any case. */
function tileStarts(side: 2 | 4, at: readonly Position[]): Tensor | undefined {
  const starts = at.flat().map((place) => place % 2);
  return side === 2 && starts.some((start) => start > 0) ? tf.tensor1d(starts, 'float32') : undefined;
}
