import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { activations, fitSoftTree, type NdArray, type Picture, predict, predictSoftTree } from 'vitrine';
import { type FittedSoftTree, type SoftExamples, treeOutline } from 'vitrine/distillation';
import { categoryNames } from './anatomy.ts';
import type { Animal } from './drawAnimal.ts';
import { pictureOf, withPictures } from './treesData.ts';
import type { AnimalSets } from './treesOfReasons.ts';
import type { TreeChapter } from './treesPage.ts';

const depths = [1, 2, 3, 4, 5];
const drawnDepth = 2;

/** Soft trees of the pictures, a quarter as large, and of what conv4 makes of them. */
export async function treesOfInputs(model: LayersModel, { grown, fresh }: AnimalSets): Promise<TreeChapter> {
  const [fit, others] = [await examplesOf(model, grown), await examplesOf(model, fresh)];
  const kinds = ['pixels', 'filters'] as const;
  const rows: (string | number)[][] = [];
  let drawn: FittedSoftTree | undefined;
  for (const depth of depths) {
    const row: (string | number)[] = [String(depth), 2 ** depth];
    for (const kind of kinds) {
      const tree = await fitSoftTree(fit[kind], { depth, epochs: 30, balance: 0.1 });
      row.push(agreement(tree, fit[kind], 'path'), agreement(tree, others[kind], 'path'));
      row.push(agreement(tree, others[kind], 'mixture'));
      if (depth === drawnDepth && kind === 'filters') drawn = tree;
    }
    rows.push(row);
  }
  const tree = drawn as FittedSoftTree;
  return {
    name: 'soft',
    title: 'A soft tree of what conv4 sees',
    text: `Fitted to what the network says of ${grown.length} pictures, read on ${fresh.length} new ones. Agreement is the share of pictures of which tree and network say the same category, by the likeliest leaf or by all leaves together; chance is ${(1 / categoryNames.length).toFixed(2)}. Pixels are those of the pictures at a quarter of their size, filters the peaks of conv4.

The tree of depth ${drawnDepth} for filters is drawn, each gate with those that send to the right (+) or left (−) most, each leaf with the picture that most surely comes to it.`,
    tables: [
      {
        title: 'Agreement with the network by depth',
        columns: ['depth', 'leaves', ...kinds.flatMap((kind) => [kind, 'new', 'new, all leaves'])],
        rows,
      },
    ],
    drawing: treeOutline(tree, {
      labels: categoryNames,
      features: Array.from({ length: tree.weights.shape[1] as number }, (_, filter) => `filter ${filter}`),
      thumbnail: surestPictures(tree, fit.filters, grown),
    }),
  };
}

async function examplesOf(
  model: LayersModel,
  animals: readonly Animal[],
): Promise<Record<'pixels' | 'filters', SoftExamples>> {
  return withPictures(animals, async (pictures) => {
    const { values: targets } = await predict(model, pictures, { scale: 'probability' });
    const small = tf.avgPool(pictures as tf.Tensor4D, 4, 4, 'valid');
    const { conv4 } = await activations(model, pictures, ['conv4']);
    return {
      pixels: { inputs: await arrayOf(small), targets },
      filters: { inputs: peaksOf(conv4 as NdArray), targets },
    };
  });
}

async function arrayOf(tensor: Tensor): Promise<NdArray> {
  const array = { shape: tensor.shape, data: (await tensor.data()) as Float32Array };
  tensor.dispose();
  return array;
}

/** The greatest activation of each filter, `[n, d]`. */
export function peaksOf({ shape, data }: NdArray): NdArray {
  const [count, , , filters] = shape as [number, number, number, number];
  const perImage = data.length / count;
  const peaks = new Float32Array(count * filters);
  data.forEach((value, i) => {
    const place = Math.floor(i / perImage) * filters + (i % filters);
    peaks[place] = Math.max(peaks[place] as number, value);
  });
  return { shape: [count, filters], data: peaks };
}

function agreement(tree: FittedSoftTree, { inputs, targets }: SoftExamples, by: 'path' | 'mixture'): number {
  const { values } = predictSoftTree(tree, inputs, { by });
  const [said, truth] = [values, targets].map(topClasses) as [number[], number[]];
  return said.filter((k, i) => k === truth[i]).length / said.length;
}

/** The greatest of each row. */
export function topClasses({ shape, data }: SoftExamples['targets']): number[] {
  const [count, classes] = shape as [number, number];
  return Array.from({ length: count }, (_, row) => {
    const own = Array.from(data.subarray(row * classes, (row + 1) * classes));
    return own.indexOf(Math.max(...own));
  });
}

/** Of each leaf the picture that comes there with the greatest probability. */
function surestPictures(
  tree: FittedSoftTree,
  { inputs }: SoftExamples,
  animals: readonly Animal[],
): (node: number) => Picture | undefined {
  const { pathProbabilities } = predictSoftTree(tree, inputs);
  const [inner, leaves] = [tree.biases.length, tree.leaves.shape[0] as number];
  return (node) => {
    if (node < inner) return undefined;
    const reach = animals.map((_, i) => pathProbabilities.data[i * leaves + node - inner] as number);
    const best = animals[reach.indexOf(Math.max(...reach))];
    return best && pictureOf(best);
  };
}
