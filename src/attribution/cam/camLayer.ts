import type { Site } from '../../network/graph.ts';
import type { Network } from '../../network/network.ts';
import { openShapeText } from '../../network/openShapeText.ts';
import type { Scorer } from '../../network/scorer.ts';
import { placesWithin } from './layerPlaces.ts';
import { valuesBehind } from './valuesBehind.ts';

/**
 * The layer of a class activation map: the named one, or the last before the target that still has rows and columns, be
 * they of pictures, of volumes or of each frame of a sequence (in a classifier the last before global pooling or
 * flattening, after its batch normalisation and activation). In a network without any, the last that still is a sequence.
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
  throw new Error(
    `"layer" expected a layer with rows and columns before the target, got a network with ${listed(candidates)}`,
  );
}

/** Whether there are rows and columns, in a plane, in the planes of a volume, or in each frame. */
function hasPlane(site: Site): boolean {
  return site.shape.length > 3 && hasRank(site) && placesWithin(site).some((length) => length !== 1);
}

function isSequence({ shape }: Site): boolean {
  return shape.length === 3 && shape[1] !== 1;
}

/** Whether the places are those of a sequence, a plane or a volume, in each frame or without frames. */
function hasRank(site: Site): boolean {
  const { length } = placesWithin(site);
  return length >= 1 && length <= 3;
}

function assertPlaces(site: Site, sites: readonly Site[]): Site {
  if (hasRank(site)) return site;
  const near = sites.filter((other) => hasPlane(other) || isSequence(other)).slice(-5);
  const choice = near.length > 0 ? `near: ${near.map(({ address }) => address).join(', ')}` : 'this network has none';
  throw new RangeError(
    `"layer" expected a layer with rows and columns, "${site.address}" has shape ${openShapeText(site.shape)}; ${choice}`,
  );
}

/** The layers that there are, with their shapes. */
function listed(sites: readonly Site[]): string {
  if (sites.length === 0) return 'none before it';
  return sites
    .slice(-5)
    .map(({ address, shape }) => `"${address}" ${openShapeText(shape)}`)
    .join(', ');
}
