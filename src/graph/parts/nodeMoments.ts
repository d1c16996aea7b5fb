import type { LayerInference } from '../inferPatterns.ts';

/** Where a node is on the images, and how well it is seen. */
export interface NodeMoments {
  readonly meanScore: number;
  readonly meanPosition: readonly [row: number, column: number];
  /** Per axis, in pixels. */
  readonly deviation: number;
}

/** Means over images of a node's scores and positions. */
export function nodeMoments({ positions, scores }: LayerInference, node: number): NodeMoments {
  const [images, nodes] = scores.shape as [number, number];
  let score = 0;
  const mean: [number, number] = [0, 0];
  let squares = 0;
  for (let image = 0; image < images; image++) {
    const k = image * nodes + node;
    score += scores.data[k] as number;
    for (const axis of [0, 1] as const) {
      // Welford 1962.
      const value = positions.data[2 * k + axis] as number;
      const before = value - mean[axis];
      mean[axis] += before / (image + 1);
      squares += before * (value - mean[axis]);
    }
  }
  return { meanScore: score / images, meanPosition: mean, deviation: Math.sqrt(squares / (2 * images)) };
}
