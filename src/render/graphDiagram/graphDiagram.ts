import type { PatternInference } from '../../graph/inference.ts';
import { assertExplanatoryGraph } from '../../graph/parseExplanatoryGraph.ts';
import { patternPatches } from '../../graph/patternPatches.ts';
import type { ExplanatoryGraph, PatternNode } from '../../graph/types.ts';
import { assertPicture } from '../../image/assertPicture.ts';
import { cropPicture } from '../../image/crop.ts';
import { toBase64 } from '../../image/files/base64.ts';
import { encodePng } from '../../image/files/encodePng.ts';
import { inputWindow } from '../../image/inputWindow.ts';
import type { Picture } from '../../image/types.ts';
import { assertList } from '../../numeric/check.ts';
import { escaped } from '../../numeric/escaped.ts';
import { assertOptions, count, integer, type OptionChecks, object, text } from '../../numeric/options.ts';
import { embeddedJson, htmlPage } from '../htmlPage.ts';
import { diagramScript, diagramStyle } from './diagramScript.ts';

/** Options of {@link graphDiagram}. */
export interface GraphDiagramOptions {
  /** Of `inferPatterns`, for the patches; none by default. */
  readonly inference?: PatternInference;
  /** The images of the inference, in its order, or the photos that `toInput` made them of; those that are missing at the end are not shown; none by default. */
  readonly pictures?: readonly Picture[];
  /** Patches of each node; 6 by default. */
  readonly count?: number;
  /** Their side in pixels of the images that the graph was fitted to; 70 by default. */
  readonly size?: number;
  /** Of the page; `'Explanatory graph'` by default. */
  readonly title?: string;
}

const checks: OptionChecks<GraphDiagramOptions> = {
  inference: object,
  pictures: assertList,
  count: count(1),
  size: integer(1),
  title: text,
};

/**
 * Writes an explanatory graph as one HTML page to look around in: layers as rows, filters as groups of nodes, dark where
 * a node is seen well; a click on a node shows where it is seen best, and lines to the nodes that it moves with.
 *
 * The page needs nothing else and loads nothing. It follows the reader's light or dark setting and can be used from the
 * keyboard. Some thousands of nodes can be shown; of larger graphs fit some `units`.
 *
 * @param graph of `fitExplanatoryGraph`.
 * @param options `inference` and `pictures` for patches; `count`, `size`, `title`.
 * @returns an HTML page; all text is escaped.
 * @throws {VitrineError} if it is no graph or a picture is none, or if the inference is of another graph, or
 * `count` or `size` < 1.
 * @example
 * ```ts
 * import { fitExplanatoryGraph, graphDiagram, inferPatterns } from 'vitrine';
 * const graph = await fitExplanatoryGraph(model, [x], { layers: ['conv2', 'conv3'], patternsPerFilter: 2 });
 * const inference = await inferPatterns(graph, model, [x]);
 * const html = graphDiagram(graph, { inference, pictures: [picture, picture], size: 8 });
 * ```
 */
export function graphDiagram(graph: ExplanatoryGraph, options: GraphDiagramOptions = {}): string {
  assertOptions(options, checks);
  const { inference, pictures = [], count: patches = 6, size = 70, title = 'Explanatory graph' } = options;
  const data = diagramData(graph, { inference, pictures, patches, size });
  const main = `<div class="graph">
<svg aria-hidden="true"></svg>
${data.layers.map(layerHtml).join('\n')}
</div>
<div class="detail" aria-live="polite"><p>Choose a node to see its patches and the nodes that it moves with.</p></div>`;
  const scripts = `<script type="application/json" id="data">${embeddedJson(data)}</script>
<script type="module">${diagramScript}</script>
`;
  return htmlPage({ title, style: diagramStyle, main, scripts });
}

function layerHtml({ name, nodes }: DiagramData['layers'][number], layer: number): string {
  const groups = new Map<number, string[]>();
  nodes.forEach(({ unit, strength }, node) => {
    const label = escaped(`${name}, filter ${unit}, node ${node}`);
    const opacity = (0.15 + 0.85 * strength).toFixed(2);
    const button = `<button type="button" class="node" data-layer="${layer}" data-node="${node}" style="opacity:${opacity}" title="${label}" aria-label="${label}"></button>`;
    groups.set(unit, [...(groups.get(unit) ?? []), button]);
  });
  const filters = Array.from(
    groups,
    ([unit, buttons]) => `<div class="filter"><span>${unit}</span>${buttons.join('')}</div>`,
  );
  return `<section class="layer"><h2>${escaped(name)}</h2>\n<div class="filters">\n${filters.join('\n')}\n</div></section>`;
}

/** A patch: image, first row, first column, rows, columns. */
type Patch = readonly [image: number, top: number, left: number, height: number, width: number];

/** What the page shows of a node. */
interface NodeData {
  readonly unit: number;
  readonly row: number;
  readonly column: number;
  /** The mean score as a share of the layer's greatest. */
  readonly strength: number;
  /** Places in the layer above. */
  readonly neighbours: readonly number[];
  readonly patches: readonly Patch[];
}

/** What the page is made of. */
interface DiagramData {
  /** The top layer first. */
  readonly layers: readonly { readonly name: string; readonly nodes: readonly NodeData[] }[];
  readonly pictures: readonly { readonly source: string; readonly width: number; readonly height: number }[];
  /** Pixels of a picture for one of the image that the graph was fitted to, along rows and columns. */
  readonly scales: readonly (readonly [rows: number, columns: number])[];
}

/** The nodes of a graph, and the patches in which they are seen best. */
function diagramData(
  graph: ExplanatoryGraph,
  {
    inference,
    pictures,
    patches,
    size,
  }: {
    inference: PatternInference | undefined;
    pictures: readonly Picture[];
    patches: number;
    size: number;
  },
): DiagramData {
  assertExplanatoryGraph(graph);
  pictures.forEach((picture, i) => {
    assertPicture(`pictures[${i}]`, picture);
  });
  const seen = pictures.map((picture) => cropPicture(picture, inputWindow(picture, { size: graph.imageSize })));
  const layers = graph.layers.map(({ name, nodes }) => {
    const found =
      inference && nodes.length > 0 ? patternPatches(graph, inference, { layer: name, count: patches, size }) : [];
    const strongest = Math.max(...nodes.map(({ meanScore }) => meanScore));
    return {
      name,
      nodes: nodes.map(({ unit, position, meanScore, neighbours }: PatternNode, node): NodeData => {
        const own = (found[node] ?? []).filter(({ image }) => image < pictures.length);
        return {
          unit,
          row: Math.round(position[0]),
          column: Math.round(position[1]),
          strength: strongest > 0 ? Number((meanScore / strongest).toFixed(3)) : 0,
          neighbours,
          patches: own.map(({ image, box: { rows, columns } }) => [
            image,
            rows[0],
            columns[0],
            rows[1] - rows[0] + 1,
            columns[1] - columns[0] + 1,
          ]),
        };
      }),
    };
  });
  return {
    layers: layers.reverse(),
    pictures: seen.map((picture) => ({
      source: `data:image/png;base64,${toBase64(encodePng(picture))}`,
      width: picture.width,
      height: picture.height,
    })),
    scales: seen.map(({ width, height }) => [height / graph.imageSize[0], width / graph.imageSize[1]]),
  };
}
