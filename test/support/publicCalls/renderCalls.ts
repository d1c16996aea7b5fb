import { picture } from '../../../src/image/index.ts';
import * as r from '../../../src/render/index.ts';
import type { Given } from './given.ts';
import { smallPicture } from './pictureCalls.ts';
import { type PublicCalls, said } from './sent.ts';

const map = (given: Given) => given.array([2, 4, 6], 1);
const colors = () => ({ colormap: 'RdBu' as const, symmetric: true, quantile: 0.99, example: 0 });
const pictures = ({ graph: { imageCount, imageSize } }: Given) =>
  Array.from({ length: imageCount }, () => picture(imageSize[1], imageSize[0]));

const smallVisualization = () => ({
  images: { shape: [1, 2, 2, 2, 3], data: new Float32Array(24) },
  steps: [4],
  objective: { shape: [1, 2], data: Float32Array.of(1, 2) },
  seed: 0,
});
const smallPictures = () => ({ shape: [2, 2, 2, 3], data: new Float32Array(24) });
const smallAttack = () => ({
  adversarial: smallPictures(),
  classes: { before: Int32Array.of(0, 1), after: Int32Array.of(1, 1) },
  confidence: { before: Float32Array.of(1, 1), after: Float32Array.of(0, 1) },
  label: Int32Array.of(0, 1),
  success: [true, false],
});
const smallExamples = () => ({ images: smallPictures(), labels: Int32Array.of(0, 1) });
const smallInfluence = () => ({ lossChangeIfRemoved: { shape: [2, 2], data: Float32Array.of(1, -1, 0, 1) } });
const smallAtlas = (): r.ShownAtlas => ({
  layer: 'top',
  grid: 2,
  cells: [{ row: 0, column: 1, count: 5, images: [0], direction: { layer: 'top', vector: [1] }, picture: 0 }],
  icons: { shape: [1, 2, 2, 3], data: new Float32Array(12) },
});

const rate = (size: number) => ({ size, errorRate: 0.5, interval: { low: 0.2, high: 0.8 } });
export const smallSlices = (): r.ShownSlices => ({
  slices: [
    {
      ...rate(2),
      members: Int32Array.of(1, 0),
      rest: rate(1),
      difference: { low: -1, high: 1 },
      confusion: [{ label: 0, predicted: 1, count: 2 }],
      score: 0.1,
      heldOut: rate(3),
    },
  ],
  labels: Int32Array.of(0, 0, 1),
  predicted: Int32Array.of(1, 1, 1),
  all: rate(3),
  heldOut: rate(4),
});
export const descriptions = (name: string = 'a'): readonly (readonly r.ShownDescription[])[] => [
  [{ name, inside: 1, outside: 0, pValue: 0.01, falseDiscoveryRate: 0.02 }],
];

export const smallRelations = (names: readonly [string, string] = ['a', 'b']): r.ShownRelations & r.ShownEvidence => ({
  attributes: names,
  mean: { shape: [2, 2], data: Float64Array.of(1, 0.5, 0.5, 1) },
  chance: { shape: [2, 2], data: Float64Array.of(0.1, 0.2, 0.2, 0.1) },
  pairs: [{ places: [0, 1] as const, expected: 'unrelated' as const, mean: 0.5, deviation: 0.1, divergence: 2 }],
  shared: { shape: [2, 2, 1, 1], data: Float64Array.of(1, 1, 1, 1) },
});

export const smallCurve = (layer: string = 'a'): r.ShownTransfer => {
  const one = { mean: Float64Array.of(0.5), low: Float64Array.of(0.4), high: Float64Array.of(0.6) };
  const base = { mean: 0.5, low: 0.4, high: 0.6 };
  return { layers: [layer], base, curves: [{ kind: 'AnB' as const, ...one }] };
};

