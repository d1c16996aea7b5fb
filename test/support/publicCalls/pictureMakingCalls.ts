import { type DecoderShape, picturesOf, transforms, upconvolutionalDecoder } from '../../../src/visualization/index.ts';
import { type PublicCalls, said } from './sent.ts';

/** What happens to pictures before a network sees them, and what makes pictures of numbers. */
export const pictureMakingCalls: PublicCalls = {
  'transforms.atlas': () => said(transforms.atlas),
  'transforms.blur': () => said(transforms.blur, 1.5),
  'transforms.cropOrPadTo': () => said(transforms.cropOrPadTo, [12, 10]),
  'transforms.jitter': () => said(transforms.jitter, 4),
  'transforms.light': () => said(transforms.light),
  'transforms.maco': () => said(transforms.maco),
  'transforms.mirror': () => said(transforms.mirror),
  'transforms.noise': () => said(transforms.noise, { deviation: [0.1, 0.01], spread: 0.05 }),
  'transforms.normalizeGradient': () => said(transforms.normalizeGradient),
  'transforms.pad': () => said(transforms.pad, 4, { outside: 'reflect' }),
  'transforms.randomCrop': () =>
    said(transforms.randomCrop, { center: 0.4, deviation: 0.1, side: [0.5, 0.2], sideDeviation: 0.01, size: 12 }),
  'transforms.resizeTo': () => said(transforms.resizeTo, 12),
  'transforms.rotate': () => said(transforms.rotate, [-5, 5]),
  'transforms.scale': () => said(transforms.scale, [0.9, 1.1]),
  'transforms.standard': () => said(transforms.standard),
  picturesOf: (given) => {
    const { shape, data } = given.array([2, 4, 5, 3], 3);
    return said(picturesOf, { shape, data: data.map((value) => 0.5 + 0.1 * Math.tanh(value)) });
  },
  upconvolutionalDecoder: () =>
    said(
      (shape: DecoderShape) => {
        const decoder = upconvolutionalDecoder(shape);
        const [made] = decoder.outputs;
        decoder.dispose();
        return made?.shape;
      },
      { featureShape: [3], imageShape: [6, 6, 1], base: 2, hidden: 4, upConvolution: 'upsampled', seed: 1 },
    ),
};
