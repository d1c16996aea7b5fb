import type { LayersModel } from '@tensorflow/tfjs-layers';
import { neuralBackedTree, predict, predictHierarchy } from 'vitrine';
import { treeOutline } from 'vitrine/distillation';
import { categoryNames } from './anatomy.ts';
import type { Animal } from './drawAnimal.ts';
import { pictureOf, withPictures } from './treesData.ts';
import { topClasses } from './treesOfInputs.ts';
import type { TreeChapter } from './treesPage.ts';

/** The hierarchy of categories in the weights of the last layer. */
export async function treesOfClasses(model: LayersModel, animals: readonly Animal[]): Promise<TreeChapter> {
  const tree = await neuralBackedTree(model);
  const { values } = await withPictures(animals, (pictures) => predict(model, pictures, { scale: 'logit' }));
  const { classes, hard } = predictHierarchy(tree, values);
  const decided = topClasses(values);
  const truth = animals.map(({ category }) => category);
  const alike = (one: ArrayLike<number>, other: readonly number[]): number =>
    other.filter((k, i) => k === one[i]).length / other.length;
  return {
    name: 'classes',
    title: 'The hierarchy of categories',
    text: `Made of the weights of the last layer alone, and read on ${animals.length} new pictures. Agreement is the share of pictures of which the hierarchy says the category that the network says; accuracy is the share that is right. Hard decisions follow the likelier branch, soft ones multiply the probabilities of all.`,
    tables: [
      {
        title: 'Decisions down the hierarchy',
        columns: ['decision', 'agreement', 'accuracy'],
        rows: [
          ['network', 1, alike(decided, truth)],
          ['soft', alike(classes, decided), alike(classes, truth)],
          ['hard', alike(hard, decided), alike(hard, truth)],
        ],
      },
    ],
    drawing: treeOutline(tree, {
      labels: categoryNames,
      thumbnail: (node) => {
        const one = animals.find(({ category }) => node === category);
        return one && pictureOf(one);
      },
    }),
  };
}
