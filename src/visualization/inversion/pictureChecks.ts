import type { PixelScale } from '../../image/pixelScale.ts';
import type { OptionChecks } from '../../numeric/options.ts';
import type { VisualizeSettings } from '../types.ts';
import { visualizeChecks } from '../visualize.ts';

/** What of {@link visualize} pictures of given images take: their size is that of the images. */
export type PictureOptions = Pick<
  VisualizeSettings,
  | 'parameterization'
  | 'transforms'
  | 'views'
  | 'optimizer'
  | 'learningRate'
  | 'steps'
  | 'seed'
  | 'signal'
  | 'onProgress'
>;

const { size, inputSize, snapshots, count, start, redirected, onSnapshot, ...checks } = visualizeChecks;

/** Checks of {@link PictureOptions} and of how numbers follow from pixels. */
export const pictureChecks: OptionChecks<PixelScale & PictureOptions> = checks;
