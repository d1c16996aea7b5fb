import { activations } from '../../../network/activations.ts';
import type { Site } from '../../../network/graph/graph.ts';
import { openShapeText } from '../../../network/graph/site.ts';
import type { Input } from '../../../network/types.ts';
import { readInputs } from '../../../network/walk/inputs.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import { imageInput } from '../../../scoring/placedInput.ts';
import type { Session } from '../../../scoring/session.ts';

/** Where windows are changed: an image, or the output of a layer. */
export interface ChangedPlace {
  readonly site: Site;
  /** What the examples have there, `[n, h, w, c]`; a dense layer has one row and one column. */
  readonly values: NdArray;
  /** What other inputs have there. */
  readonly valuesOf: (background: Input) => Promise<NdArray>;
}

/** The place that is asked for: a layer, or the image input. */
export async function changedPlace(
  session: Session,
  { layer, input }: { readonly layer: string | undefined; readonly input: number | undefined },
): Promise<ChangedPlace> {
  const { network, inputs } = session;
  if (layer !== undefined) return layerPlace(session, layer);
  const { index } = imageInput(session, input);
  return {
    site: network.inputs[index] as Site,
    values: inputs[index] as NdArray,
    valuesOf: async (background) => (await readInputs(network, background, 'background'))[index] as NdArray,
  };
}

async function layerPlace({ network, inputs, options }: Session, layer: string): Promise<ChangedPlace> {
  const site = network.site(layer);
  if (site.shape.length !== 2 && site.shape.length !== 4) {
    throw new VitrineError(
      'bad-shape',
      `"layer" expected a layer with rows and columns or a dense one, "${layer}" has shape ${openShapeText(site.shape)}`,
    );
  }
  const { batchSize, signal } = options;
  const run = { ...(batchSize && { batchSize }), ...(signal && { signal }) };
  const valuesOf = async (x: Input): Promise<NdArray> =>
    asPlane((await activations(network, x, [layer], run))[layer] as NdArray);
  return {
    site,
    values: await valuesOf(inputs),
    valuesOf: async (background) => valuesOf(await readInputs(network, background, 'background')),
  };
}

function asPlane({ shape, data }: NdArray): NdArray {
  return { shape: shape.length === 4 ? shape : [shape[0] as number, 1, 1, shape[1] as number], data };
}
