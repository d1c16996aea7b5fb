import * as graphs from '../../../src/graph/index.ts';
import type { Given } from './given.ts';
import { type PublicCalls, said } from './sent.ts';

const annotations = (): graphs.PartAnnotation[] => [
  { image: 0, position: [40, 50], size: [20, 20], template: 'front' },
  { image: 1, position: [44, 52], size: [18, 22], template: 'front' },
];
const options = () => ({ share: 0.5 });
const templates = ({ graph, inference }: Given) =>
  graphs.learnPartTemplates(graph, { inference, annotations: annotations() }, options());

/** Explanatory graphs and part templates, without waiting. */
export const graphCalls: PublicCalls = {
  answerQuestion: ({ graph, inference }) =>
    said(
      graphs.answerQuestion,
      { part: null, answers: [] },
      { image: 0, answer: { kind: 'new', template: 'front', position: [40, 50], size: [20, 20] } },
      { graph, inference, share: 0.5 },
    ),
  askNext: ({ inference }) =>
    said(graphs.askNext, { part: null, answers: [] }, inference, { sharpness: 4, fading: 0.5 }),
  parseExplanatoryGraph: ({ graph }) => said(graphs.parseExplanatoryGraph, graph),
  filterParts: ({ graph, inference }) =>
    said(graphs.filterParts, graph, inference, { share: 0.1, distance: 0.2, deviation: 0.2 }),
  fuseNeighbours: (given) =>
    said(graphs.fuseNeighbours, {
      positions: given.array([4, 3, 2], 1),
      sigma: [1, 2, 3, 4],
      neighbours: [1, 3],
    }),
  graphDot: ({ graph }) => said(graphs.graphDot, graph),
  graphMl: ({ graph }) => said(graphs.graphMl, graph),
  includePatterns: (given) =>
    said(graphs.includePatterns, templates(given), { template: 'front', patterns: [], included: false }),
  learnPartTemplates: ({ graph, inference }) =>
    said(graphs.learnPartTemplates, graph, { inference, annotations: annotations() }, options()),
  localizePart: (given) => said(graphs.localizePart, templates(given), given.inference),
  patternHeatmap: ({ graph, inference }) =>
    said(graphs.patternHeatmap, graph, inference, {
      layer: 'lower',
      nodes: [0, 1],
      size: [16, 16],
      sigma: 2,
      weight: 'score',
    }),
  parsePartTemplates: (given) => said(graphs.parsePartTemplates, templates(given)),
  fitPatternMixture: (given) =>
    said(graphs.fitPatternMixture, given.array([3, 4, 4], 1), {
      centre: 2,
      jump: 4,
      positions: given.array([3, 2], 2),
      sigma: 3,
      noneDensity: 0.01,
      steps: 2,
    }),
  patternPatches: ({ graph, inference }) =>
    said(graphs.patternPatches, graph, inference, { layer: 'lower', nodes: [0], count: 2, size: 16 }),
  patternPurity: () => said(graphs.patternPurity, [[0, 0, 1], [1]]),
  selectNeighbours: (given) =>
    said(graphs.selectNeighbours, {
      own: given.array([5, 2], 1),
      scores: [1, 2, 3, 4, 5],
      candidates: given.array([3, 5, 2], 2),
      count: 2,
    }),
  syntheticPatterns: () =>
    said(graphs.syntheticPatterns, {
      seed: 1,
      imageCount: 3,
      imageSize: 32,
      layers: [{ name: 'lower', positions: 4, unitCount: 2 }],
      pose: 2,
      jitter: 1,
      deviation: 0.1,
      spurious: 0.2,
    }),
};
