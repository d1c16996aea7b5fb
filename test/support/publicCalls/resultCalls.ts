import * as d from '../../../src/dissection/index.ts';
import { concepts } from '../labelled.ts';
import { smallPicture } from './pictureCalls.ts';
import { type PublicCalls, said } from './sent.ts';

const overlap = () => ({ intersection: 2, area: 5, truth: 4 });
const upsampling = () => ({ centre: 1, jump: 2, imageSize: [4, 6] as const });

/** Dissections and what is made of them, without waiting. */
export const resultCalls: PublicCalls = {
  balancedAccuracy: () => said(d.balancedAccuracy, [0, 1, 2, 1], [0, 1, 1, 2], 3),
  chanceIou: () => said(d.chanceIou, { area: 0.5, truth: 0.4 }),
  dissectionCsv: ({ dissection }) => said(d.dissectionCsv, dissection),
  dissectionJson: ({ dissection }) => said(d.dissectionJson, dissection),
  factorVariance: (given) => said(d.factorVariance, given.array([2, 3, 4], 1), { share: 0.9 }),
  fieldCrop: () =>
    said(
      d.fieldCrop,
      smallPicture(),
      {
        field: { rows: [0, 2], columns: [1, 4] },
        map: { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
      },
      { threshold: 2, upsampling: upsampling() },
    ),
  intersectionOverUnion: () => said(d.intersectionOverUnion, overlap()),
  iouCeiling: () => said(d.iouCeiling, { area: 5, truth: 4 }),
  mergeDissections: ({ dissection }) => said(d.mergeDissections, [dissection, dissection]),
  nearestConcepts: () =>
    said(
      d.nearestConcepts,
      [
        { concept: 'red', multiple: { weights: Float64Array.of(1, 2) } },
        { concept: 'door', multiple: { weights: Float64Array.of(2, 1) } },
      ],
      [1, 1],
      1,
    ),
  parseDissection: ({ dissection }) => said(d.parseDissection, d.dissectionJson(dissection)),
  randomDirections: () => said(d.randomDirections, { count: 2, unitCount: 5, seed: 1 }),
  sharedInformation: ({ dissection }) => said(d.sharedInformation, dissection),
  shiftLabels: (given) => said(d.shiftLabels, given.dataset<d.LabelledImage>([]), { seed: 1 }),
  'shiftLabels()': (given) => said(d.shiftLabels(given.dataset<d.LabelledImage>([]))),
  syntheticConcepts: () => said(d.syntheticConcepts, { seed: 1, count: 2, size: 32 }),
  tallyAccumulator: () =>
    said(d.tallyAccumulator, {
      thresholds: Float64Array.of(1, 2),
      concepts: structuredClone(concepts),
      categories: ['color', 'object', 'part', 'scene'],
      upsampling: 'fill',
    }),
  thresholdAccumulator: () =>
    said(d.thresholdAccumulator, { units: 2, positions: 8, quantile: 0.1, precision: 'float32' }),
  thresholdHistogram: () => said(d.thresholdHistogram, { units: 2, quantile: 0.1 }),
};
