import * as diagnosis from '../../../src/diagnosis/index.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import type { Given } from './given.ts';
import { type PublicCalls, said, sent } from './sent.ts';

const confidence = () => Float64Array.of(0.9, 0.8, 0.7, 0.95, 0.8, 0.7, 0.9, 0.85);
const presence = () => ({
  features: { shape: [8, 2], data: Float32Array.of(1, 0, 1, 0, 1, 1, 0, 1, 0, 0, 0, 1, 1, 1, 0, 0) },
  names: ['grass', 'leash'],
});
const labels = () => Int32Array.of(0, 1, 0, 1, 0, 1, 0, 1);
const partition = () => ({ name: 'first', members: Int32Array.of(0, 1, 2) });

function probabilities(): NdArray {
  const ones = [0.1, 0.8, 0.2, 0.3, 0.9, 0.7, 0.2, 0.6];
  return { shape: [8, 2], data: Float32Array.from(ones.flatMap((one) => [1 - one, one])) };
}

function classified(given: Given) {
  return { embeddings: given.array([8, 3], 2), labels: labels(), probabilities: probabilities() };
}

/** What can be stopped and watched, but takes no batches. */
function watched({ run: { signal, onProgress } }: Given) {
  return { ...(signal && { signal }), ...(onProgress && { onProgress }) };
}

function stoppable({ run: { signal } }: Given) {
  return { ...(signal && { signal }) };
}

/** Groups of examples on which a network fails, and labels that may be wrong. */
export const failureCalls: PublicCalls = {
  descriptivePartitions: (given) =>
    sent(diagnosis.descriptivePartitions, { ...presence(), confidence: confidence() }, stoppable(given)),
  findSlices: (given) =>
    sent(diagnosis.findSlices, classified(given), { count: 2, components: 4, iterations: 3, ...watched(given) }),
  knnShapley: (given) =>
    sent(
      diagnosis.knnShapley,
      { features: given.array([8, 3], 2), labels: labels() },
      { features: given.array([3, 3], 5), labels: Int32Array.of(0, 1, 1) },
      { neighbours: 2, ...watched(given) },
    ),
  unknownUnknowns: (given) =>
    sent(
      diagnosis.unknownUnknowns,
      { ...presence(), confidence: confidence() },
      { oracle: (example) => example < 3, budget: 5, ...watched(given) },
    ),
  'unknownUnknowns of partitions': (given) =>
    sent(
      diagnosis.unknownUnknowns,
      { partitions: [partition()], confidence: confidence() },
      { oracle: async (example) => example < 3, budget: 5, policy: 'thompson', ...watched(given) },
    ),
};

/** The same that answer at once. */
export const sliceCalls: PublicCalls = {
  confidentPredictions: () => said(diagnosis.confidentPredictions, probabilities(), { label: 1 }),
  describeSlices: () => said(diagnosis.describeSlices, [partition()], presence()),
  detectedConcepts: ({ dissection, array }) => {
    const units = dissection.units.map((unit) => ({ ...unit, detector: true }));
    return said(diagnosis.detectedConcepts, array([2, dissection.units.length], 4), { ...dissection, units });
  },
  labelIssues: () => said(diagnosis.labelIssues, probabilities(), labels()),
};
