import type { Site } from '../../network/graph.ts';
import type { Network } from '../../network/network.ts';
import type { Scorer } from '../../network/scorer.ts';

/**
 * The layer of a class activation map: the named one, or the last before the target that still has rows and columns
 * (in a classifier the last before global pooling or flattening, after its batch normalisation and activation).
 */
export function camLayer(network: Network, scorer: Scorer, layer: string | undefined): Site {
  const spatial = [...network.graph.sites.values()].filter(isSpatial);
  if (layer !== undefined) return assertSpatial(network.site(layer), spatial);
  const before = influencing(network, scorer);
  const last = spatial
    .filter(({ value, layerClass }) => before.has(value) && layerClass !== 'InputLayer')
    .sort((a, b) => a.value - b.value)
    .at(-1);
  if (last) return last;
  throw new Error('"layer" expected a layer with rows and columns before the target; this network has none');
}

function isSpatial({ shape }: Site): boolean {
  return shape.length === 4 && !(shape[1] === 1 && shape[2] === 1);
}

function assertSpatial(site: Site, spatial: readonly Site[]): Site {
  if (site.shape.length === 4) return site;
  const near = spatial.slice(-5).map(({ address }) => address);
  throw new RangeError(
    `"layer" expected a layer with rows and columns, "${site.address}" has shape [${site.shape.map((length) => length ?? 'n').join(', ')}]; near: ${near.join(', ')}`,
  );
}

/** The values that the target depends on, itself left out. */
function influencing({ graph }: Network, { taps }: Scorer): ReadonlySet<number> {
  const reached = new Set(taps.map(({ value }) => value));
  for (const { inputs, output } of [...graph.steps].reverse()) {
    if (reached.has(output)) inputs.forEach((value) => reached.add(value));
  }
  taps.forEach(({ value }) => reached.delete(value));
  return reached;
}
