import { describe } from '../numeric/check.ts';
import { nearestNames } from '../numeric/nearestNames.ts';
import type { Graph, Site } from './graph.ts';

/** The output of a layer by its address. Throws with near choices. */
export function findSite({ sites }: Graph, address: string, argument: string): Site {
  if (typeof address !== 'string') {
    throw new TypeError(`"${argument}" expected the address of a layer, got ${describe(address)}`);
  }
  const site = sites.get(address) ?? sites.get(address.replace(/#0(?=[/@:]|$)/g, ''));
  if (site) return site;
  const near = nearestNames(address, [...sites.keys()]);
  throw new RangeError(`"${argument}" expected the address of a layer, got "${address}"; near: ${near.join(', ')}`);
}
