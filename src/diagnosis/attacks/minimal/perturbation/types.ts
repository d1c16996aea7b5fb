import type { NdArray } from '../../../../numeric/ndarray.ts';
import type { Adversarial } from '../../types.ts';

/** The smallest changes that were found, and what they compare with. */
export interface MinimalPerturbation extends Adversarial {
  /** The length of the change over the square root of how many numbers there are, `[n]`. */
  readonly rms: Float32Array;
  /** $\lVert r \rVert_2 / \lVert x \rVert_2$ of each, `[n]`; the mean over a data set is the robustness of DeepFool's paper. */
  readonly relative: Float32Array;
  /** How far the nearest boundary would be if the model were linear, in the norm, `[n]`. */
  readonly linear: Float32Array;
  /** The greatest length that was tried at which no random direction reached the aim, in the norm, `[n]`; 0 where none was tried. */
  readonly harmless: Float32Array;
  /** Changes that still reach the aim once each number is rounded to a shade of 8 bits, rounded. */
  readonly shades: {
    readonly adversarial: NdArray;
    readonly success: readonly boolean[];
    /** In the norm, `[n]`. */
    readonly distance: Float32Array;
  };
}
