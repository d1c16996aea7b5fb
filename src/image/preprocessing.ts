import type { Preprocessing } from './pixelScale.ts';

/** A module of `keras.applications` in camel case, or another well-known source of models. */
export type PreprocessingName =
  | 'convnext'
  | 'densenet'
  | 'efficientnet'
  | 'efficientnetV2'
  | 'inceptionResnetV2'
  | 'inceptionV3'
  | 'mobilenet'
  | 'mobilenetV2'
  | 'mobilenetV3'
  | 'nasnet'
  | 'regnet'
  | 'resnet'
  | 'resnet50'
  | 'resnetRs'
  | 'resnetV2'
  | 'vgg16'
  | 'vgg19'
  | 'xception'
  | 'torchvision'
  | 'teachableMachine'
  | 'tfhub';

// The modes of `keras.applications.imagenet_utils.preprocess_input`.
const tf: Preprocessing = { mean: 127.5, std: 127.5 };
const torch: Preprocessing = { mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] };
const caffe: Preprocessing = { mean: [103.939, 116.779, 123.68], std: 1, order: 'bgr' };
// Layers inside of the model do it.
const none: Preprocessing = { mean: 0, std: 1 };

/**
 * How pixels of 0 to 255 become the input of well-known networks, as `(pixel − mean) / std` of the channels in `order`.
 *
 * - By the modules of `keras.applications`, what their `preprocess_input` does: `convnext`, `densenet`, `efficientnet`,
 *   `efficientnetV2`, `inceptionResnetV2`, `inceptionV3`, `mobilenet`, `mobilenetV2`, `mobilenetV3`, `nasnet`, `regnet`,
 *   `resnet`, `resnet50`, `resnetRs`, `resnetV2`, `vgg16`, `vgg19`, `xception`. Networks with preprocessing layers inside
 *   (`convnext`, `efficientnet`, `efficientnetV2`, `mobilenetV3`, `regnet`, `resnetRs`) take pixels as they are; made with
 *   `include_preprocessing=False`, they want what their documentation says.
 * - `torchvision`: the mean and standard deviation of ImageNet, the default of its classification weights.
 * - `teachableMachine`: pixels / 127 − 1, as in its own library.
 * - `tfhub`: from 0 to 1, the convention of image models on TensorFlow Hub.
 *
 * These are scales only; how large the input is, the model says, and how the picture came to that size in training, its
 * authors.
 *
 * Source: `preprocess_input` of Keras 2.15 and Keras 3.15; `ImageClassification` of torchvision; `capture` of
 * `@teachablemachine/image`.
 *
 * @example
 * ```ts
 * import { fromInput, preprocessing, toInput } from 'vitrine';
 * const x = toInput(picture, { size: 224, preprocessing: preprocessing.mobilenetV2 }); // from -1 to 1
 * const seen = fromInput(x, { preprocessing: preprocessing.mobilenetV2 });
 * ```
 */
export const preprocessing: Readonly<Record<PreprocessingName, Preprocessing>> = {
  convnext: none,
  densenet: torch,
  efficientnet: none,
  efficientnetV2: none,
  inceptionResnetV2: tf,
  inceptionV3: tf,
  mobilenet: tf,
  mobilenetV2: tf,
  mobilenetV3: none,
  nasnet: tf,
  regnet: none,
  resnet: caffe,
  resnet50: caffe,
  resnetRs: none,
  resnetV2: tf,
  vgg16: caffe,
  vgg19: caffe,
  xception: tf,
  torchvision: torch,
  teachableMachine: { mean: 127, std: 127 },
  tfhub: { mean: 0, std: 255 },
};
