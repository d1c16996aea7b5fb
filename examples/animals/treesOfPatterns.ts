import type { LayersModel } from '@tensorflow/tfjs-layers';
import {
  activations,
  fitExplanatoryGraph,
  inferPatterns,
  type NdArray,
  peakPositions,
  predict,
  receptiveField,
  type SurrogateTree,
  surrogateTree,
} from 'vitrine';
import { filterPartMatrix, type SurrogateExamples, treeOutline } from 'vitrine/distillation';
import type { LayerInference } from 'vitrine/graph';
import type { Animal } from './drawAnimal.ts';
import { landmarksOf } from './landmarks.ts';
import { category, logOddsOf, partName, withPictures } from './treesData.ts';
import { peaksOf } from './treesOfInputs.ts';
import type { AnimalSets } from './treesOfReasons.ts';
import type { TreeChapter } from './treesPage.ts';

const depths = [1, 2, 3, 4, 6];
const drawnDepth = 3;
const shared = 120;

/** Trees of questions about part patterns, and about filters. */
export async function treesOfPatterns(model: LayersModel, { grown, fresh }: AnimalSets): Promise<TreeChapter> {
  const own = grown.slice(0, shared);
  const graph = await withPictures(own, (pictures) =>
    fitExplanatoryGraph(model, [pictures], { layers: ['conv4'], patternsPerFilter: { conv4: 3 } }),
  );
  const described = (animals: readonly Animal[]): Promise<Described> =>
    withPictures(animals, async (pictures) => {
      const { conv4: patterns } = await inferPatterns(graph, model, [pictures]);
      const { conv4 } = await activations(model, pictures, ['conv4']);
      const { values } = await predict(model, pictures, { scale: 'logit' });
      return { patterns: patterns as LayerInference, maps: conv4 as NdArray, outputs: logOddsOf(values) };
    });
  const [fit, others] = [await described(grown), await described(fresh)];
  const trees = depths.map((maxDepth) => ({
    maxDepth,
    patterns: fitted(fit, others, maxDepth, ({ patterns }) => patterns.scores),
    filters: fitted(fit, others, maxDepth, ({ maps }) => peaksOf(maps)),
  }));
  const drawn = trees.find(({ maxDepth }) => maxDepth === drawnDepth)?.patterns as SurrogateTree;
  const parts = partsOf(fit.patterns, grown);
  const nodes = graph.layers[0]?.nodes ?? [];
  const filters = peakPositions(fit.maps, receptiveField(model, 'conv4'));
  const filterParts = partsOf(filters, grown);
  const names = nodes.map(({ unit }, node) => `${partName(parts[node])} pattern ${node} of filter ${unit}`);
  const asked = trees.at(0)?.filters.root.feature as number;
  return {
    name: 'patterns',
    title: 'Questions about part patterns',
    text: `An explanatory graph of ${own.length} pictures of ${category}s gives ${nodes.length} part patterns of conv4, each named by the part that it is nearest to as a rule. The questions are about the scores of the patterns, the numbers in the tree the network's score for “${category}”. R² is the share of the variance of that score that the tree explains, agreement the share of pictures on which both decide alike; new pictures were seen neither by graph nor by tree.

With the peaks of filters instead, the first question is about filter ${asked} (${partName(filterParts[asked])}).`,
    tables: [
      {
        title: 'Fidelity by depth',
        columns: ['depth', ...['patterns', 'filters'].flatMap((name) => [`R² of ${name}`, 'new', 'agreement', 'new'])],
        rows: trees.map(({ maxDepth, ...both }) => [
          String(maxDepth),
          ...[both.patterns, both.filters].flatMap(fidelity),
        ]),
      },
    ],
    drawing: treeOutline(drawn, { features: names }),
  };
}

interface Described {
  readonly patterns: LayerInference;
  readonly maps: NdArray;
  readonly outputs: NdArray<Float64Array>;
}

function fitted(
  fit: Described,
  others: Described,
  maxDepth: number,
  featuresOf: (described: Described) => SurrogateExamples['features'],
): SurrogateTree {
  const examples = (described: Described): SurrogateExamples => ({
    features: featuresOf(described),
    outputs: described.outputs,
  });
  return surrogateTree(examples(fit), { maxDepth, minLeaf: 5, heldOut: examples(others) });
}

/** The part that each pattern or filter is nearest to in most pictures of the category. */
function partsOf({ positions, scores }: LayerInference, animals: readonly Animal[]): Int32Array {
  const count = animals.length / 2;
  const upper = ({ shape, data }: NdArray<Float64Array>): NdArray<Float64Array> => ({
    shape: [count, ...shape.slice(1)],
    data: data.subarray(0, data.length / 2),
  });
  return filterPartMatrix({
    positions: upper(positions),
    scores: upper(scores),
    parts: landmarksOf(animals.slice(0, count)),
  }).part;
}

function fidelity({ fidelity: { training, heldOut } }: SurrogateTree): (number | null)[] {
  return [training.r2, heldOut?.r2 ?? null, training.agreement, heldOut?.agreement ?? null];
}
