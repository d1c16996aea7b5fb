import {
  type ExplanatoryGraph,
  fitExplanatoryGraph,
  inferPatterns,
  type PatternInference,
  peakPositions,
} from 'vitrine';
import { type FeatureMaps, filterParts, type LayerMaps } from 'vitrine/graph';
import type { PeakPositions } from 'vitrine/metrics';
import { ofImages, studyLayers } from './maps.ts';
import type { PartSearch } from './partFinders.ts';

/** A graph with what it and the filters find on all images. */
export interface Search extends PartSearch {
  /** Where filters peak, by layer. */
  readonly located: readonly PeakPositions[];
  /** By layer, a node for each part of each filter. */
  readonly parts: Readonly<Record<string, readonly number[]>>;
}

/** A graph of some of the images, and what it finds on all of them. */
export async function searchOf(maps: FeatureMaps, images: readonly number[], negatives: FeatureMaps): Promise<Search> {
  const own = ofImages(maps, images);
  const graph = await fitExplanatoryGraph(own, { layers: studyLayers.map(({ name }) => name), negatives });
  const located = studyLayers.map(({ name }) => {
    const { activations, ...place } = maps.layers[name] as LayerMaps;
    return peakPositions(activations, place);
  });
  return {
    graph,
    inference: await inferPatterns(graph, maps),
    located,
    peaks: located.map(({ positions }) => positions),
    parts: partNodes(graph, await inferPatterns(graph, own)),
  };
}

function partNodes(graph: ExplanatoryGraph, inference: PatternInference): Search['parts'] {
  return Object.fromEntries(
    Object.entries(filterParts(graph, inference)).map(([name, filters]) => [
      name,
      filters.flatMap(({ parts }) => parts.map(({ nodes }) => nodes[0] as number)),
    ]),
  );
}
