import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { TopImage } from '../../dissection/index.ts';
import type { Site } from '../../network/graph/graph.ts';
import type { Network } from '../../network/network.ts';
import type { RunOptions } from '../../network/types.ts';
import type { Composite } from '../../network/walk/composite.ts';
import type { ForwardRecord } from '../../network/walk/record.ts';
import { signalAt } from '../../network/walk/signals.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { type ImageDataset, visitImagesAt } from '../../readings/imageSource.ts';
import { unitScorer } from '../../scoring/targets/unitScore.ts';
import { fromOneRun } from './fromOneRun.ts';
import type { PatchCutter, PatchTiles } from './patchTiles.ts';

/** What a unit saw in an image where it was most active. */
export interface DeconvPatch extends Omit<TopImage, 'map'>, PatchTiles {
  /** The activation when the image was run again: where the projection starts. */
  readonly reproduced: number;
}

/** An image in which a unit is greatly active. */
interface UnitPeak extends TopImage {
  readonly unit: number;
}

interface WalkPlan extends RunOptions {
  readonly site: Site;
  readonly composite: Composite;
  readonly peaks: readonly UnitPeak[];
  readonly tiles: PatchCutter;
}

/** Reads the images of the peaks again, and goes back from each peak; one forward walk for all peaks of an image. */
export async function carriedBack(
  network: Network,
  source: ImageDataset,
  { site, composite, peaks, tiles, signal, onProgress }: WalkPlan,
): Promise<readonly DeconvPatch[]> {
  const found: DeconvPatch[] = [];
  const [input] = network.inputs;
  let done = 0;
  const places = new Set(peaks.map(({ image }) => image));
  await visitImagesAt(network, source, { places, signal }, (inputs, image) => {
    const cut = tiles.of(inputs[0] as NdArray);
    return fromOneRun<number, 'projection' | 'activation'>(network, {
      inputs,
      signal,
      walk: { taps: [site], differentiate: { to: [input], composite } },
      items: () => peaks.flatMap((peak, i) => (peak.image === image ? i : [])),
      job: (record, i) => projected(network, record, { site, input, peak: peaks[i] as UnitPeak }),
      consume: ({ projection, activation }, i) => {
        const { map, unit: _, ...top } = peaks[i] as UnitPeak;
        const reproduced = activation.data[0] as number;
        assertReproduced(top, map, reproduced);
        found[i] = { ...top, reproduced, ...cut(top.position, projection) };
        onProgress?.({ stage: 'deconvPatches', done: ++done, total: peaks.length });
      },
    });
  });
  const missing = peaks.find((_, i) => !found[i]);
  if (missing) throw otherImages(`image ${missing.image} once only`);
  return found;
}

/** The activation at a peak, and what the rules make of it at the input (Zeiler and Fergus 2014, §2.1). */
function projected(
  network: Network,
  record: ForwardRecord,
  { site, input, peak }: { readonly site: Site; readonly input: Site; readonly peak: UnitPeak },
): Record<'projection' | 'activation', Tensor> {
  const target = { layer: site.address, unit: peak.unit, position: peak.position };
  const { score, seeds } = unitScorer(network, target).score(record, Int32Array.of(0));
  const start = tf.mul(seeds.get(site) as Tensor, score);
  return { projection: signalAt(record.backward(new Map([[site, start]]), { to: [input] }), input), activation: score };
}

// Other rules fuse other operations, so that the last digits differ.
function assertReproduced({ image, activation }: Omit<TopImage, 'map'>, map: NdArray, reproduced: number): void {
  const scale = map.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (Math.abs(reproduced - activation) <= 0.01 * scale + 1e-6) return;
  throw otherImages(`image ${image} with the activation ${activation}, then ${reproduced}`);
}

function otherImages(got: string): VitrineError {
  return new VitrineError('bad-argument', `"images" expected the same images in both readings, got ${got}`);
}
