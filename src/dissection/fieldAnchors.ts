import type { Network } from '../network/network.ts';
import { receptiveField } from '../network/receptiveField.ts';
import type { Upsampling } from './upsampling.ts';

/**
 * Where the positions of a layer lie in the image: at the centres of their receptive fields. Gates are left out of
 * these, since through them every position sees everything.
 */
export function fieldAnchors(network: Network, layer: string): Upsampling {
  const [, rows, columns] = network.inputs[0]?.shape ?? [];
  if (typeof rows !== 'number' || typeof columns !== 'number') {
    throw new RangeError(
      '"upsampling" expected "fill" or {centre, jump, imageSize} for a model that leaves its input size open',
    );
  }
  const { centre, jump } = receptiveField(network, layer, { ignoreGates: true });
  // A layer of one row or column lies everywhere in that direction.
  const steps = [jump[0] || rows, jump[1] || columns] as const;
  return { centre, jump: steps, imageSize: [rows, columns] };
}
