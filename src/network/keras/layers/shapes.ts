import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { functions } from '../../functions/functions.ts';
import { axesOf } from '../../functions/openShapes.ts';
import type { TensorFunction } from '../../functions/tensorFunction.ts';
import type { OwnLayer } from '../ownLayer.ts';
import { chained } from './chained.ts';

/** The same numbers in another shape, one length of which (−1) is what is left over. */
export const reshape: OwnLayer<{ targetShape: readonly number[] }> = {
  name: 'Reshape',
  options: { targetShape: [-1] },
  apply: ({ targetShape }) => functions.reshape({ shape: [null, ...targetShape] }),
};

/** All numbers of an example in a row, where they are that already. */
export const flatten: OwnLayer = {
  name: 'Flatten',
  options: {},
  apply: () => functions.reshape({ shape: [null, -1] }),
};

/** Vectors of an axis that is not the last, put beside each other. */
export const concatenate: OwnLayer<{ axis: number }> = {
  name: 'Concatenate',
  options: { axis: -1 },
  apply: ({ axis }) => functions.concat({ axis }),
};

export const softmax: OwnLayer<{ axis: number | readonly number[] }> = {
  name: 'Softmax',
  options: { axis: -1 },
  apply: ({ axis }) => {
    const axes = [axis].flat();
    return axes.length === 1 ? functions.softmax({ axis: axes[0] as number }) : softmaxOver(axes);
  },
};

function softmaxOver(given: readonly number[]): TensorFunction {
  return {
    applied: { name: 'softmaxOver' },
    apply: ([x]) => [
      tf.exp(tf.sub(x as Tensor, tf.logSumExp(x as Tensor, [...axesOf(given, (x as Tensor).rank)], true))),
    ],
    shapes: ([shape = []]) => [shape],
  };
}

/** Global pooling that keeps its axes, with length 1, and that of volumes. */
const pooling = (name: string, over: number, reduce: 'mean' | 'max'): OwnLayer<{ keepDims: boolean }> => ({
  name,
  options: { keepDims: false },
  apply: ({ keepDims }) => functions[reduce]({ axes: Array.from({ length: over }, (_, i) => i + 1), keepDims }),
});

export const globalPoolings: readonly OwnLayer<{ keepDims: boolean }>[] = [1, 2, 3].flatMap((over) => [
  pooling(`GlobalAveragePooling${over}D`, over, 'mean'),
  pooling(`GlobalMaxPooling${over}D`, over, 'max'),
]);

/** Zeros around the places of a sequence or a volume. */
const padding = (name: string): OwnLayer<{ padding: readonly Sides[] }> => ({
  name,
  options: { padding: [[1, 1]] },
  apply: ({ padding: sides }) => functions.pad({ paddings: [[0, 0], ...sides, [0, 0]] }),
});

const cropping = (name: string): OwnLayer<{ cropping: readonly Sides[] }> => ({
  name,
  options: { cropping: [[1, 1]] },
  apply: ({ cropping: sides }) =>
    functions.slice({
      cuts: [{}, ...sides.map(([start, end]) => ({ start, ...(end > 0 && { stop: -end }) })), {}],
    }),
});

type Sides = readonly [before: number, after: number];

export const paddings: readonly ReturnType<typeof padding>[] = ['ZeroPadding1D', 'ZeroPadding3D'].map(padding);
export const croppings: readonly ReturnType<typeof cropping>[] = ['Cropping1D', 'Cropping3D'].map(cropping);

/** Each place of a sequence or a volume several times. */
const repeating = (name: string): OwnLayer<{ size: readonly number[] }> => ({
  name,
  options: { size: [2] },
  apply: ({ size }) => repeated(size),
});

export const upSamplings: readonly ReturnType<typeof repeating>[] = ['UpSampling1D', 'UpSampling3D'].map(repeating);

function repeated(times: readonly number[]): TensorFunction {
  return chained('repeat', ([batch = null, ...lengths]) => {
    const channels = lengths.at(-1) ?? null;
    const places = lengths.slice(0, -1);
    // [t, c] → [t, 1, c] → [t, k, c] → [t · k, c], for one axis after the other.
    return times.flatMap((count, axis) => {
      const shape = (length: number | null): (number | null)[] => [
        ...places.map((size, i) => (i === axis ? length : i < axis && size !== null ? size * (times[i] ?? 1) : size)),
        channels,
      ];
      const whole = places[axis] ?? null;
      const ones = Array.from({ length: lengths.length + 2 }, (_, i) => (i === axis + 2 ? count : 1));
      return [
        functions.expandDims({ axis: axis + 2 }),
        functions.tile({ times: ones }),
        functions.reshape({ shape: [batch, ...shape(whole === null ? null : whole * count)] }),
      ];
    });
  });
}
