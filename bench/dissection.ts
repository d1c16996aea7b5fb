import * as tfl from '@tensorflow/tfjs-layers';
import {
  activations,
  type Concept,
  compile,
  dissect,
  type LabelledActivations,
  type LabelledImage,
  tallyAccumulator,
  thresholdAccumulator,
} from '../src/index.ts';
import { random } from '../src/numeric/random.ts';
import type { Job } from './measure.ts';
import { naiveTally } from './naiveTally.ts';

const IMAGES = 48;
const LABELS = 112;
const concepts: readonly Concept[] = Array.from({ length: 200 }, (_, i) => ({
  number: i + 1,
  name: `concept ${i + 1}`,
  category: ['object', 'part', 'material', 'color'][i % 4] as string,
}));

/** Dissection of 512 units on 14 × 14 positions, beside the forward passes it makes; the tally beside a plain loop. */
export async function dissectionJobs(): Promise<{ jobs: readonly Job[]; dispose: () => void }> {
  const model = dissectable();
  const network = compile(model);
  const images = Array.from({ length: IMAGES }, (_, i) => labelledImage(i));
  const forward = async (image: LabelledImage): Promise<LabelledActivations> => {
    const { units } = await activations(network, image.image, ['units']);
    return { ...image, activations: { shape: units.shape.slice(1), data: units.data } };
  };
  const samples: LabelledActivations[] = [];
  for (const image of images) samples.push(await forward(image));
  const thresholds = thresholdsOf(samples);
  const jobs: readonly Job[] = [
    {
      name: `${2 * IMAGES} forward passes`,
      async run() {
        for (const image of [...images, ...images]) await forward(image);
      },
    },
    {
      name: `dissection, ${IMAGES} images, 512 units`,
      run: () => dissect(network, images, { layers: ['units'], concepts }),
      per: `${2 * IMAGES} forward passes`,
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
      network.dispose();
      model.dispose();
    },
  };
}

function dissectable(): tfl.LayersModel {
  const layer = (filters: number, options: object = {}): tfl.layers.Layer =>
    tfl.layers.conv2d({ filters, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu', ...options });
  return tfl.sequential({
    layers: [layer(32, { inputShape: [224, 224, 3] }), layer(64), layer(128), layer(512, { name: 'units' })],
  });
}

function thresholdsOf(samples: readonly LabelledActivations[]): Float64Array {
  const accumulator = thresholdAccumulator({ units: 512, positions: samples.length * 14 * 14 });
  const state = accumulator.create();
  for (const { activations: map } of samples) accumulator.add(state, map);
  return accumulator.extract(state);
}

/** A random picture with four planes of labels in blocks. */
function labelledImage(number: number): LabelledImage {
  const { uniform, integer } = random(number);
  const planes = new Int32Array(4 * LABELS * LABELS);
  for (let plane = 0; plane < 4; plane++) {
    for (let block = 0; block < 12; block++) {
      const [top, left, label] = [integer(LABELS), integer(LABELS), 1 + 4 * integer(50) + plane];
      for (let y = top; y < Math.min(top + 40, LABELS); y++) {
        const row = (plane * LABELS + y) * LABELS;
        planes.fill(label, row + left, row + Math.min(left + 40, LABELS));
      }
    }
  }
  return {
    image: { shape: [224, 224, 3], data: Float32Array.from({ length: 224 * 224 * 3 }, uniform) },
    planes: { shape: [4, LABELS, LABELS], data: planes },
  };
}
