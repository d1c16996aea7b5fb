import { median } from 'd3-array';
import { assertArray, assertChoice } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import type { NdArray } from '../numeric/ndarray.ts';
import { object, record } from '../numeric/options.ts';
import type { GraphLayer } from './types.ts';

/** Where the nodes of a layer are on images. */
export interface LayerInference {
  /** $\hat p_V$ in pixels, row and column, `[n, nodes, 2]`. */
  readonly positions: NdArray<Float64Array>;
  /** $S_V = F(\hat p_V)\,P(\hat p_V | V)$, `[n, nodes]`; 0 where the filter is silent: the position is then where it is expected. */
  readonly scores: NdArray<Float64Array>;
}

/** Where the nodes of a graph are on images, by layer. */
export type PatternInference = Readonly<Record<string, LayerInference>>;

/** What was inferred of a layer of a graph, checked to be of that layer. */
export function inferenceOf({ name, nodes }: GraphLayer, inference: PatternInference): LayerInference {
  assertInference(inference);
  assertChoice('inference', name, Object.keys(inference));
  const own = inference[name] as LayerInference;
  const [images, count] = own.scores.shape as [number, number];
  const isOfLayer = count === nodes.length && (count === 0 || own.positions.shape.join() === [images, count, 2].join());
  if (isOfLayer) return own;
  throw new VitrineError(
    'bad-shape',
    `"inference.${name}" expected the ${nodes.length} nodes of the graph's layer, got scores of shape [${own.scores.shape.join(', ')}]`,
  );
}

/** How many images an inference is of. */
export function imageCountOf(inference: PatternInference): number {
  assertInference(inference);
  return Math.max(0, ...Object.values(inference).map(({ scores }) => scores.shape[0] as number));
}

/** Refuses what is no inference: arrays of scores and of positions by layer. */
function assertInference(inference: PatternInference): void {
  record('inference', inference);
  if (Object.keys(inference).length === 0) {
    throw new VitrineError('bad-argument', '"inference" expected at least one layer, got none');
  }
  for (const [name, layer] of Object.entries(inference)) {
    object(`inference.${name}`, layer);
    assertOfNodes(`inference.${name}.scores`, layer.scores, 2);
    assertOfNodes(`inference.${name}.positions`, layer.positions, 3);
  }
}

/** A layer without nodes has arrays without elements. */
function assertOfNodes(argument: string, array: NdArray<Float64Array>, rank: number): void {
  const isEmpty = Array.isArray(array?.shape) && array.shape[1] === 0 && array.data?.length === 0;
  if (!isEmpty) assertArray(argument, array, [rank]);
}

/**
 * Which nodes stay where they are while the others move. Of each image the median displacement of all nodes is what
 * moves together; a node is still if it is nearer to its own median position than to that moved along, by half, on most
 * images: whether its peak hops to a cell beside now and then does not matter.
 */
export function stillNodes(inference: LayerInference): readonly boolean[] {
  const [images, nodes] = inference.scores.shape as [number, number];
  const positions = Array.from({ length: nodes }, (_, node) => placesOf(inference, node));
  const homes = positions.map((places) => [medianOf(places, 0), medianOf(places, 1)] as const);
  const moved = Array.from({ length: images }, (_, image) =>
    ([0, 1] as const).map((axis) =>
      middle(positions.map((places, node) => displacement(places, homes, { node, image, axis }))),
    ),
  );
  return positions.map((places, node) => {
    const distances = (along: 0 | 1): number =>
      middle(
        Array.from({ length: images }, (_, image) => {
          const [rows, columns] = ([0, 1] as const).map(
            (axis) => displacement(places, homes, { node, image, axis }) - along * (moved[image]?.[axis] as number),
          ) as [number, number];
          return Math.hypot(rows, columns);
        }),
      );
    return distances(0) < distances(1) / 2;
  });
}

type Places = readonly (readonly [number, number])[];

function placesOf({ positions, scores }: LayerInference, node: number): Places {
  const [images, nodes] = scores.shape as [number, number];
  return Array.from({ length: images }, (_, image) => {
    const k = 2 * (image * nodes + node);
    return [positions.data[k] as number, positions.data[k + 1] as number] as const;
  });
}

function displacement(
  places: Places,
  homes: Places,
  { node, image, axis }: { node: number; image: number; axis: 0 | 1 },
): number {
  return (places[image]?.[axis] as number) - (homes[node]?.[axis] as number);
}

function medianOf(places: Places, axis: 0 | 1): number {
  return middle(places.map((place) => place[axis]));
}

function middle(values: readonly number[]): number {
  return median(values) as number;
}
