import { mean } from 'd3-array';
import { assertInteger, assertList, assertNumber, assertNumbers } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { assertOptions, kind, type OptionChecks, object, text } from '../../numeric/options.ts';
import type { LayerInference } from '../inference.ts';
import { imageCountOf, inferenceOf, stillNodes } from '../inference.ts';
import { assertExplanatoryGraph } from '../parseExplanatoryGraph.ts';
import type { ExplanatoryGraph, GraphLayer, PatternNode } from '../types.ts';
import type { PartAnnotation, PartExamples, PartTemplate, PartTemplates, VotingPattern } from './types.ts';

/** Options of {@link learnPartTemplates}. */
export interface PartTemplateOptions {
  /** The share of all nodes of the graph that a template retrieves; 0.1 by default. */
  readonly share?: number;
}

/** Checks of {@link PartTemplateOptions}. */
export const templateChecks: OptionChecks<PartTemplateOptions> = {
  share: kind('a number in 0..1, above 0', (value) => typeof value === 'number' && value > 0 && value <= 1),
};

/**
 * Learns from a few annotations where a part is, in terms of the patterns of a graph: three may do.
 *
 * The part is one of several templates, an OR node; a template is an AND of patterns V that each vote for the part's
 * centre at $\hat p_V + \Delta_V$. Retrieved are the nodes that fire reliably and whose offset Δ is stable: those of the
 * greatest $\rho_V / \sigma_V^2$, where ρ is the share of all images on which the node is seen and
 *
 * $$ \sigma_V^2 = \frac{\nu \sigma_{0V}^2 + \frac12 \sum_a |\Delta_V^a - \Delta_V|^2}{\nu + m - 1}, \quad
 * \sigma_{0V}^2 = \tfrac{1}{12} j^2 + (0.3\,|\Delta_V|)^2 $$
 *
 * is the variance of the offset over m annotations, drawn to what is expected of a layer with steps of j pixels: what is
 * at the part moves with it, and the farther away a node is, the more its offset varies with size and pose; ν = 2. Nodes
 * that stand still whatever an image shows are left out.
 *
 * Source: Zhang et al. 2018, "Interpreting CNN knowledge via an explanatory graph", the AND-OR graph for part
 * localization; the variance is our own, since one cannot be estimated from three annotations alone.
 *
 * @param graph of `fitExplanatoryGraph`.
 * @param examples `inference`, of that graph, and `annotations` of some of its images.
 * @param options `share`.
 * @returns templates in the order of their first annotation, as plain data.
 * @throws {VitrineError} if there is no annotation, one is of an image that the inference lacks or outside of the image,
 * two of one template are of one image, no node was seen on any annotated image, or `share` is outside of 0…1, or if the graph is none.
 * @example
 * ```ts
 * import { fitExplanatoryGraph, inferPatterns, learnPartTemplates, localizePart } from 'vitrine';
 * import { syntheticPatterns } from 'vitrine/graph';
 * const { maps, truth } = syntheticPatterns({ imageCount: 20, layers: [{ name: 'top', positions: 10, unitCount: 4 }] });
 * const graph = await fitExplanatoryGraph(maps, { layers: ['top'], patternsPerFilter: 6 });
 * const inference = await inferPatterns(graph, maps);
 * const { data } = truth.top[0].parts[0].positions;
 * const annotations = [0, 1, 2].map((image) => ({ image, position: [data[2 * image], data[2 * image + 1]] as const }));
 * const head = learnPartTemplates(graph, { inference, annotations });
 * console.log(localizePart(head, inference).positions.shape); // [20, 2]
 * ```
 */
export function learnPartTemplates(
  graph: ExplanatoryGraph,
  examples: PartExamples,
  options: PartTemplateOptions = {},
): PartTemplates {
  assertOptions(options, templateChecks);
  assertExplanatoryGraph(graph);
  object('examples', examples);
  const { inference, annotations } = examples;
  const { share = 0.1 } = options;
  for (const layer of graph.layers) inferenceOf(layer, inference);
  assertAnnotations(annotations, graph, imageCountOf(inference));
  const names = [...new Set(annotations.map(templateOf))];
  return {
    format: 'vitrine/part-templates',
    version: 1,
    imageSize: graph.imageSize,
    nodes: Object.fromEntries(graph.layers.map(({ name, nodes }) => [name, nodes.length])),
    share,
    templates: names.map((name) => {
      const own = annotations.filter((annotation) => templateOf(annotation) === name);
      return learnTemplate(graph, { inference, annotations: own }, { name, share });
    }),
  };
}

/** The name of the template that an annotation belongs to. */
export function templateOf({ template = 'part' }: Pick<PartAnnotation, 'template'>): string {
  return template;
}

