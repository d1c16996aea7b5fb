import type { PatternInference } from '../../graph/inferPatterns.ts';
import type { ExplanatoryGraph } from '../../graph/types.ts';
import type { Picture } from '../../image/types.ts';
import { assertCount } from '../../numeric/check.ts';
import { escaped } from '../../numeric/escaped.ts';
import { embeddedJson, htmlPage } from '../htmlPage.ts';
import { type DiagramData, diagramData } from './diagramData.ts';
import { diagramScript } from './diagramScript.ts';
import { diagramStyle } from './diagramStyle.ts';

/** Options of {@link graphDiagram}. */
export interface GraphDiagramOptions {
  /** Of `inferPatterns`, for the patches. */
  readonly inference?: PatternInference;
  /** The images of the inference, in its order, or the photos that `toInput` made them of; those that are missing at the end are not shown. */
  readonly pictures?: readonly Picture[];
  /** Patches of each node; 6 by default. */
  readonly patches?: number;
  /** Their side in pixels of the images that the graph was fitted to; 70 by default. */
  readonly side?: number;
  /** Of the page; `'Explanatory graph'` by default. */
  readonly title?: string;
}

/**
 * Writes an explanatory graph as one HTML page to look around in: layers as rows, filters as groups of nodes, dark where
 * a node is seen well; a click on a node shows where it is seen best, and lines to the nodes that it moves with.
 *
 * The page needs nothing else and loads nothing. It follows the reader's light or dark setting and can be used from the
 * keyboard. Some thousands of nodes can be shown; of larger graphs fit some `filters`.
 *
 * @param graph of `fitExplanatoryGraph`.
 * @param options `inference` and `pictures` for patches; `patches`, `side`, `title`.
 * @returns the page; all text is escaped.
 * @throws {VitrineError} if it is no graph or a picture is none, or if the inference is of another graph, or
 * `patches` or `side` < 1.
 * @example
 * ```ts
 * import { fitExplanatoryGraph, graphDiagram, inferPatterns } from 'vitrine';
 * const graph = await fitExplanatoryGraph(model, [x], { layers: ['conv2', 'conv3'], patternsPerFilter: 2 });
 * const inference = await inferPatterns(graph, model, [x]);
 * const html = graphDiagram(graph, { inference, pictures: [picture, picture], side: 8 });
 * ```
 */
export function graphDiagram(graph: ExplanatoryGraph, options: GraphDiagramOptions = {}): string {
  const { inference, pictures = [], patches = 6, side = 70, title = 'Explanatory graph' } = options;
  assertCount('patches', patches, 1);
  const data = diagramData(graph, { inference, pictures, patches, side });
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
  nodes.forEach(({ filter, strength }, node) => {
    const label = escaped(`${name}, filter ${filter}, node ${node}`);
    const opacity = (0.15 + 0.85 * strength).toFixed(2);
    const button = `<button type="button" class="node" data-layer="${layer}" data-node="${node}" style="opacity:${opacity}" title="${label}" aria-label="${label}"></button>`;
    groups.set(filter, [...(groups.get(filter) ?? []), button]);
  });
  const filters = Array.from(
    groups,
    ([filter, buttons]) => `<div class="filter"><span>${filter}</span>${buttons.join('')}</div>`,
  );
  return `<section class="layer"><h2>${escaped(name)}</h2>\n<div class="filters">\n${filters.join('\n')}\n</div></section>`;
}
