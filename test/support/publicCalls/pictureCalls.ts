import * as image from '../../../src/image/index.ts';
import type { Given } from './given.ts';
import { type PublicCalls, said } from './sent.ts';

/** A picture of 6 × 4 pixels. */
export const smallPicture = (): image.Picture => {
  return image.picture(
    6,
    4,
    Uint8ClampedArray.from({ length: 96 }, (_, i) => (i * 37) % 256),
  );
};

const map = (given: Given) => given.array([2, 6, 6], 1);

/** Pictures and maps of pixels, without waiting. */
export const pictureCalls: PublicCalls = {
  blur: (given) => said(image.blur, map(given), 1),
  'blur of a picture': () => said(image.blur as (source: image.Picture, sigma: number) => unknown, smallPicture(), 1),
  encodePng: () => said(image.encodePng, smallPicture()),
  example: (given) => said(image.example, map(given), 1),
  fromInput: (given) => said(image.fromInput, given.array([1, 4, 4, 3], 2), { range: [-2, 2], example: 0 }),
  inputWindow: () => said(image.inputWindow, { width: 6, height: 4 }, { size: 4, fit: 'cover' }),
  isEmpty: (given) => said(image.isEmpty, map(given)),
  normalize: (given) => said(image.normalize, map(given), { by: 'percentile', percentile: 90 }),
  picture: () => said(image.picture, 2, 2, new Uint8ClampedArray(16)),
  rectify: (given) => said(image.rectify, map(given)),
  reduceChannels: (given) => said(image.reduceChannels, given.array([1, 4, 4, 3], 2), 'sum'),
  reduceFeatures: (given) => said(image.reduceFeatures, given.array([1, 5, 3], 2), 'sum'),
  resize: (given) => said(image.resize, map(given), 3, { antialias: true }),
  'resize of a picture': () =>
    said(
      image.resize as (source: image.Picture, size: number, options: image.ResizeOptions) => unknown,
      smallPicture(),
      3,
      { antialias: true },
    ),
  segment: () => said(image.segment, smallPicture(), { grid: 2 }),
  'segment by slic': () => said(image.segment, smallPicture(), { slic: 4, compactness: 10 }),
  'segment by felzenszwalb': () => said(image.segment, smallPicture(), { felzenszwalb: 50, sigma: 0.5, minSize: 2 }),
  'segment by quickshift': () => said(image.segment, smallPicture(), { quickshift: 4, kernelSize: 1, ratio: 0.5 }),
  toInput: () => said(image.toInput, smallPicture(), { size: 4, range: [0, 1] }),
  'toInput by mean': () => said(image.toInput, smallPicture(), { size: 4, mean: 100, std: 50, order: 'bgr' }),
  'toInput by preset': () =>
    said(image.toInput, smallPicture(), { size: 4, preprocessing: image.preprocessing.resnet }),
};
