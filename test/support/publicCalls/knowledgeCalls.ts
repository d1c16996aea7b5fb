import * as distillation from '../../../src/distillation/index.ts';
import * as graphs from '../../../src/graph/index.ts';
import type { Input, Model, RunOptions } from '../../../src/network/types.ts';
import { type Given, graphOptions } from './given.ts';
import { type PublicCalls, sent } from './sent.ts';

type Images = () => AsyncGenerator<Input>;

const images = (given: Given): Images =>
  given.dataset([given.array([4, 12, 12, 3], 5), given.array([4, 12, 12, 3], 6)]);
const signalOf = ({ run: { signal } }: Given) => (signal ? { signal } : {});
const contrast = () => ({ class: 0, minus: 'rest' }) as const;

/** Explanatory graphs and trees. */
export const knowledgeCalls: PublicCalls = {
  fitExplanatoryGraph: (given) =>
    sent(
      (model: Model, dataset: Images, options: graphs.ExplanatoryGraphOptions & graphs.GraphNegatives<Images>) =>
        graphs.fitExplanatoryGraph(model, dataset, options),
      given.pictures,
      images(given),
      {
        ...given.run,
        layers: ['conv', 'top'],
        patternsPerFilter: 2,
        iterations: 2,
        units: { top: [0, 2] },
        negatives: images(given),
      },
    ),
  'fitExplanatoryGraph of maps': (given) =>
    sent(
      (maps: graphs.FeatureMaps, options: graphs.ExplanatoryGraphOptions) => graphs.fitExplanatoryGraph(maps, options),
      given.maps,
      { ...structuredClone(graphOptions), ...given.run },
    ),
  'inferPatterns of maps': (given) =>
    sent(
      (graph: graphs.ExplanatoryGraph, maps: graphs.FeatureMaps, options: { readonly signal?: AbortSignal }) =>
        graphs.inferPatterns(graph, maps, options),
      given.graph,
      given.maps,
      signalOf(given),
    ),
  inferPatterns: (given) =>
    sent(
      (graph: graphs.ExplanatoryGraph, model: Model, dataset: Images, options: RunOptions) =>
        graphs.inferPatterns(graph, model, dataset, options),
      given.pictureGraph,
      given.pictures,
      images(given),
      given.run,
    ),
  learnByAsking: (given) =>
    sent(
      graphs.learnByAsking,
      { graph: given.graph, inference: given.inference },
      {
        ask: ({ image, template }) => ({ kind: 'new', template: `pose ${template}`, position: [30 + image, 40] }),
        questions: 2,
        ...signalOf(given),
      },
    ),
  distillDecisionTree: (given) =>
    sent(distillation.distillDecisionTree, given.pictures, images(given), {
      ...given.run,
      layer: 'top',
      target: contrast(),
      positives: [0, 1, 2, 3, 4],
    }),
  imageRationales: (given) =>
    sent(distillation.imageRationales, given.pictures, images(given), {
      ...given.run,
      layer: 'top',
      target: contrast(),
      meanResponses: Float64Array.of(1, 2, 1, 2, 1),
    }),
  partEffects: (given) =>
    sent(distillation.partEffects, given.pictures, images(given), {
      ...given.run,
      layer: 'top',
      target: contrast(),
      parts: { shape: [2, 5], data: Float32Array.of(1, 0, 1, 0, 0, 0, 1, 0, 1, 1) },
    }),
  fitSoftTree: (given) =>
    sent(
      distillation.fitSoftTree,
      {
        inputs: given.array([12, 4], 1),
        targets: { shape: [12, 2], data: Float32Array.from({ length: 24 }, (_, i) => ((i >> 1) + i) % 2) },
      },
      { ...given.run, depth: 2, epochs: 2 },
    ),
  neuralBackedTree: (given) => sent(distillation.neuralBackedTree, given.pictures),
  'neuralBackedTree of weights': (given) => sent(distillation.neuralBackedTree, given.array([5, 3], 2)),
};
