import { type ChannelScale, type PixelScale, scaleOfChannels } from '../../image/pixelScale.ts';
import { activations } from '../../network/activations.ts';
import type { Site } from '../../network/graph/graph.ts';
import type { Network } from '../../network/network.ts';
import type { Input, RunOptions } from '../../network/types.ts';
import { readInputs } from '../../network/walk/inputs.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';

/** Images that a model is given. */
export interface ImagesInput {
  /** `[n, h, w, c]` in the model's range. */
  readonly x: NdArray;
  /** The same as pictures of 0 to 1, in the order of pictures' channels. */
  readonly pictures: NdArray;
  readonly scale: ChannelScale;
}

/** Images and what they are at a layer. */
export interface InvertedInput extends ImagesInput {
  readonly site: Site;
  /** `[n, …]` */
  readonly features: NdArray;
}

/** Reads images, and what they are at a layer. */
export async function invertedInput(
  network: Network,
  x: Input,
  options: PixelScale & RunOptions & { readonly layer: string },
): Promise<InvertedInput> {
  const site = network.site(options.layer);
  const images = await imagesInput(network, x, options);
  return { ...images, site, features: await featuresOf(network, images.x, options) };
}

/** Reads images for a model that takes nothing else. */
export async function imagesInput(network: Network, x: Input, options: PixelScale): Promise<ImagesInput> {
  const inputs = await readInputs(network, x);
  const [image] = inputs as [NdArray];
  if (inputs.length > 1 || image.shape.length !== 4) {
    const shapes = inputs.map(({ shape }) => `[${shape.join(', ')}]`).join(', ');
    throw new VitrineError(
      'unsupported',
      `"x" expected images [n, h, w, c] as the only input of the model, got ${shapes}`,
    );
  }
  const scale = scaleOfChannels(options, image.shape[3] as number);
  return { x: image, pictures: fromModel(image, scale), scale };
}

/** What images are at a layer, `[n, …]`. */
export async function featuresOf(
  network: Network,
  x: NdArray,
  { layer, batchSize, signal }: RunOptions & { readonly layer: string },
): Promise<NdArray> {
  const found = await activations(network, x, [layer], { ...(batchSize && { batchSize }), ...(signal && { signal }) });
  return found[layer] as NdArray;
}

/** Images of the model's range as pictures of 0 to 1, and beyond where they are. */
export function fromModel({ shape, data }: NdArray, scale: ChannelScale): NdArray {
  const channels = shape.at(-1) as number;
  const pictures = new Float32Array(data.length);
  data.forEach((value, i) => {
    const channel = i % channels;
    const pixel = value * (scale.std[channel] as number) + (scale.mean[channel] as number);
    pictures[i - channel + placeOf(channel, scale)] = pixel / 255;
  });
  return { shape, data: pictures };
}

/** Pictures of 0 to 1 in the model's range. */
export function toModelRange({ shape, data }: NdArray, scale: ChannelScale): NdArray {
  const channels = shape.at(-1) as number;
  const images = data.map((_, i) => {
    const channel = i % channels;
    const pixel = 255 * (data[i - channel + placeOf(channel, scale)] as number);
    return (pixel - (scale.mean[channel] as number)) / (scale.std[channel] as number);
  });
  return { shape, data: images };
}

/** Which channel of a picture a channel of the model is. */
function placeOf(channel: number, { order, channels }: ChannelScale): number {
  return channels === 3 ? (order[channel] as number) : channel;
}
