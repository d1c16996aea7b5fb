import type { Site } from '../../network/graph.ts';
import type { Network } from '../../network/network.ts';
import { openShapeText } from '../../network/openShapeText.ts';
import type { Scorer } from '../../network/scorer.ts';
import { valuesBehind } from './valuesBehind.ts';

/**
 * The layer of a class activation map: the named one, or the last before the target that still has rows and columns
 * (in a classifier the last before global pooling or flattening, after its batch normalisation and activation). In a
 * network without any, the last that still is a sequence.
 */
export function camLayer(network: Network, scorer: Scorer, layer: string | undefined): Site {
  const sites = [...network.graph.sites.values()];
  if (layer !== undefined) return assertPlaces(network.site(layer), sites);
  const before = valuesBehind(network.graph, scorer.taps);
  scorer.taps.forEach(({ value }) => before.delete(value));
  const candidates = sites
    .filter(({ value, layerClass }) => before.has(value) && layerClass !== 'InputLayer')
    .sort((a, b) => a.value - b.value);
  const last = candidates.filter(hasPlane).at(-1) ?? candidates.filter(isSequence).at(-1);
  if (last) return last;
  throw new Error('"layer" expected a layer with rows and columns before the target; this network has none');
}

function hasPlane({ shape }: Site): boolean {
  return shape.length === 4 && !(shape[1] === 1 && shape[2] === 1);
}

function isSequence({ shape }: Site): boolean {
  return shape.length === 3 && shape[1] !== 1;
}

function assertPlaces(site: Site, sites: readonly Site[]): Site {
  if (site.shape.length === 3 || site.shape.length === 4) return site;
  const near = sites.filter((other) => hasPlane(other) || isSequence(other)).slice(-5);
  throw new RangeError(
    `"layer" expected a layer with rows and columns, "${site.address}" has shape ${openShapeText(site.shape)}; near: ${near.map(({ address }) => address).join(', ')}`,
  );
}
