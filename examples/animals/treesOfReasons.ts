import type { LayersModel } from '@tensorflow/tfjs-layers';
import {
  activations,
  type DistilledTree,
  distillDecisionTree,
  type NdArray,
  type Picture,
  parseTree,
  peakPositions,
  receptiveField,
  treeMetrics,
} from 'vitrine';
import {
  type FilterPartMatrix,
  filterPartMatrix,
  type ImageRationales,
  imageRationales,
  type LevelMetrics,
  partEffects,
  type TreeOutline,
  treeOutline,
} from 'vitrine/distillation';
import { partNames } from './anatomy.ts';
import type { Animal } from './drawAnimal.ts';
import { landmarksOf } from './landmarks.ts';
import { category, logOdds, partName, pictureOf, withPictures } from './treesData.ts';
import type { NamedTable, TreeChapter } from './treesPage.ts';

const levels = [2, 5, 10, 20, 50, 'leaves'] as const;

/** Animals that trees are grown from, and others to read. */
export interface AnimalSets {
  readonly grown: readonly Animal[];
  readonly fresh: readonly Animal[];
}

/** The tree of reasons for one category: of conv4 as the network reads it, by its peaks, and of conv4 itself. */
export async function treesOfReasons(model: LayersModel, sets: AnimalSets): Promise<TreeChapter> {
  const pooled = model.layers.find(({ name }) => name.startsWith('global_max_pooling2d'))?.name as string;
  const ofPeaks = await reasonsAt(model, pooled, sets);
  const ofSums = await reasonsAt(model, 'conv4', sets);
  const { tree } = ofPeaks;
  const features = Array.from(ofPeaks.parts.part, (part, filter) => `${partName(part)} ${filter}`);
  const thumbnail = (node: number): Picture | undefined => typicalPicture(ofPeaks, sets.grown, node);
  const places = [ofPeaks, ofSums].map(
    (reasons) => `${reasons.tree.positives.length} in ${reasons.tree.secondLayer.length} groups`,
  );
  return {
    name: 'reasons',
    title: `Reasons for “${category}”`,
    text: `Grown from pictures that the network takes for a ${category}, above as many of others: ${places.join(', of conv4 itself ')}. Read as new ones, ${percent(tree.routedElsewhere)} of them begin at another group than they were merged into.

Agreement is the share of pictures, half of them of other animals, that tree and network both take for a ${category} or both do not; fitness says how well what each filter contributes fits (1 is perfect); part error is how far off what each part contributes is, as a share of the mean score, and prediction error how far off the score is, as a share of the range of scores.

Each node shows the picture that is most like it, and the filters that weigh most with the part they peak at.`,
    tables: [
      levelTable('Filters at their peaks, after the max pooling of conv4', ofPeaks),
      levelTable('Filters summed over positions, conv4 itself', ofSums),
      wayTable(ofPeaks, sets),
    ],
    whole: treeOutline(tree, { features, depth: 4 }),
    drawing: largestGroups(treeOutline(tree, { features, depth: 2, thumbnail }), tree),
  };
}

interface Reasons {
  readonly tree: DistilledTree;
  readonly parts: FilterPartMatrix;
  readonly grown: ImageRationales;
  readonly fresh: ImageRationales;
  readonly metrics: { readonly grown: readonly LevelMetrics[]; readonly fresh: readonly LevelMetrics[] };
}

async function reasonsAt(model: LayersModel, layer: string, { grown, fresh }: AnimalSets): Promise<Reasons> {
  const on = { layer, target: logOdds } as const;
  const tree = await withPictures(grown, (pictures) =>
    distillDecisionTree(model, pictures, { ...on, criterion: 'gainPerImage' }),
  );
  const parts = await partsOf(
    model,
    tree.positives.map((image) => grown[image] as Animal),
  );
  const read = (animals: readonly Animal[]): Promise<[ImageRationales, readonly LevelMetrics[]]> =>
    withPictures(animals, async (pictures) => {
      const vectors = await imageRationales(model, pictures, { ...on, meanResponses: tree.meanResponses });
      const losses = await partEffects(model, pictures, { ...on, parts: parts.matrix });
      const effects = inUnitsOf(losses, vectors.lengths);
      return [vectors, treeMetrics(tree, vectors, { levels, parts: parts.matrix, effects })];
    });
  const [[own, ofOwn], [others, ofOthers]] = [await read(grown), await read(fresh)];
  return { tree, parts, grown: own, fresh: others, metrics: { grown: ofOwn, fresh: ofOthers } };
}

