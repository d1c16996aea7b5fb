import { type PixelScale, scaleOfChannels } from '../../../image/pixelScale.ts';
import type { Network } from '../../../network/network.ts';
import type { RunOptions } from '../../../network/types.ts';
import { concatenated } from '../../../network/walk/batches.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import { type NdArray, sameShape } from '../../../numeric/ndarray.ts';
import { rangeOf } from '../../../numeric/statistics.ts';
import { type ImageDataset, inputsOf } from '../../../readings/imageSource.ts';
import { featuresOf, fromModel } from '../../inversion/invertedInput.ts';

/** What a decoder learns from. */
export interface DecoderExamples {
  /** The features of the images, `[n, …]`. */
  readonly codes: NdArray;
  /** The images as pictures of 0 to 1, `[n, h, w, c]`. */
  readonly pictures: NdArray;
  /** E ‖Φ(x)‖². */
  readonly energy: number;
}

/** Reads images and their features at a layer. */
export async function decoderExamples(
  network: Network,
  images: ImageDataset,
  { layer, signal, ...scale }: PixelScale & RunOptions & { readonly layer: string },
): Promise<DecoderExamples> {
  network.site(layer);
  const inputs = await allOf(network, images, signal);
  const codes = await featuresOf(network, inputs, { layer, ...(signal && { signal }) });
  const pictures = fromModel(inputs, scaleOfChannels(scale, inputs.shape[3] as number));
  assertPictures(pictures);
  const energy = codes.data.reduce((sum, value) => sum + value * value, 0) / (codes.shape[0] as number);
  if (energy > 0) return { codes, pictures, energy };
  throw new VitrineError(
    'bad-argument',
    `"images" expected some that layer "${layer}" answers to, got features that are all 0`,
  );
}

async function allOf(network: Network, images: ImageDataset, signal: AbortSignal | undefined): Promise<NdArray> {
  const batches: NdArray[] = [];
  for await (const [batch, ...others] of inputsOf(network, images)) {
    signal?.throwIfAborted();
    const { shape } = batch as NdArray;
    if (others.length > 0 || shape.length !== 4) {
      throw new VitrineError(
        'unsupported',
        `"images" expected [n, h, w, c] as the only input of the model, got ${others.length + 1} input(s) of [${shape.join(', ')}]`,
      );
    }
    assertAlike(shape, batches[0]?.shape ?? shape);
    batches.push(batch as NdArray);
  }
  if (batches.length > 0) return concatenated(batches);
  throw new VitrineError('bad-argument', '"images" expected at least one image, got none');
}

function assertAlike(shape: readonly number[], first: readonly number[]): void {
  if (sameShape(shape.slice(1), first.slice(1))) return;
  throw new VitrineError(
    'bad-shape',
    `"images" expected all of the size of the first, [${first.slice(1).join(', ')}], got [${shape.slice(1).join(', ')}]`,
  );
}

/** A decoder ends in a sigmoid: of another scale than the images' it could never reproduce them. */
function assertPictures({ data }: NdArray): void {
  const { low, high } = rangeOf(data);
  if (low >= -0.01 && high <= 1.01) return;
  throw new VitrineError(
    'bad-argument',
    `"images" expected numbers that are pixels of 0 to 255 on the scale that is given, got pixels from ${(255 * low).toFixed(1)} to ${(255 * high).toFixed(1)}`,
  );
}
