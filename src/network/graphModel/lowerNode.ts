import { VitrineError } from '../../numeric/errors.ts';
import { nearestNames } from '../../numeric/nearestNames.ts';
import { convolutions } from './lower/convolutions.ts';
import { elements } from './lower/elements.ts';
import { images } from './lower/images.ts';
import { normalizations } from './lower/normalizations.ts';
import { parts } from './lower/parts.ts';
import { phases } from './lower/phases.ts';
import { poolings } from './lower/pooling.ts';
import { products } from './lower/products.ts';
import { reductions } from './lower/reductions.ts';
import { shapes } from './lower/shapes.ts';
import { volumes } from './lower/volumes.ts';
import { type Lowered, type NodeCall, type NodeLowering, titleOf } from './nodeCall.ts';

const lowerings: Readonly<Record<string, NodeLowering>> = {
  ...convolutions,
  ...elements,
  ...images,
  ...normalizations,
  ...parts,
  ...phases,
  ...poolings,
  ...products,
  ...reductions,
  ...shapes,
  ...volumes,
};

/** What becomes of a node that reads values of the network. */
export function lowerNode(call: NodeCall): Lowered {
  const { op } = call.node;
  const lowering = Object.hasOwn(lowerings, op) ? lowerings[op] : undefined;
  if (lowering) return lowering(call);
  const near = nearestNames(op, Object.keys(lowerings)).join(', ');
  throw new VitrineError('unsupported-layer', `${titleOf(call)} is of an op that is not known; near: ${near}`);
}
