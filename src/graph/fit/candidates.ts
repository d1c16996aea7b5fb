import { joined } from '../../numeric/ndarray.ts';
import { displacements } from '../neighbours.ts';
import type { GraphLayer, PatternNode } from '../types.ts';

/** The nodes of the layer above that can be neighbours. */
export interface Candidates {
  /** Their places in the layer. */
  readonly nodes: readonly number[];
  /** Their displacements, `[candidates, images, 2]`. */
  readonly moves: Float64Array;
  /** The deformation of each, in pixels. */
  readonly sigmas: readonly number[];
}

const MOST = 600;
const MARGIN = 0.1;

/**
 * The nodes that move and are not at the border (§1.4 b): of the half whose positions vary most, without those within a
 * tenth of the map of its border, the 600 of the greatest scores. Nodes that stay where they are come last, those at
 * the border before them, where there would be fewer than `least` otherwise.
 */
export function candidatesOf({ layer, positions }: FittedLayer, images: number, least: number): Candidates {
  const byDeviation = order(layer.nodes, ({ positionDeviation }) => positionDeviation);
  const half = Math.ceil(byDeviation.length / 2);
  const moving = byDeviation.filter((node, rank) => {
    const { positionDeviation } = layer.nodes[node] as PatternNode;
    return rank < Math.max(half, least) && positionDeviation >= standsStill(layer);
  });
  const within = moving.filter((node) => !isAtBorder(layer, layer.nodes[node] as PatternNode));
  const kept =
    [within, moving, byDeviation].find((nodes) => nodes.length >= least) ?? (moving.length ? moving : byDeviation);
  const best = [...kept].sort((a, b) => scoreOf(layer, b) - scoreOf(layer, a) || a - b).slice(0, MOST);
  return {
    nodes: best,
    moves: joined(best.map((node) => displacements(positions, { node, images }))),
    sigmas: best.map((node) => (layer.nodes[node] as PatternNode).deformation),
  };
}

/** Below which deviation, in pixels per axis, a node counts as standing still: a quarter of a step. */
export function standsStill({ jump }: Pick<GraphLayer, 'jump'>): number {
  return Math.sqrt(jump[0] * jump[1]) / 4;
}

function order(nodes: readonly PatternNode[], by: (node: PatternNode) => number): readonly number[] {
  const keys = nodes.map(by);
  return nodes.map((_, i) => i).sort((a, b) => (keys[b] as number) - (keys[a] as number) || a - b);
}

function scoreOf({ nodes }: GraphLayer, node: number): number {
  return (nodes[node] as PatternNode).meanScore;
}

function isAtBorder({ size, centre, jump }: GraphLayer, { meanPosition }: PatternNode): boolean {
  return ([0, 1] as const).some((axis) => {
    const along = (meanPosition[axis] - centre[axis]) / jump[axis];
    const last = size[axis] - 1;
    return along < MARGIN * size[axis] || along > last - MARGIN * size[axis];
  });
}

/** A layer with where its nodes are on the images of the fit. */
export interface FittedLayer {
  readonly layer: GraphLayer;
  /** `[nodes, images, 2]` in pixels. */
  readonly positions: Float64Array;
  /** `[nodes, images]`. */
  readonly scores: Float64Array;
}
