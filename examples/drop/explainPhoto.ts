import { gradCam, type Network, overlay, type Picture, predict, preprocessing, toInput } from 'vitrine';
import type { PreprocessingName } from 'vitrine/image';

/** What a network answers to a photo, and where it looks. */
export interface Explained {
  readonly picture: Picture;
  readonly answer: string;
}

/** The top class of a classifier, and its Grad-CAM over the photo. */
export async function explainPhoto(network: Network, photo: Picture, trained: PreprocessingName): Promise<Explained> {
  const x = toInput(photo, { size: inputSize(network), preprocessing: preprocessing[trained] });
  const map = await gradCam(network, x);
  const [, height, width] = x.shape as [number, number, number];
  const { values } = await predict(network, x);
  const best = map.target?.[0] ?? 0;
  const value = values.data.length > 1 ? values.data[best] : values.data[0];
  return {
    picture: overlay(photo, map, { colormap: 'turbo', size: [height, width] }),
    answer: `class ${best}: ${value?.toFixed(3)}, seen at ${map.layer}`,
  };
}

/** What the model says of its input; 224 pixels where it takes any size. */
function inputSize({ inputs }: Network): readonly [height: number, width: number] {
  const [, height, width] = inputs[0]?.shape ?? [];
  return [height ?? 224, width ?? 224];
}
