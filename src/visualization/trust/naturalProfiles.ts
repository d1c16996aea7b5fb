import type { Site } from '../../network/graph/graph.ts';
import type { Network } from '../../network/network.ts';
import type { RunOptions } from '../../network/types.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { random, randomSubset } from '../../numeric/random.ts';
import { type ImageDataset, imagesAt } from '../../readings/imageSource.ts';
import type { Profiles } from './pathCurve.ts';
import type { NaturalImage } from './rankedImages.ts';
import { unitProfiles } from './unitProfiles.ts';

/** The natural images that pictures are compared with. */
export interface ChosenNatural {
  readonly top: readonly NaturalImage[];
  readonly others: readonly NaturalImage[];
}

/** The images of the greatest objective, at most half of all, and some of the rest. */
export function chosenNatural(
  ranking: readonly NaturalImage[],
  { count = 9, samples = 32, seed = 0 }: { readonly count?: number; readonly samples?: number; readonly seed?: number },
): ChosenNatural {
  const first = Math.min(count, Math.ceil(ranking.length / 2));
  const rest = ranking.slice(first);
  const drawn = randomSubset(rest.length, Math.min(samples, rest.length), random(seed));
  return { top: ranking.slice(0, first), others: drawn.map((i) => rest[i] as NaturalImage) };
}

/** Reads the chosen images once more, and keeps the inputs of those at the top. */
export async function readNatural(
  network: Network,
  source: ImageDataset,
  {
    sites,
    chosen: { top, others },
    ...run
  }: RunOptions & { readonly sites: readonly Site[]; readonly chosen: ChosenNatural },
): Promise<{
  readonly inputs: readonly (readonly NdArray[])[];
  readonly profiles: (layer: number) => Pick<Profiles, 'top' | 'others'>;
}> {
  const read = new Map<number, readonly NdArray[]>();
  const places = new Set([...top, ...others].map(({ image }) => image));
  const chosen = async function* (): AsyncGenerator<readonly NdArray[]> {
    for await (const { inputs, image } of imagesAt(network, source, { places, signal: run.signal })) {
      read.set(image, inputs);
      yield inputs;
    }
  };
  const plan = { ...run, sites, stage: 'paths', total: places.size };
  const profiles = await unitProfiles(network, chosen(), plan);
  const order = [...read.keys()];
  const of = (images: readonly NaturalImage[], layer: number): readonly Float32Array[] =>
    images.map(({ image }) => profiles[layer]?.[order.indexOf(image)] as Float32Array);
  return {
    inputs: top.map(({ image }) => read.get(image) as readonly NdArray[]),
    profiles: (layer) => ({ top: of(top, layer), others: of(others, layer) }),
  };
}
