import { tallyAccumulator, thresholdAccumulator } from '../src/dissection/index.ts';
import { activations, compile, dissect, type LabelledActivations, type LabelledImage } from '../src/index.ts';
import { dissectInWorkers } from '../src/node/index.ts';
import { concepts, dissectable, labelledImage, largeDissectable } from './dissected.ts';
import type { Job } from './measure.ts';
import { naiveTally } from './naiveTally.ts';

const IMAGES = 48;

/** Dissection of 512 units on 14 × 14 positions, beside the forward passes it makes; the tally beside a plain loop. */
export async function dissectionJobs(): Promise<{ jobs: readonly Job[]; dispose: () => void }> {
  const model = dissectable();
  const largeModel = largeDissectable();
  const [network, large] = [compile(model), compile(largeModel)];
  const images = Array.from({ length: IMAGES }, (_, i) => labelledImage(i));
  const forward = async (image: LabelledImage, through = network): Promise<LabelledActivations> => {
    const { units } = await activations(through, image.image, ['units']);
    return { ...image, activations: { shape: units.shape.slice(1), data: units.data } };
  };
  const forwardAll = async (all: readonly LabelledImage[], through = network): Promise<void> => {
    for (const image of all) await forward(image, through);
  };
  const samples: LabelledActivations[] = [];
  for (const image of images) samples.push(await forward(image));
  const thresholds = thresholdsOf(samples);
  const jobs: readonly Job[] = [
    {
      name: `${2 * IMAGES} forward passes`,
      run: () => forwardAll([...images, ...images]),
    },
    {
      name: `dissection, ${IMAGES} images, 512 units`,
      run: () => dissect(network, images, { layers: ['units'], concepts }),
      per: `${2 * IMAGES} forward passes`,
      aim: 1.15,
    },
    { name: `${IMAGES} forward passes`, run: () => forwardAll(images) },
    {
      name: `dissection in one pass with spill, ${IMAGES} images`,
      run: () => dissect(network, images, { layers: ['units'], concepts, spill: new Map() }),
      per: `${IMAGES} forward passes`,
    },
    { name: `${IMAGES} passes of a network like ResNet-18`, run: () => forwardAll(images, large) },
    {
      name: 'its dissection in one pass with spill',
      run: () => dissect(large, images, { layers: ['units'], concepts, spill: new Map() }),
      per: `${IMAGES} passes of a network like ResNet-18`,
      aim: 1.15,
    },
    {
      name: 'tally, plain loops',
      async run() {
        const shared = new Float64Array(512 * concepts.length);
        for (const sample of samples) naiveTally(sample, thresholds, shared);
      },
    },
    {
      name: 'tally',
      async run() {
        const tally = tallyAccumulator({ thresholds, concepts });
        const state = tally.create();
        for (const sample of samples) tally.add(state, sample);
      },
      per: 'tally, plain loops',
      aim: 0.05,
    },
  ];
  return {
    jobs,
    dispose() {
      for (const one of [network, large]) one.dispose();
      for (const one of [model, largeModel]) one.dispose();
    },
  };
}

function thresholdsOf(samples: readonly LabelledActivations[]): Float64Array {
  const accumulator = thresholdAccumulator({ units: 512, positions: samples.length * 14 * 14 });
  const state = accumulator.create();
  for (const { activations: map } of samples) accumulator.add(state, map);
  return accumulator.extract(state);
}

/** The same dissection of more images in one thread and in two. */
export function threadJobs(): readonly Job[] {
  const source = {
    module: new URL('./dissected.ts', import.meta.url),
    execArgv: ['--import', new URL('../scripts/register-typescript.mjs', import.meta.url).href],
  };
  const run = (workers: number) => () => dissectInWorkers({ ...source, workers }, { layers: ['units'], concepts });
  return [
    { name: 'dissection in one worker thread', run: run(1) },
    { name: 'in two', run: run(2), per: 'dissection in one worker thread', aim: 1 / 1.6 },
  ];
}