function assertAnnotations(
  annotations: readonly PartAnnotation[],
  { imageSize }: ExplanatoryGraph,
  images: number,
): void {
  assertList('annotations', annotations);
  if (annotations.length === 0)
    throw new VitrineError('bad-argument', '"annotations" expected at least one annotation, got none');
  const seen = new Set<string>();
  annotations.forEach((annotation, i) => {
    object(`annotations[${i}]`, annotation);
    const { image, position, size, template } = annotation;
    assertInteger(`annotations[${i}].image`, image, [0, images - 1]);
    assertList(`annotations[${i}].position`, position);
    if (size !== undefined) assertNumbers(`annotations[${i}].size`, size, 2);
    if (template !== undefined) text(`annotations[${i}].template`, template);
    for (const axis of [0, 1] as const) {
      assertNumber(`annotations[${i}].position[${axis}]`, position[axis], 0);
      if (position[axis] > imageSize[axis]) {
        throw new VitrineError(
          'bad-argument',
          `"annotations[${i}].position" expected pixels of an image of ${imageSize.join('×')}, got [${position.join(', ')}]`,
        );
      }
      if (size) assertNumber(`annotations[${i}].size[${axis}]`, size[axis], Number.MIN_VALUE);
    }
    const key = `${image} ${templateOf(template === undefined ? {} : { template })}`;
    if (seen.has(key)) {
      throw new VitrineError(
        'bad-argument',
        `"annotations[${i}]" expected one annotation of a template in image ${image}, got a second`,
      );
    }
    seen.add(key);
  });
}

// How many observations the expected variance of an offset is worth.
const prior = 2;
// How much an offset varies with its length: what is at the part moves with it, what is far away less so.
const stretch = 0.3;
// Below this share of its mean score, a node is not seen.
const seen = 0.1;

/** Learns one template from its annotations. */
function learnTemplate(
  graph: ExplanatoryGraph,
  { inference, annotations }: PartExamples,
  { name, share }: { readonly name: string; readonly share: number },
): PartTemplate {
  const candidates = graph.layers.flatMap((layer) => candidatesOf(layer, inferenceOf(layer, inference), annotations));
  if (candidates.length === 0) {
    throw new VitrineError(
      'bad-argument',
      `"annotations" expected images on which some node is seen, got none for template "${name}"`,
    );
  }
  const nodes = graph.layers.reduce((sum, layer) => sum + layer.nodes.length, 0);
  const sizes = annotations.flatMap(({ size }) => (size ? [size] : []));
  return {
    name,
    annotations,
    size: sizes.length > 0 ? ([0, 1].map((axis) => mean(sizes, (size) => size[axis])) as [number, number]) : null,
    patterns: candidates.sort((a, b) => b.weight - a.weight).slice(0, Math.ceil(share * nodes)),
  };
}

/** All nodes of a layer that may vote. */
function candidatesOf(
  layer: GraphLayer,
  inference: LayerInference,
  annotations: readonly PartAnnotation[],
): readonly VotingPattern[] {
  if (layer.nodes.length === 0) return [];
  const still = stillNodes(inference);
  return layer.nodes.flatMap((node, place) => {
    const offsets = annotations.flatMap((annotation) => {
      const offset = offsetOf(inference, { node, place }, annotation);
      return offset ? [offset] : [];
    });
    if (still[place] || 2 * offsets.length < annotations.length || offsets.length === 0) return [];
    const offset = [0, 1].map((axis) => mean(offsets, (one) => one[axis])) as [number, number];
    const variance = varianceOf(offsets, offset, layer);
    return [
      {
        layer: layer.name,
        node: place,
        offset,
        deviation: Math.sqrt(variance),
        weight: reliabilityOf(inference, { node, place }) / variance,
        meanScore: node.meanScore,
        included: true,
      },
    ];
  });
}

interface Placed {
  readonly node: PatternNode;
  /** Its place in the layer's nodes. */
  readonly place: number;
}

/** From a node to the centre of an annotated part; nothing where the node is not seen. */
function offsetOf(
  { positions, scores }: LayerInference,
  { node, place }: Placed,
  { image, position }: PartAnnotation,
): readonly [number, number] | undefined {
  const k = image * (scores.shape[1] as number) + place;
  if (!((scores.data[k] as number) > seen * node.meanScore)) return undefined;
  return [position[0] - (positions.data[2 * k] as number), position[1] - (positions.data[2 * k + 1] as number)];
}

function varianceOf(
  offsets: readonly (readonly [number, number])[],
  [rows, columns]: readonly [number, number],
  { jump }: GraphLayer,
): number {
  // A position is known to the step of its layer: the variance of a uniform error is a twelfth of its square.
  const expected = (jump[0] * jump[1]) / 12 + (stretch * Math.hypot(rows, columns)) ** 2;
  const squares = offsets.reduce((sum, one) => sum + ((one[0] - rows) ** 2 + (one[1] - columns) ** 2) / 2, 0);
  return (prior * expected + squares) / (prior + offsets.length - 1);
}

/** The share of images on which a node is seen. */
function reliabilityOf({ scores }: LayerInference, { node, place }: Placed): number {
  const [images, nodes] = scores.shape as [number, number];
  let count = 0;
  for (let image = 0; image < images; image++) {
    if ((scores.data[image * nodes + place] as number) > seen * node.meanScore) count++;
  }
  return count / images;
}
