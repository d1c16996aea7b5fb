import { inSlices } from '../../backend/inTurn.ts';
import type { Network } from '../../network/network.ts';
import { runChecks } from '../../network/runChecks.ts';
import type { Model } from '../../network/types.ts';
import { withNetwork } from '../../network/withNetwork.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import type { OptionChecks } from '../../numeric/options.ts';
import type { Sliced } from '../../numeric/sliced.ts';
import type { Dataset } from '../../readings/dataset.ts';
import { layerReadingChecks, layerReadings } from '../../readings/labelledReadings.ts';
import type { LabelledImage } from '../../readings/labels.ts';
import { type DissectOptions, dissectionChecks } from '../options.ts';
import { dissectReadings } from '../stages/inStages.ts';
import type { Dissection } from '../types.ts';
import { type Mix, mixOf } from './mixed.ts';
import { mixedReadings } from './mixedReadings.ts';

/** How directions among the units of a layer are dissected. */
export type MixOptions = Omit<DissectOptions, 'layers' | 'spill'>;

/** Checks of {@link MixOptions}. */
export const mixChecks: OptionChecks<MixOptions> = {
  ...runChecks,
  ...dissectionChecks,
  upsampling: layerReadingChecks.upsampling,
  imageCount: layerReadingChecks.imageCount,
};

/** What is dissected in place of units. */
export interface Mixes {
  /** How errors call the option that holds the layers. */
  readonly argument: string;
  /** Matrices `[directions, units]` for a layer of so many units. */
  readonly directionsOf: (units: number) => Sliced<readonly NdArray<Float32Array | Float64Array>[]>;
}

/**
 * Dissects directions among the units of layers in place of the units. The network runs as often as for one dissection.
 *
 * @returns for each layer one dissection for each matrix of directions.
 */
export async function dissectMixes(
  model: Model,
  dataset: Dataset<LabelledImage>,
  options: DissectOptions,
  { argument, directionsOf }: Mixes,
): Promise<readonly (readonly Dissection[])[]> {
  return withNetwork(model, async (network) => {
    const mixes: Mix[][] = [];
    for (const layer of options.layers) {
      const directions = await inSlices(directionsOf(unitsOf(network, layer, argument)), options);
      mixes.push(directions.map(mixOf));
    }
    const readings = await layerReadings(network, dataset, options);
    const dissections = await dissectReadings(mixedReadings(readings, mixes), options);
    return grouped(dissections, mixes);
  });
}

function unitsOf(network: Network, layer: string, argument: string): number {
  const { address, shape } = network.site(layer, argument);
  if (shape.length === 4 && typeof shape[3] === 'number') return shape[3];
  throw new VitrineError('bad-argument', `"${argument}" expected layers with rows and columns, got "${address}"`);
}

/** Dissections as many together as each layer has mixes. */
function grouped(
  dissections: readonly Dissection[],
  mixes: readonly (readonly Mix[])[],
): readonly (readonly Dissection[])[] {
  let start = 0;
  return mixes.map(({ length }) => {
    start += length;
    return dissections.slice(start - length, start);
  });
}
