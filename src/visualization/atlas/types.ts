import type { PixelScale } from '../../image/pixelScale.ts';
import type { RunOptions } from '../../network/types.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import type { Direction } from '../../scoring/types.ts';
import type { VisualizeSettings } from '../types.ts';

/** Options of {@link activationAtlas}: how pixels become the input of the model, as `toInput` takes it, and how the atlas is made. */
export type ActivationAtlasOptions = PixelScale & AtlasSettings;

/** Lays out activations `[m, units]` in a plane, `[m, 2]`; any package's UMAP or t-SNE will do. */
export type LayoutFunction = (activations: NdArray) => NdArray | Promise<NdArray>;

/** How an atlas is made. */
export interface AtlasSettings
  extends RunOptions,
    Pick<
      VisualizeSettings,
      'size' | 'inputSize' | 'parameterization' | 'transforms' | 'optimizer' | 'learningRate' | 'steps' | 'redirected'
    > {
  /** The address of the layer. */
  readonly layer: string;
  /** How activations come into the plane: `'tsne'` by default, of at most 3000 images; `'pca'`; or a function. */
  readonly layout?: 'tsne' | 'pca' | LayoutFunction;
  /** About how many neighbours an image has in t-SNE; 50 by default, or a third of the images where these are fewer. */
  readonly perplexity?: number;
  /** Into how many cells each side is cut; 10 by default. */
  readonly grid?: number;
  /** The least number of images in a cell; 5 by default. */
  readonly threshold?: number;
  /** How much the angle to a cell's direction counts; 2 by default. */
  readonly power?: number;
  /** What is added to the second moments before they are inverted, as a share of their mean; 0.01 by default. */
  readonly ridge?: number;
  /** How many icons are made together, which share the draws of the transforms; 8 by default. */
  readonly together?: number;
  /** Names of the classes; cells have numbers alone without it. */
  readonly labels?: readonly string[];
  /** Of every random choice; 0 by default. */
  readonly seed?: number;
}

/** What speaks most for the images of a cell. */
export interface CellLabel {
  readonly class: number;
  /** Where `labels` are given. */
  readonly name?: string;
  /** The mean attribution of the class: how much its logit changes with the activations at the sampled positions. */
  readonly attribution: number;
}

/** A cell of an atlas, in which activations are alike. */
export interface AtlasCell {
  readonly row: number;
  readonly column: number;
  /** How many images are in it. */
  readonly count: number;
  /** Their places in the data set. */
  readonly images: readonly number[];
  /** The mean of their activations. */
  readonly direction: Direction;
  /** The place of its icon in {@link ActivationAtlas.icons}. */
  readonly picture: number;
  /** Of models whose output has classes. */
  readonly label?: CellLabel;
}

/** A map of what a layer sees in a data set: plain data. */
export interface ActivationAtlas {
  readonly layer: string;
  /** How many rows and columns the map has. */
  readonly grid: number;
  /** The cells that hold enough images, row by row. */
  readonly cells: readonly AtlasCell[];
  /** A picture of each cell's direction, `[cells, h, w, c]` of 0 to 1. */
  readonly icons: NdArray;
  /** The objective of each icon. */
  readonly objective: Float32Array;
  /** Where each image is in the map, `[images, 2]`: share of the width from the left, share of the height from the top. */
  readonly layout: NdArray;
  /** Which position of the layer was read of each image, `[images, 2]`; of a dense layer there is none. */
  readonly positions?: NdArray<Int32Array>;
  /** What went wrong without an error. */
  readonly warnings: readonly string[];
  readonly seed: number;
}
