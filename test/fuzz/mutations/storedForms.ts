import { dissectionCsv } from '../../../src/dissection/results/dissectionCsv.ts';
import { dissectionJson, parseDissection } from '../../../src/dissection/results/dissectionJson.ts';
import { type NeuralBackedTree, neuralBackedTree } from '../../../src/distillation/hierarchy/neuralBackedTree.ts';
import { predictHierarchy } from '../../../src/distillation/hierarchy/predictHierarchy.ts';
import { growDecisionTree } from '../../../src/distillation/rationale/growDecisionTree.ts';
import { parseTree } from '../../../src/distillation/rationale/parseTree.ts';
import { treeMetrics } from '../../../src/distillation/rationale/treeMetrics.ts';
import type { GrownTree } from '../../../src/distillation/rationale/types.ts';
import { predictSurrogate, surrogateTree } from '../../../src/distillation/surrogate/surrogateTree.ts';
import type { SurrogateTree } from '../../../src/distillation/surrogate/types.ts';
import { type TreeOutline, treeOutline, treeText } from '../../../src/distillation/treeOutline.ts';
import { fitExplanatoryGraph } from '../../../src/graph/fitExplanatoryGraph.ts';
import { graphMl } from '../../../src/graph/graphFormats.ts';
import { inferPatterns } from '../../../src/graph/inferPatterns.ts';
import { learnPartTemplates } from '../../../src/graph/localization/learnPartTemplates.ts';
import { localizePart } from '../../../src/graph/localization/localizePart.ts';
import { syntheticPatterns } from '../../../src/graph/syntheticPatterns.ts';
import { random } from '../../../src/numeric/random.ts';
import { conceptChart } from '../../../src/render/dissectionReport/conceptChart.ts';
import { graphDiagram } from '../../../src/render/graphDiagram/graphDiagram.ts';
import { treeDiagram } from '../../../src/render/treeDiagram.ts';
import { mutated } from '../../support/mutations.ts';
import { inventedDissection } from '../../support/reported.ts';
import type { Look } from '../look.ts';
import { attempt } from './attempt.ts';

interface Form {
  readonly json: string;
  readonly use: (json: string) => unknown;
}

const features = { shape: [6, 2], data: Float32Array.of(0, 5, 1, 5, 2, 7, 3, 7, 4, 5, 5, 7) };
const images = {
  responses: { shape: [4, 3], data: Float32Array.of(1, 2, 0, 3, 4, 1, 2, 1, 1, 0, 1, 3) },
  rationales: { shape: [4, 3], data: Float32Array.of(1, 0, 0, 0, 0.6, 0.8, 0.8, 0.6, 0, 0, 0, 1) },
  outputs: [1, 4, 2, 3],
  biases: [0, 0, 0, 0],
};

const forms: Readonly<Record<string, () => Form | Promise<Form>>> = {
  dissection: () => ({
    json: dissectionJson(inventedDissection(4, 1)),
    use(json) {
      const dissection = parseDissection(json);
      dissectionCsv(dissection);
      conceptChart(dissection);
    },
  }),
  graph: async () => {
    const { maps } = patterns();
    return formOf(await fitExplanatoryGraph(maps, { layers: ['low', 'top'], patternsPerFilter: 2 }), async (graph) => {
      graphMl(graph);
      graphDiagram(graph);
      await inferPatterns(graph, maps);
    });
  },
  'part templates': async () => {
    const { maps } = patterns();
    const graph = await fitExplanatoryGraph(maps, { layers: ['low', 'top'], patternsPerFilter: 2 });
    const inference = await inferPatterns(graph, maps);
    const annotations = [{ image: 0, position: [12, 14] as const, size: [8, 8] as const }];
    return formOf(learnPartTemplates(graph, { inference, annotations }), (part) => localizePart(part, inference));
  },
  'rationale tree': () =>
    formOf<GrownTree>(growDecisionTree(images), (tree) => {
      treeText(tree);
      parseTree(tree, images);
      treeMetrics(tree, images);
    }),
  'surrogate tree': () =>
    formOf<SurrogateTree>(
      surrogateTree({ features, outputs: { shape: [6], data: Float32Array.of(-1, -1, 1, 1, 3, 2) } }),
      (tree) => {
        treeText(tree);
        predictSurrogate(tree, features);
      },
    ),
  hierarchy: async () =>
    formOf<NeuralBackedTree>(
      await neuralBackedTree({ shape: [4, 2], data: Float32Array.of(1, 0, 0.9, 0, 0, 1, 0.2, 0.8) }),
      (tree) => {
        treeText(tree);
        predictHierarchy(tree, { shape: [1, 4], data: Float32Array.of(1, 2, 0, 3) });
      },
    ),
  outline: async () =>
    formOf<TreeOutline>(treeOutline(growDecisionTree(images)), (outline) => {
      treeText(outline);
      treeDiagram(outline);
    }),
};

function patterns(): ReturnType<typeof syntheticPatterns> {
  const layers = [
    { name: 'low', positions: 6, unitCount: 2 },
    { name: 'top', positions: 4, unitCount: 2 },
  ];
  return syntheticPatterns({ imageCount: 3, imageSize: 24, layers });
}

function formOf<T>(value: T, use: (value: T) => unknown): Form {
  return { json: JSON.stringify(value), use: (json) => use(JSON.parse(json) as T) };
}

/** What is stored as JSON, with something wrong. What is no JSON any more is the reader's own affair, and passed over. */
export const storedFormMutations: Readonly<Record<string, Look>> = Object.fromEntries(
  Object.entries(forms).map(([name, make]) => {
    let made: Promise<Form> | undefined;
    const look: Look = async (seed) => {
      made ??= Promise.resolve(make());
      const { json, use } = await made;
      const changed = new TextDecoder().decode(mutated(new TextEncoder().encode(json), random(0, seed)));
      if (!isJson(changed)) return undefined;
      return attempt({ read: () => use(changed), most: 2 ** 24 });
    };
    return [name, look];
  }),
);

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
