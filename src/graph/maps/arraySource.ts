import { eventLoopTurn, inSlices } from '../../backend/inTurn.ts';
import { assertArray, assertChoice, assertNumber, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { rowOf } from '../../numeric/ndarray.ts';
import { isSliced } from '../../numeric/sliced.ts';
import type { FeatureMaps, LayerMaps } from '../types.ts';
import { assertFiniteMaps, type MapSource, type SourceLayer } from './mapSource.ts';

/** Maps that were computed elsewhere. */
export function arraySource(maps: FeatureMaps, layers: readonly string[], signal: AbortSignal | undefined): MapSource {
  const names = Object.keys(maps.layers);
  for (const layer of layers) assertChoice('layers', layer, names);
  const chosen = layers.map((layer) => maps.layers[layer] as LayerMaps);
  assertImageSize(maps.imageSize);
  chosen.forEach((layer, i) => {
    assertLayer(layers[i] as string, layer);
  });
  const counts = chosen.map(({ activations }) => activations.shape[0] as number);
  if (new Set(counts).size > 1) {
    throw new VitrineError('bad-argument', `"maps" expected the same images in each layer, got ${counts.join(', ')}`);
  }
  const source: readonly SourceLayer[] = chosen.map(({ activations, centre, jump }, i) => {
    const [, rows, columns, units] = activations.shape as [number, number, number, number];
    return { name: layers[i] as string, size: [rows, columns], units, centre, jump };
  });
  return {
    imageSize: maps.imageSize,
    layers: source,
    async read(indices, visit) {
      const count = counts[0] as number;
      for (let image = 0; image < count; image++) {
        await eventLoopTurn();
        signal?.throwIfAborted();
        const rows = indices.map((i) => rowOf((chosen[i] as LayerMaps).activations, image));
        indices.forEach((i, k) => {
          assertFiniteMaps(rows[k] as Float32Array, source[i] as SourceLayer, image);
        });
        const work = visit(rows, image);
        if (isSliced(work)) await inSlices(work, { signal });
      }
      return count;
    },
  };
}

function assertLayer(name: string, { activations, centre, jump }: LayerMaps): void {
  assertArray(`${name}.activations`, activations, [4]);
  assertPair(`${name}.centre`, centre, Number.NEGATIVE_INFINITY);
  assertPair(`${name}.jump`, jump, Number.MIN_VALUE);
}

function assertImageSize(size: FeatureMaps['imageSize']): void {
  assertPair('imageSize', size, 1);
}

function assertPair(argument: string, pair: readonly number[], low: number): void {
  if (!Array.isArray(pair) || pair.length !== 2) {
    throw new VitrineError('bad-argument', `"${argument}" expected [rows, columns], got ${describe(pair)}`);
  }
  for (const value of pair) assertNumber(argument, value as number, low);
}
