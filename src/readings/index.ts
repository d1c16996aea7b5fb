export type { Dataset } from './dataset.ts';
export { type ForEachImageOptions, forEachImage } from './forEachImage.ts';
export type { ImageDataset, ImageSource } from './imageSource.ts';
export type { LayerUpsampling, Placement, Upsampling } from './placement.ts';
