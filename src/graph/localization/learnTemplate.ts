import { mean } from 'd3-array';
import { VitrineError } from '../../numeric/errors.ts';
import type { LayerInference } from '../inferPatterns.ts';
import { inferenceOf } from '../parts/inferenceOf.ts';
import { stillNodes } from '../parts/stillNodes.ts';
import type { ExplanatoryGraph, GraphLayer, PatternNode } from '../types.ts';
import type { PartAnnotation, PartExamples, PartTemplate, VotingPattern } from './types.ts';

// How many observations the expected variance of an offset is worth.
const prior = 2;
// How much an offset varies with its length: what is at the part moves with it, what is far away less so.
const stretch = 0.3;
// Below this share of its mean score, a node is not seen.
const seen = 0.1;

/** Learns one template from its annotations. */
export function learnTemplate(
  graph: ExplanatoryGraph,
  { inference, annotations }: PartExamples,
  { name, share }: { readonly name: string; readonly share: number },
): PartTemplate {
  const candidates = graph.layers.flatMap((layer) => candidatesOf(layer, inferenceOf(layer, inference), annotations));
  if (candidates.length === 0) {
    throw new VitrineError(
      'bad-argument',
      `"annotations" expected images on which some node is seen, got none for template "${name}"`,
    );
  }
  const nodes = graph.layers.reduce((sum, layer) => sum + layer.nodes.length, 0);
  const sizes = annotations.flatMap(({ size }) => (size ? [size] : []));
  return {
    name,
    annotations,
    size: sizes.length > 0 ? ([0, 1].map((axis) => mean(sizes, (size) => size[axis])) as [number, number]) : null,
    patterns: candidates.sort((a, b) => b.weight - a.weight).slice(0, Math.ceil(share * nodes)),
  };
}

/** All nodes of a layer that may vote. */
function candidatesOf(
  layer: GraphLayer,
  inference: LayerInference,
  annotations: readonly PartAnnotation[],
): readonly VotingPattern[] {
  if (layer.nodes.length === 0) return [];
  const still = stillNodes(inference);
  return layer.nodes.flatMap((node, place) => {
    const offsets = annotations.flatMap((annotation) => {
      const offset = offsetOf(inference, { node, place }, annotation);
      return offset ? [offset] : [];
    });
    if (still[place] || 2 * offsets.length < annotations.length || offsets.length === 0) return [];
    const offset = [0, 1].map((axis) => mean(offsets, (one) => one[axis])) as [number, number];
    const variance = varianceOf(offsets, offset, layer);
    return [
      {
        layer: layer.name,
        node: place,
        offset,
        deviation: Math.sqrt(variance),
        weight: reliabilityOf(inference, { node, place }) / variance,
        meanScore: node.meanScore,
        included: true,
      },
    ];
  });
}

interface Placed {
  readonly node: PatternNode;
  /** Its place in the layer's nodes. */
  readonly place: number;
}

/** From a node to the centre of an annotated part; nothing where the node is not seen. */
function offsetOf(
  { positions, scores }: LayerInference,
  { node, place }: Placed,
  { image, position }: PartAnnotation,
): readonly [number, number] | undefined {
  const k = image * (scores.shape[1] as number) + place;
  if (!((scores.data[k] as number) > seen * node.meanScore)) return undefined;
  return [position[0] - (positions.data[2 * k] as number), position[1] - (positions.data[2 * k + 1] as number)];
}

function varianceOf(
  offsets: readonly (readonly [number, number])[],
  [rows, columns]: readonly [number, number],
  { jump }: GraphLayer,
): number {
  // A position is known to the step of its layer: the variance of a uniform error is a twelfth of its square.
  const expected = (jump[0] * jump[1]) / 12 + (stretch * Math.hypot(rows, columns)) ** 2;
  const squares = offsets.reduce((sum, one) => sum + ((one[0] - rows) ** 2 + (one[1] - columns) ** 2) / 2, 0);
  return (prior * expected + squares) / (prior + offsets.length - 1);
}

/** The share of images on which a node is seen. */
function reliabilityOf({ scores }: LayerInference, { node, place }: Placed): number {
  const [images, nodes] = scores.shape as [number, number];
  let count = 0;
  for (let image = 0; image < images; image++) {
    if ((scores.data[image * nodes + place] as number) > seen * node.meanScore) count++;
  }
  return count / images;
}
