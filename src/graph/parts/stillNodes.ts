import { median } from 'd3-array';
import type { LayerInference } from '../inferPatterns.ts';

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
