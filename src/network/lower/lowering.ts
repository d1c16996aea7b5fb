import type { Layer } from '../graph/layersModel.ts';
import type { Operation } from '../graph/operation.ts';
import type { OperationSource } from '../operations/base.ts';

/** A call of a layer: where it stands and the symbolic shapes that go in and come out, batch axis included. */
export interface LayerCall {
  readonly source: OperationSource;
  readonly inputShapes: readonly (readonly (number | null)[])[];
  readonly outputShape: readonly (number | null)[];
  /** Which output of the call is meant; 0 by default. */
  readonly output?: number;
  /** What the call was given beside its inputs. */
  readonly callArgs?: Readonly<Record<string, unknown>>;
}

/**
 * Turns one call of a layer into a chain of operations; the first takes all the inputs. `undefined` where this
 * configuration of the layer is not known, so that it is treated as opaque.
 */
export type Lowering<L extends Layer = Layer> = (layer: L, call: LayerCall) => readonly Operation[] | undefined;
