import * as m from '../../../src/metrics/index.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { inversionError } from '../../../src/visualization/inversion/inversionError.ts';
import { positionSimilarity } from '../../../src/visualization/reading/positionSimilarity.ts';
import type { Given } from './given.ts';
import { type PublicCalls, said } from './sent.ts';

const map = (given: Given): NdArray => given.array([2, 6, 6], 1);
const mask = (): NdArray<Uint8Array> => ({
  shape: [2, 6, 6],
  data: Uint8Array.from({ length: 72 }, (_, i) => (i % 6 < 3 ? 1 : 0)),
});
const boxes = (): NdArray => ({ shape: [2, 4], data: Float32Array.of(0, 0, 5, 5, 1, 1, 6, 7) });
const placement = () => ({ centre: 2, jump: 4 });
const located = (given: Given): m.LocationData => ({
  positions: given.array([4, 3, 2], 1),
  scores: given.array([4, 3], 2),
  landmarks: given.array([4, 2, 2], 3),
  imageSize: [12, 12],
});
const chosen = () => ({ top: 3, ddof: 1, select: 'afterVisibility' as const });
const attribution = (given: Given) => ({
  values: map(given),
  method: 'nonsense',
  target: Int32Array.of(0, 1),
  score: Float32Array.of(1, 2),
  explained: { target: [0, 1], scale: 'logit' as const },
  delta: Float32Array.of(0.1, 0.2),
});
const partMasks = (): NdArray<Uint8Array> => ({
  shape: [3, 2, 12, 12],
  data: Uint8Array.from({ length: 864 }, (_, i) => (i % 5 === 0 ? 1 : 0)),
});

/** Metrics of maps, units and places, without waiting. */
export const mapCalls: PublicCalls = {
  inversionError: (given) => said(inversionError, given.array([3, 4, 5], 1), given.array([3, 4, 5], 2)),
  positionSimilarity: (given) => said(positionSimilarity, given.array([3, 4, 5], 1)),
  attributionLocalization: (given) => said(m.attributionLocalization, map(given), mask(), { weighted: true }),
  boxDetectionRate: () => said(m.boxDetectionRate, boxes(), boxes(), { threshold: 0.5 }),
  categoryInstability: (given) => said(m.categoryInstability, [located(given), located(given)], chosen()),
  centerInBoxRate: (given) => said(m.centerInBoxRate, given.array([2, 2], 1), boxes()),
  completenessGap: (given) => said(m.completenessGap, attribution(given), { origin: [0, 0] }),
  complexity: (given) => said(m.complexity, map(given)),
  effectiveComplexity: (given) => said(m.effectiveComplexity, map(given), { share: 0.1 }),
  filterInterpretability: ({ dissection }) => said(m.filterInterpretability, dissection),
  localizationAuc: (given) => said(m.localizationAuc, map(given), mask()),
  localizationDistance: (given) =>
    said(m.localizationDistance, given.array([2, 2], 1), given.array([2, 2], 2), [12, 12]),
  locationInstability: (given) =>
    said(m.locationInstability, { ...located(given), grid: { ...placement(), size: [3, 3] } }, chosen()),
  mapSimilarity: (given) =>
    said(m.mapSimilarity, given.array([2, 11, 11], 1), given.array([2, 11, 11], 2), {
      similarity: 'ssim',
      dataRange: 2,
    }),
  medianPartRadius: () => said(m.medianPartRadius, partMasks()),
  noisyLinearImputation: (given) =>
    said(m.noisyLinearImputation, given.array([1, 4, 4, 3], 1), {
      removed: { shape: [1, 4, 4], data: Uint8Array.from({ length: 16 }, (_, i) => i % 2) },
      noise: 0.1,
      seed: 1,
    }),
  partInterpretability: (given) =>
    said(
      m.partInterpretability,
      { activations: given.array([3, 3, 3, 4], 1), parts: partMasks(), classes: [0, 1, 0] },
      { ...placement(), radius: 3, quantile: 0.1, threshold: 0.1 },
    ),
  peakPositions: (given) => said(m.peakPositions, given.array([2, 3, 3, 4], 1), placement()),
  pointingGame: (given) => said(m.pointingGame, map(given), mask(), { tolerance: 1 }),
  relevanceMass: (given) => said(m.relevanceMass, map(given), mask()),
  relevanceRank: (given) => said(m.relevanceRank, map(given), mask()),
  sparseness: (given) => said(m.sparseness, map(given)),
  topKIntersection: (given) => said(m.topKIntersection, map(given), mask(), { count: 5 }),
  unitCategories: (given) => said(m.unitCategories, given.array([3, 3, 3, 4], 1), [0, 1, 0]),
};
