import { optimizers, parameterizations } from '../../../src/visualization/index.ts';
import { type PublicCalls, said, sent } from './sent.ts';

const { alpha, cppn, fourier, grouped, lowResolution, maco, pixels, pyramid, spectrumOf } = parameterizations;
const colors = { decorrelate: false, limit: 'clip' } as const;
const adaptive = { learningRate: 0.1, beta1: 0.8, beta2: 0.99, epsilon: 1e-6 };

/** What pictures are made of, and how it moves. */
export const parameterizationCalls: PublicCalls = {
  'optimizers.adam': () => said(optimizers.adam, adaptive),
  'optimizers.nadam': () => said(optimizers.nadam, adaptive),
  'optimizers.sgd': () => said(optimizers.sgd, { learningRate: 0.1, momentum: 0.9, dampening: 0.1 }),
  'parameterizations.alpha': () => said(alpha, fourier()),
  'parameterizations.cppn': () => said(cppn, { layers: 2, width: 4 }),
  'parameterizations.fourier': () =>
    said(fourier, { ...colors, decay: 1.5, deviation: 0.1, shared: [{ ratio: 4, pictures: 1, deviation: 0.2 }] }),
  'parameterizations.grouped': (given) => said(grouped, pixels(), given.array([2, 3], 1), { unique: 1, shared: 0.3 }),
  'parameterizations.lowResolution': () => said(lowResolution, { ...colors, ratio: 4, pictures: 1, deviation: 0.2 }),
  'parameterizations.maco': (given) =>
    said(maco, { spectrum: { size: [4, 4], magnitudes: given.array([3, 4, 3], 1) } }),
  'parameterizations.pixels': () => said(pixels, { ...colors, deviation: 0.1 }),
  'parameterizations.pyramid': () => said(pyramid, { ...colors, levels: 3, deviation: 0.1 }),
};

/** What is read of pictures. */
export const spectrumCalls: PublicCalls = {
  'parameterizations.spectrumOf': (given) => {
    const { batchSize: _, ...run } = given.run;
    return sent(spectrumOf, given.dataset([given.array([5, 6, 3], 1), given.array([5, 6, 3], 2)]), {
      ...run,
      size: [5, 6],
      channels: 3,
    });
  },
  'parameterizations.spectrumOf of a batch': (given) => {
    const { batchSize: _, ...run } = given.run;
    return sent(spectrumOf, given.array([2, 4, 4, 1], 3), { ...run, size: 4, channels: 1 });
  },
};
