import { owned } from '../../backend/owned.ts';
import type { PixelScale } from '../../image/pixelScale.ts';
import { layerAddress } from '../../network/runChecks.ts';
import type { Input, Model } from '../../network/types.ts';
import { concatenated } from '../../network/walk/batches.ts';
import { withNetwork } from '../../network/withNetwork.ts';
import { type NdArray, rowOf } from '../../numeric/ndarray.ts';
import { assertOptions, count, integer, number, type OptionChecks, required } from '../../numeric/options.ts';
import { visualizeChecks } from '../visualize.ts';
import { type GridSettings, gridIcons } from './gridIcons.ts';
import { positionRows } from './groupFactors.ts';
import { planeActivations } from './planeActivations.ts';

/** Options of {@link activationGrid}, and how the numbers of the model's input follow from pixels, as for `toInput`. */
export type ActivationGridOptions = PixelScale & GridSettings;

const {
  size,
  inputSize,
  parameterization,
  snapshots,
  views,
  start,
  redirected,
  onSnapshot,
  count: _,
  ...kept
} = visualizeChecks;

const checks: OptionChecks<ActivationGridOptions> = {
  ...kept,
  layer: required(layerAddress),
  groups: integer(1),
  cellSize: integer(5),
  perStep: count(1),
  steps: count(0),
  power: number(0),
};

/** What a network sees at each position of an image, as pictures. */
export interface ActivationGrid {
  readonly layer: string;
  /** A picture for each position, `[n, h, w, size, size, c]` of 0 to 1. */
  readonly icons: NdArray;
  /** The length of the activations at each position, `[n, h, w]`: how large an icon should be shown. */
  readonly magnitudes: NdArray;
  readonly seed: number;
}

/**
 * What a layer sees at each position of an image: a picture for each, of the direction of the activations there.
 *
 * The activations $[h \cdot w, u]$ are taken apart into groups by non-negative matrix factorization; each picture is
 * $0.7\, u_i + 0.5 \sum_j g_{ij} v_j$ before colors, with a part of its own and what its groups share, so that like
 * positions look alike. Each step climbs $\sum_i \langle a_i, \bar a(\text{picture}_i) \rangle$ for some cells.
 *
 * Source: Olah et al. 2018, "The building blocks of interpretability", section "What does the network see?" and its
 * notebook on activation grids.
 *
 * @param model a `LayersModel` or `GraphModel` with one input of images, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `layer`; `preprocessing`, `range`, or `mean` and `std`, with `channels` and `order`; `groups` (6), `cellSize` (42), `perStep` (64),
 * `power` (0), `steps` (256), `transforms`, `optimizer` or `learningRate`, `seed`, `signal`, `onProgress`.
 * @returns `icons` `[n, h, w, size, size, c]` with `size` = `cellSize` − 4, and `magnitudes` `[n, h, w]`.
 * @throws {VitrineError} if the layer is unknown, has no rows and columns, or is 0 everywhere, if no scale is given, or the
 * network takes no pictures of `cellSize`; the signal's reason.
 * @example
 * ```ts
 * import { activationGrid } from 'vitrine/visualization';
 * const options = { layer: 'conv3', range: [-1, 1], cellSize: 16, perStep: 8, steps: 2 } as const;
 * const { icons, magnitudes } = await activationGrid(model, x, options);
 * console.log(icons.shape, magnitudes.shape);
 * ```
 */
export async function activationGrid(model: Model, x: Input, options: ActivationGridOptions): Promise<ActivationGrid> {
  assertOptions(options, checks);
  const copies = owned(x, options);
  return withNetwork(model, async (network) => {
    const [input, own] = await copies;
    const { layer, signal, seed = 0 } = own;
    const seen = await planeActivations(network, input, layer, { ...(signal && { signal }) });
    const [examples, ...plane] = seen.shape.slice(0, 3) as [number, number, number];
    const found: NdArray[] = [];
    for (let example = 0; example < examples; example++) {
      const rows = positionRows({ shape: [1, ...seen.shape.slice(1)], data: rowOf(seen, example) });
      found.push(await gridIcons(network, rows, { ...own, example, examples }));
    }
    const { shape, data } = concatenated(found);
    return {
      layer,
      icons: { shape: [examples, ...plane, ...shape.slice(1)], data },
      magnitudes: { shape: [examples, ...plane], data: lengthsOf(positionRows(seen)) },
      seed,
    };
  });
}

function lengthsOf({ shape, data }: NdArray): Float32Array {
  const [rows, units] = shape as [number, number];
  return Float32Array.from({ length: rows }, (_, row) => Math.hypot(...data.subarray(row * units, (row + 1) * units)));
}