/** Which filter of conv4 is of which part, by where it peaks. */
async function partsOf(model: LayersModel, animals: readonly Animal[]): Promise<FilterPartMatrix> {
  const { conv4 } = await withPictures(animals, (pictures) => activations(model, pictures, ['conv4']));
  const peaks = peakPositions(conv4 as NdArray, receptiveField(model, 'conv4'));
  return filterPartMatrix({ ...peaks, parts: landmarksOf(animals) });
}

function inUnitsOf({ shape, data }: NdArray<Float64Array>, lengths: Float64Array): NdArray<Float64Array> {
  const width = shape[1] as number;
  return { shape, data: data.map((value, i) => value / (lengths[Math.floor(i / width)] as number)) };
}

function levelTable(title: string, { metrics: { grown, fresh } }: Reasons): NamedTable {
  const names = ['agreement', 'fitness', 'part error', 'prediction error'];
  return {
    title,
    columns: ['level', 'nodes', ...names.flatMap((name) => [name, 'new'])],
    rows: grown.map((own, i) => {
      const [before, after] = [own, fresh[i] as LevelMetrics].map((at) => [
        at.accuracy,
        at.fitness,
        at.partError?.mean ?? null,
        at.predictionError,
      ]) as [(number | null)[], (number | null)[]];
      return [String(own.level), own.nodes, ...before.flatMap((value, k) => [value, after[k] ?? null])];
    }),
  };
}

/** The longest way of a new picture of the category through the tree, as scores. */
function wayTable({ tree, parts, fresh }: Reasons, sets: AnimalSets): NamedTable {
  const ways = parseTree(tree, fresh, { parts: parts.matrix }).slice(0, sets.fresh.length / 2);
  const one = ways.reduce((best, way, i) => (way.length > (ways[best]?.length ?? 0) ? i : best), 0);
  const way = ways[one] ?? [];
  const [score, length] = [fresh.outputs[one] as number, fresh.lengths[one] as number];
  const seen = landmarksOf(sets.fresh.slice(one, one + 1)).data;
  const named = partNames.map((name, part) => (Number.isNaN(seen[2 * part] as number) ? `${name} (hidden)` : name));
  return {
    title: `A new ${category}, whose score is ${(score * length).toFixed(1)}, on its way`,
    columns: ['pictures of the node', 'alike', 'score', ...named],
    rows: way.map(({ node, cosine, prediction, parts: own }) => [
      String(tree.nodes[node]?.images.length),
      cosine,
      prediction * length,
      ...Array.from(own ?? [], (value) => value * length),
    ]),
  };
}

/** The three largest groups alone, of each node the two filters that weigh most: what a page has room for. */
function largestGroups(outline: TreeOutline, { nodes, secondLayer }: DistilledTree): TreeOutline {
  const sizeOf = (group: number): number => nodes[secondLayer[group] as number]?.images.length ?? 0;
  const groups = [...outline.children.keys()].sort((a, b) => sizeOf(b) - sizeOf(a)).slice(0, 3);
  const brief = ({ detail = '', children, ...node }: TreeOutline): TreeOutline => ({
    ...node,
    detail: detail.split(', ').slice(0, 2).join(', '),
    children: children.map(brief),
  });
  const detail = `${outline.detail}, the three largest are drawn`;
  return { ...outline, detail, children: groups.map((group) => brief(outline.children[group] as TreeOutline)) };
}

/** The picture of a node whose rationale is most like the node's. */
function typicalPicture({ tree, grown }: Reasons, animals: readonly Animal[], node: number): Picture | undefined {
  const { weights = [], images = [] } = tree.nodes[node] ?? {};
  const along = (image: number): number => {
    const start = (tree.positives[image] as number) * weights.length;
    return weights.reduce((sum, weight, d) => sum + weight * (grown.rationales.data[start + d] as number), 0);
  };
  const best = [...images].sort((a, b) => along(b) - along(a))[0];
  return best === undefined ? undefined : pictureOf(animals[tree.positives[best] as number] as Animal);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)}%`;
}
