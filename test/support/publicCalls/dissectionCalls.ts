import * as d from '../../../src/dissection/index.ts';
import type { RunOptions } from '../../../src/network/types.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { forEachImage } from '../../../src/readings/forEachImage.ts';
import { brodenFiles } from '../brodenFiles.ts';
import { concepts, randomLabelled } from '../labelled.ts';
import { listOf } from '../listOf.ts';
import { type Given, labelledImages } from './given.ts';
import { type PublicCall, type PublicCalls, sent } from './sent.ts';

const shapes = { images: 6, positions: [12, 12], pixels: [12, 12], units: 3 } as const;
const inputs = (given: Given) => given.dataset([given.array([3, 12, 12, 3], 5), given.array([3, 12, 12, 3], 6)]);
const known = () => ({ concepts: structuredClone(concepts), categories: ['color', 'object', 'part', 'scene'] });

/** What reads labelled images. */
function labelled<O>(
  run: (model: Given['pictures'], dataset: () => AsyncGenerator<d.LabelledImage>, options: O) => Promise<unknown>,
  options: (given: Given) => O,
): PublicCall {
  return (given) => sent(run, given.pictures, given.dataset(labelledImages()), { ...given.run, ...options(given) });
}

/** What reads images. */
function unlabelled<O>(
  run: (model: Given['pictures'], dataset: ReturnType<typeof inputs>, options: O) => Promise<unknown>,
  options: (given: Given) => O,
): PublicCall {
  return (given) => sent(run, given.pictures, inputs(given), { ...given.run, ...options(given) });
}

const directions = (given: Given) => given.array([2, 5], 8);
const classes = () => [0, 1, 2, 0, 1, 2];

/** Dissection and what else is read of data sets. */
export const dissectionCalls: PublicCalls = {
  dissect: labelled(d.dissect, () => ({ ...known(), layers: ['conv', 'top'], quantile: 0.1 })),
  dissectActivations: ({ arrays, run: { signal, onProgress } }) =>
    sent(d.dissectActivations, arrays(randomLabelled(shapes, 3)), {
      ...known(),
      quantile: 0.1,
      ...(signal && { signal }),
      ...(onProgress && { onProgress }),
    }),
  axisComparison: labelled(d.axisComparison, () => ({ ...known(), layer: 'top', quantile: 0.1, count: 2 })),
  bootstrapIou: labelled(d.bootstrapIou, ({ dissection }) => ({ layer: 'top', dissection, samples: 5, count: 2 })),
  fitConceptClassifiers: labelled(d.fitConceptClassifiers, () => ({
    concepts: known().concepts,
    layer: 'top',
    validation: 0.34,
  })),
  directionDissection: labelled(d.directionDissection, (given) => ({
    ...known(),
    layer: 'top',
    quantile: 0.1,
    directions: directions(given),
  })),
  net2vec: labelled(d.net2vec, () => ({
    concepts: known().concepts,
    layer: 'top',
    quantile: 0.1,
    steps: 4,
    unitCounts: [1, 2],
    validation: 0.34,
  })),
  rotatedDissection: labelled(d.rotatedDissection, () => ({
    ...known(),
    layers: ['top'],
    quantile: 0.1,
    alphas: [0, 1],
  })),
  unitGallery: labelled(d.unitGallery, () => ({ layers: ['top'], count: 2, scale: { range: [-2, 2] as const } })),
  forEachImage: unlabelled(
    async (model, images, options: RunOptions & { layers: string[] }) => {
      const maps: Float32Array[] = [];
      const visit = ({ top }: Readonly<Record<string, NdArray>>): void => void maps.push((top as NdArray).data.slice());
      return { count: await forEachImage(model, images, { ...options, visit }), maps };
    },
    () => ({ layers: ['top'] }),
  ),
  topImages: unlabelled(d.topImages, (given) => ({ layer: 'top', direction: given.array([1, 5], 8), count: 2 })),
  'topImages by relevance': unlabelled(d.topImages, () => ({
    layer: 'conv',
    by: 'relevance' as const,
    target: [0, 1, 2, 0, 1, 2],
    count: 2,
  })),
  unitAblation: unlabelled(d.unitAblation, () => ({ layer: 'top', classes: classes(), units: [0, 3] })),
  cumulativeAblation: unlabelled(d.cumulativeAblation, () => ({
    layer: 'top',
    classes: classes(),
    ranking: [3, 0, 1],
    counts: [1, 2],
  })),
  outputComponents: unlabelled(d.outputComponents, () => ({ count: 2, steps: 3, scale: 'logit' as const })),
  empiricalReceptiveField: ({ pictures, run: { signal }, ...given }) =>
    sent(d.empiricalReceptiveField, pictures, inputs({ pictures, run: {}, ...given }), {
      ...(signal && { signal }),
      layer: 'top',
      unit: 1,
      count: 2,
      size: 3,
      stride: 2,
      levels: [0.5, 0.9],
    }),
  conceptActivationVectors: (given) =>
    sent(d.conceptActivationVectors, given.pictures, given.input([2, 12, 12, 3], 1), {
      ...given.run,
      layer: 'top',
      concepts: { striped: given.input([4, 12, 12, 3], 2), dotted: given.input([4, 12, 12, 3], 3) },
      negatives: [given.input([4, 12, 12, 3], 4), given.input([4, 12, 12, 3], 5)],
      target: [0, 2],
    }),
  brodenDataset: () => {
    const files = brodenFiles();
    const read = async (name: string): Promise<Uint8Array> =>
      files.get(name) ?? Promise.reject(new Error('no such file'));
    return sent(
      async (...args: Parameters<typeof d.brodenDataset>) => {
        const { dataset, ...rest } = await d.brodenDataset(...args);
        return { ...rest, images: await listOf(dataset()) };
      },
      read,
      { input: { size: 4, range: [0, 1] }, categories: ['color', 'object'], shard: [0, 2] },
    );
  },
};
