import { owned } from '../../backend/owned.ts';
import { activations } from '../../network/activations.ts';
import type { Site } from '../../network/graph/graph.ts';
import { openShapeText } from '../../network/graph/site.ts';
import type { Input, Model, RunOptions } from '../../network/types.ts';
import { withNetwork } from '../../network/withNetwork.ts';
import { assertFiniteArray } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';

/** The activations of a layer with rows and columns, `[n, h, w, u]`. */
export async function planeActivations(model: Model, x: Input, layer: string, run: RunOptions): Promise<NdArray> {
  const copies = owned(x);
  return withNetwork(model, async (network) => {
    assertPlane(network.site(layer, 'layer'));
    const [input] = await copies;
    const found = (await activations(network, input, [layer], run))[layer] as NdArray;
    assertFiniteArray(`activations of "${layer}"`, found);
    return found;
  });
}

/** Refuses a layer without rows and columns. */
export function assertPlane({ address, shape }: Site, argument = 'layer'): void {
  if (shape.length === 4) return;
  throw new VitrineError(
    'bad-shape',
    `"${argument}" expected a layer with rows and columns, "${address}" has shape ${openShapeText(shape)}`,
  );
}
