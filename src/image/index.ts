export type { Bytes } from '../numeric/bytes/bytes.ts';
export { blur } from './blur.ts';
export type { PixelWindow } from './crop.ts';
export { type DecodeOptions, decodeImage } from './files/decodeImage.ts';
export { encodePng } from './files/encodePng.ts';
export { fromInput } from './fromInput.ts';
export type { InputOptions, InputPlace, InputSampling } from './inputOptions.ts';
export { inputWindow } from './inputWindow.ts';
export { example } from './maps/example.ts';
export { isEmpty } from './maps/isEmpty.ts';
export { type NormalizeOptions, normalize } from './maps/normalize.ts';
export { rectify } from './maps/rectify.ts';
export { type ChannelReduction, reduceChannels } from './maps/reduceChannels.ts';
export { reduceFeatures } from './maps/reduceFeatures.ts';
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
export { type ResizeOptions, resize } from './resize.ts';
export { segment } from './segment.ts';
export { toInput } from './toInput.ts';
export type { MapArray, Picture, PictureSize, PixelBytes, Segments, VolumeSize } from './types.ts';
