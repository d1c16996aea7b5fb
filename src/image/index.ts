export type { Bytes } from '../numeric/bytes/bytes.ts';
export { blur } from './blur.ts';
export type { PixelWindow } from './crop.ts';
export { type DecodeOptions, decodeImage } from './decodeImage.ts';
export { encodePng } from './encodePng.ts';
export { example } from './example.ts';
export { fromInput } from './fromInput.ts';
export { type InputPlace, inputWindow } from './inputWindow.ts';
export { isEmpty } from './isEmpty.ts';
export { type NormalizeOptions, normalize } from './normalize.ts';
export { picture } from './picture.ts';
export type {
  InputChannels,
  MeanScale,
  PixelScale,
  Preprocessing,
  PresetScale,
  RangeScale,
} from './pixelScale.ts';
export { type PreprocessingName, preprocessing } from './preprocessing.ts';
export { rectify } from './rectify.ts';
export { type ChannelReduction, reduceChannels } from './reduceChannels.ts';
export { reduceFeatures } from './reduceFeatures.ts';
export { type ResizeOptions, resize } from './resize.ts';
export { segment } from './segment.ts';
export { type InputOptions, type InputSampling, toInput } from './toInput.ts';
export type { MapArray, Picture, PixelBytes, Segments, Size, VolumeSize } from './types.ts';
