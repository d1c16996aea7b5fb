import type * as tfl from '@tensorflow/tfjs-layers';
import { type SyntheticPatterns, syntheticPatterns } from '../src/graph/index.ts';
import { activations, compile, fitExplanatoryGraph, inferPatterns } from '../src/index.ts';
import type { Job } from './measure.ts';
import { inputFor, vggLike } from './networks.ts';

const IMAGES = 25;
const FILTERS = 8;
const PATTERNS = 20;
const PASSES = 8;

/** Fitting explanatory graphs: slopes in images, filters and patterns; inference of an image beside its forward pass. */
export async function graphJobs(): Promise<{ jobs: readonly Job[]; dispose: () => void }> {
  const base = `graph, ${IMAGES} images, ${FILTERS} filters of ${PATTERNS} patterns`;
  const fitting = (name: string, factors: Partial<Scale>, aim?: number): Job => {
    const scale = { images: IMAGES, filters: FILTERS, patterns: PATTERNS, ...factors };
    const { maps } = planted(scale);
    return {
      name,
      run: () => fitExplanatoryGraph(maps, { layers: ['lower', 'upper'], patternsPerFilter: scale.patterns }),
      ...(aim !== undefined && { per: base, aim }),
    };
  };
  const { model, layers } = convolutions();
  const network = compile(model);
  const x = inputFor(model);
  const images = new Array<typeof x>(PASSES).fill(x);
  const passes = `${PASSES} forward passes to the top layer`;
  const graph = await fitExplanatoryGraph(network, [x], { layers, iterations: 4, neighbours: 15 });
  const nodes = graph.layers.reduce((sum, layer) => sum + layer.nodes.length, 0);
  const jobs: readonly Job[] = [
    fitting(base, {}),
    fitting('4 × the images', { images: 4 * IMAGES }, 4.4),
    // There are more nodes to choose neighbours among, too, up to 600.
    fitting('4 × the filters', { filters: 4 * FILTERS }, 5),
    fitting('4 × the patterns', { patterns: 4 * PATTERNS }, 4.4),
    {
      name: passes,
      async run() {
        for (const image of images) await activations(network, image, layers);
      },
    },
    {
      name: `passes and inference of ${nodes} nodes`,
      run: () => inferPatterns(graph, network, images),
      per: passes,
      aim: 2,
    },
  ];
  return {
    jobs,
    dispose() {
      network.dispose();
      x.dispose();
      model.dispose();
    },
  };
}

interface Scale {
  readonly images: number;
  readonly filters: number;
  readonly patterns: number;
}

function planted({ images, filters }: Scale): SyntheticPatterns {
  const layers = [
    { name: 'lower', positions: 28, unitCount: filters },
    { name: 'upper', positions: 14, unitCount: filters },
  ];
  // Noise that leaves a third of the responses positive, as in networks.
  return syntheticPatterns({ imageCount: images, imageSize: 224, layers, deviation: 0.7 });
}

/** The convolutions that the figures of the paper are about, in a VGG of a quarter of the width. */
function convolutions(): { model: tfl.LayersModel; layers: readonly string[] } {
  const model = vggLike();
  const names = model.layers.filter((layer) => layer.getClassName() === 'Conv2D').map(({ name }) => name);
  return { model, layers: [8, 9, 11, 12].map((i) => names[i] as string) };
}

/** The seconds that the paper's graph takes: four layers of 512 filters with 40, 40, 20 and 20 patterns, on 100 images. */
export async function paperGraph(): Promise<{ readonly seconds: number; readonly nodes: number }> {
  const sizes = { conv4_2: 28, conv4_3: 28, conv5_2: 14, conv5_3: 14 };
  const layers = Object.entries(sizes).map(([name, positions]) => ({ name, positions, unitCount: 512 }));
  const { maps } = syntheticPatterns({ imageCount: 100, imageSize: 224, layers });
  const start = performance.now();
  const graph = await fitExplanatoryGraph(maps, { layers: Object.keys(sizes) });
  const seconds = (performance.now() - start) / 1000;
  return { seconds, nodes: graph.layers.reduce((sum, { nodes }) => sum + nodes.length, 0) };
}
