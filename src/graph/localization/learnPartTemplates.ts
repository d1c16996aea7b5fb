import { assertInteger, assertNumber } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { assertGraph } from '../assertGraph.ts';
import type { PatternInference } from '../inferPatterns.ts';
import { inferenceOf } from '../parts/inferenceOf.ts';
import type { ExplanatoryGraph } from '../types.ts';
import { learnTemplate } from './learnTemplate.ts';
import type { PartAnnotation, PartExamples, PartTemplates } from './types.ts';

/** Options of {@link learnPartTemplates}. */
export interface PartTemplateOptions {
  /** The share of all nodes of the graph that a template retrieves; 0.1 by default. */
  readonly share?: number;
}

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
 * two of one template are of one image, no node was seen on any annotated image, or `share` is outside of 0…1;
 * {VitrineError} if the graph is none.
 * @example
 * ```ts
 * import { fitExplanatoryGraph, inferPatterns, learnPartTemplates, localizePart, syntheticPatterns } from 'vitrine';
 * const { maps, truth } = syntheticPatterns({ images: 20, layers: [{ name: 'top', positions: 10, filters: 4 }] });
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
  { inference, annotations }: PartExamples,
  { share = 0.1 }: PartTemplateOptions = {},
): PartTemplates {
  assertGraph(graph);
  assertNumber('share', share, Number.MIN_VALUE);
  if (share > 1) throw new VitrineError('bad-argument', `"share" expected at most 1, got ${share}`);
  for (const layer of graph.layers) inferenceOf(layer, inference);
  assertAnnotations(annotations, graph, imagesOf(inference));
  const names = [...new Set(annotations.map(templateOf))];
  return {
    schema: 'vitrine/part-templates',
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

/** How many images an inference is of. */
export function imagesOf(inference: PatternInference): number {
  return Math.max(0, ...Object.values(inference).map(({ scores }) => scores.shape[0] as number));
}

function assertAnnotations(
  annotations: readonly PartAnnotation[],
  { imageSize }: ExplanatoryGraph,
  images: number,
): void {
  if (annotations.length === 0)
    throw new VitrineError('bad-argument', '"annotations" expected at least one annotation, got none');
  const seen = new Set<string>();
  annotations.forEach(({ image, position, size, template }, i) => {
    assertInteger(`annotations[${i}].image`, image, [0, images - 1]);
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