/** Pictures and pages, without waiting. */
export const renderCalls: PublicCalls = {
  curveChart: () =>
    said(r.curveChart, [{ name: 'a', x: [1, 2], y: Float32Array.of(1, 2), low: [0, 1], high: [2, 3] }], {
      title: 'a',
      xLabel: 'b',
      yLabel: 'c',
      xScale: 'linear',
      xNames: ['d', 'e'],
      range: [0, 3],
    }),
  transferChart: () => said(r.transferChart, smallCurve(), { title: 'a', yLabel: 'b' }),
  adversarialTriples: () =>
    said(r.adversarialTriples, smallPictures(), smallAttack(), {
      range: [0, 1],
      labels: ['a', 'b'],
      chosen: [1],
      gain: 2,
      title: 'a',
      cellWidth: 160,
      magnification: 1,
    }),
  influenceGallery: () =>
    said(r.influenceGallery, { training: smallExamples(), test: smallExamples() }, smallInfluence(), {
      range: [0, 1],
      count: 1,
      labels: ['a', 'b'],
      chosen: [1],
      title: 'a',
      cellWidth: 160,
      magnification: 1,
    }),
  accuracyChart: () =>
    said(r.accuracyChart, [{ name: 'a', epsilons: [1, [2, 3]], accuracy: Float32Array.of(0.5, 0.2), clean: 1 }], {
      title: 'a',
      shade: [1, 2],
    }),
  biasMatrix: () => said(r.biasMatrix, smallRelations(), { count: 1, title: 'a' }),
  sharedEvidence: () =>
    said(r.sharedEvidence, smallPictures(), smallRelations(), {
      range: [0, 1],
      count: 1,
      example: 1,
      title: 'a',
      cellWidth: 160,
      magnification: 1,
    }),
  sliceChart: () => said(r.sliceChart, smallSlices()),
  slicePage: () =>
    said(r.slicePage, smallSlices(), {
      pictures: [smallPicture(), smallPicture(), smallPicture()],
      examples: 1,
      labels: ['a', 'b'],
      descriptions: descriptions(),
      title: 'a',
      text: 'b',
      language: 'en',
    }),
  atlasPage: () => said(r.atlasPage, smallAtlas(), { title: 'a', text: 'b', language: 'en' }),
  dictionaryPage: () =>
    said(
      r.dictionaryPage,
      {
        layer: 'top',
        units: { shape: [1, 1, 2, 1], data: Int32Array.of(1, 0) },
        values: { shape: [1, 1, 2, 1], data: Float32Array.of(3, 2) },
        start: [[0, 0]],
      },
      { picture: smallPicture(), labels: ['a', 'b'], example: 0, title: 'a', text: 'b', language: 'en' },
    ),
  pictureGrid: () =>
    said(r.pictureGrid, [[smallPicture()]], {
      columns: 1,
      titles: ['a'],
      title: 'b',
      cellWidth: 30,
      magnification: 1,
    }),
  pictureStrip: () =>
    said(r.pictureStrip, smallVisualization(), { titles: ['a', 'b'], title: 'c', cellWidth: 30, magnification: 1 }),
  spriteSheet: () => said(r.spriteSheet, [smallPicture(), smallPicture()], { columns: 1, data: [{ unit: 1 }, {}] }),
  'spriteSheet of a visualization': () => said(r.spriteSheet, smallVisualization(), { columns: 2 }),
  colorScale: (given) => said(r.colorScale, map(given), colors()),
  'colorScale of a range': (given) => said(r.colorScale, map(given), { range: [-1, 1], colormap: 'RdBu' }),
  conceptChart: ({ dissection }) => said(r.conceptChart, dissection),
  contactSheet: () =>
    said(
      r.contactSheet,
      [
        {
          picture: smallPicture(),
          title: 'one',
          subtitle: 'two',
          colorbar: { low: 0, high: 1, colormap: 'viridis' },
        },
      ],
      { columns: 1, title: 'sheet', cellWidth: 30, magnification: 1 },
    ),
  dissectionReport: ({ dissection }) =>
    said(r.dissectionReport, { layers: { top: dissection }, title: 'a', text: 'b', language: 'en', pictureSize: 16 }),
  filterSheet: (given) =>
    said(r.filterSheet, given.graph, given.inference, {
      layer: 'lower',
      unit: given.graph.layers.find(({ name }) => name === 'lower')?.units[0] as number,
      pictures: pictures(given),
      count: 1,
      size: 8,
    }),
  graphDiagram: (given) =>
    said(r.graphDiagram, given.graph, {
      inference: given.inference,
      pictures: pictures(given),
      count: 1,
      size: 8,
      title: 'graph',
    }),
  heatmap: (given) => said(r.heatmap, map(given), { ...colors(), size: [4, 6] }),
  'heatmap of channels': (given) => said(r.heatmap, given.array([1, 4, 6, 3], 1), { channels: 'sum' }),
  'heatmap of a volume': (given) =>
    said(
      r.heatmap,
      { values: given.array([1, 3, 4, 6], 1), layout: 'ndhw' as const },
      { slice: { axis: 'depth', index: 1 } },
    ),
  layerChart: ({ dissection }) => said(r.layerChart, { top: dissection }, { kind: 'detectors' }),
  maskedPicture: (given) =>
    said(r.maskedPicture, smallPicture(), given.array([2, 3], 1), {
      threshold: 0,
      upsampling: 'fill',
      fit: 'stretch',
    }),
  overlay: (given) =>
    said(r.overlay, smallPicture(), map(given), { ...colors(), alpha: 0.5, opacity: 'magnitude', fit: 'stretch' }),
  report: () =>
    said(
      r.report,
      [
        {
          title: 'a',
          text: 'b',
          pictures: [{ picture: smallPicture(), caption: 'c' }],
          table: { columns: ['d', 'e'], rows: [['f', 1]] },
        },
      ],
      { title: 'page', language: 'en' },
    ),
  treeDiagram: () =>
    said(
      r.treeDiagram,
      {
        label: 'root',
        detail: 'more',
        children: [{ label: 'leaf', children: [], thumbnail: smallPicture() }],
      },
      { thumbnailSize: 16, title: 'tree' },
    ),
};
