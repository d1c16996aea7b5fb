import { type Container, isContainer, type Layer, type SymbolicTensor } from './layersModel.ts';

/** The address of a name within a place, `''` for the outermost. */
export type Within = (place: string, name: string) => string;

/**
 * Addresses of which no two are alike: `outer/inner`. A name may have a slash itself: of a layer `outer/inner` beside a
 * model `outer` with a layer `inner`, the one that comes second is told by a slash more, `outer//inner`.
 */
export function distinctAddresses(): Within {
  const taken = new Set<string>();
  return (place, name) => {
    let between = place === '' ? '' : '/';
    while (taken.has(`${place}${between}${name}`)) between += '/';
    const address = `${place}${between}${name}`;
    taken.add(address);
    return address;
  };
}

/** The addresses of what a container holds. */
export interface Addresses {
  /** Of a layer that it holds, or of one that is only reached through another container, dissolved into this one. */
  ofLayer(layer: Layer): string;
  /** Of the call of a layer behind a tensor: the second call of a shared layer is `layer#1`. */
  ofCall(tensor: SymbolicTensor): string;
}

/** Addresses within a container at a place; its own layers have theirs before those that are further inside. */
export function addressesIn(container: Container, place: string, within: Within): Addresses {
  const known = new Map(container.layers.map((layer) => [layer, within(place, layer.name)]));
  const holders = holdersIn(container);
  const calls = callsIn(container);
  const ofLayer = (layer: Layer): string => {
    const holder = holders.get(layer);
    const address = known.get(layer) ?? within(holder ? ofLayer(holder) : place, layer.name);
    known.set(layer, address);
    return address;
  };
  return {
    ofLayer,
    ofCall({ sourceLayer, nodeIndex }) {
      const order = [...(calls.get(sourceLayer) ?? [])].sort((a, b) => a - b).indexOf(nodeIndex);
      return order > 0 ? `${ofLayer(sourceLayer)}#${order}` : ofLayer(sourceLayer);
    },
  };
}

/** The calls of each layer that a container makes. */
function callsIn({ inputs, outputs }: Container): ReadonlyMap<Layer, ReadonlySet<number>> {
  const calls = new Map<Layer, Set<number>>();
  const seen = new Set<number>();
  const pending = [...outputs];
  for (let tensor = pending.pop(); tensor; tensor = pending.pop()) {
    if (seen.has(tensor.id)) continue;
    seen.add(tensor.id);
    const { id, sourceLayer, nodeIndex } = tensor;
    calls.set(sourceLayer, (calls.get(sourceLayer) ?? new Set()).add(nodeIndex));
    if (!inputs.some((input) => input.id === id)) {
      pending.push(...(sourceLayer.inboundNodes[nodeIndex]?.inputTensors ?? []));
    }
  }
  return calls;
}

/** The containers that hold the layers further inside. */
function holdersIn(container: Container): Map<Layer, Container> {
  const inner = container.layers.filter(isContainer);
  return new Map(inner.flatMap((held) => [...held.layers.map((layer) => [layer, held] as const), ...holdersIn(held)]));
}
