import { VitrineError } from '../../numeric/errors.ts';
import type { Layer } from '../graph/layersModel.ts';
import type { Origin } from '../operations/base.ts';

/** Refuses a layer that keeps something of what it is run on, and cannot be run without it. */
export function assertStateless(layer: Layer & { readonly stateful?: boolean }, { address, layerClass }: Origin): void {
  if (!layer.stateful) return;
  throw new VitrineError(
    'unsupported-layer',
    `layer "${address}" (${layerClass}) is stateful: it would keep what it is run on; give a model of the same weights with stateful: false`,
  );
}
