import type { Network } from '../../network/network.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import type { LayersTarget } from '../../scoring/types.ts';
import { angledProduct } from '../objectives/angledProduct.ts';
import { atlas } from '../transforms/sets.ts';
import type { VisualizeOptions } from '../types.ts';
import { visualizeOn } from '../visualize.ts';

/** What icons are made of. */
export interface IconRequest {
  readonly layer: string;
  readonly power: number;
  /** How many are made together. */
  readonly together: number;
  readonly options: VisualizeOptions;
}

/** Pictures of directions, and their objectives. */
export interface Icons {
  /** `[directions, h, w, c]` */
  readonly icons: NdArray;
  readonly objective: Float32Array;
}

/** A picture of each direction at the middle of the layer. */
export async function atlasIcons(
  network: Network,
  vectors: readonly Float32Array[],
  { layer, power, together, options }: IconRequest,
): Promise<Icons> {
  const count = Math.min(together, vectors.length);
  const position = (network.site(layer).shape.length > 2 ? 'center' : 'mean') as 'center' | 'mean';
  const groups = Array.from({ length: Math.ceil(vectors.length / count) }, (_, group): LayersTarget => {
    // The last group is filled up with pictures of the last direction, which are left out in the end.
    const own = Array.from({ length: count }, (_, i) => vectors[Math.min(group * count + i, vectors.length - 1)]);
    return {
      layers: [layer],
      score: ([values]) => angledProduct(values, { layer, vectors: own as Float32Array[], power, position }),
    };
  });
  const { images, objective } = await visualizeOn(network, groups, {
    ...options,
    size: options.size ?? 80,
    steps: options.steps ?? 512,
    transforms: options.transforms ?? atlas(),
    count,
  });
  const [, , ...picture] = images.shape as [number, number, ...number[]];
  const size = picture.reduce((product, length) => product * length, 1);
  return {
    icons: { shape: [vectors.length, ...picture], data: images.data.slice(0, vectors.length * size) },
    objective: objective.data.slice(0, vectors.length),
  };
}
