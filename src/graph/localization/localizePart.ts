import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import type { LayerInference, PatternInference } from '../inference.ts';
import { imageCountOf } from '../inference.ts';
import { assertTemplates } from './parsePartTemplates.ts';
import type { PartTemplate, PartTemplates } from './types.ts';

/** Where a part was found. */
export interface LocalizedPart {
  /** The centre of the part in pixels, row and column, `[n, 2]`; NaN where no pattern is seen. */
  readonly positions: NdArray<Float64Array>;
  /** How well the best template agrees with the image, 0 to 1, `[n]`. */
  readonly scores: Float64Array;
  /** The name of the best template of each image; `null` where no pattern is seen. */
  readonly templates: readonly (string | null)[];
  /** Top, left, bottom and right, `[n, 4]`, of the template's mean size about the centre; NaN without one. */
  readonly boxes: NdArray<Float64Array>;
}

/**
 * Finds a part in images by the votes of the patterns that were learnt for it.
 *
 * In each template, pattern V votes for $\hat p_V + \Delta_V$ with its weight $w_V$, by as much as it is seen,
 * $a_V = \min(S_V / \bar S_V, 1)$. The part is where the votes agree most,
 *
 * $$ \hat p = \operatorname{argmax}_p \sum_V w_V a_V\, e^{-|p - \hat p_V - \Delta_V|^2 / 2 \sigma_V^2}, $$
 *
 * and the score of the template is that sum over $\sum_V w_V$. Of several templates the one of the greatest score is taken.
 *
 * Source: Zhang et al. 2018, "Interpreting CNN knowledge via an explanatory graph"; the vote as in Zhang et al. 2017,
 * "Growing interpretable part graphs on ConvNets via multi-shot learning".
 *
 * @param part of `learnPartTemplates`, or parsed from JSON.
 * @param inference of `inferPatterns` with the same graph, on any images.
 * @returns positions `[n, 2]` in pixels, scores `[n]`, templates and boxes `[n, 4]`.
 * @throws {VitrineError} if the templates are of another version or the inference is of another graph, or if they
 * are none.
 * @example
 * ```ts
 * import { fitExplanatoryGraph, inferPatterns, learnPartTemplates, localizePart } from 'vitrine';
 * import { syntheticPatterns } from 'vitrine/graph';
 * const { maps, truth } = syntheticPatterns({ imageCount: 20, layers: [{ name: 'top', positions: 10, unitCount: 4 }] });
 * const graph = await fitExplanatoryGraph(maps, { layers: ['top'], patternsPerFilter: 6 });
 * const inference = await inferPatterns(graph, maps);
 * const [row, column] = truth.top[0].parts[0].positions.data;
 * const annotations = [{ image: 0, position: [row, column] as const }];
 * const { positions, scores } = localizePart(learnPartTemplates(graph, { inference, annotations }), inference);
 * console.log(positions.data.slice(0, 2), scores[0]);
 * ```
 */
export function localizePart(part: PartTemplates, inference: PatternInference): LocalizedPart {
  assertTemplates(part);
  const images = imageCountOf(inference);
  assertNodes(part, inference);
  const found = Array.from({ length: images }, (_, image) => bestTemplate(part, inference, image));
  return {
    positions: {
      shape: [images, 2],
      data: Float64Array.from(found.flatMap((one) => one?.position ?? [Number.NaN, Number.NaN])),
    },
    scores: Float64Array.from(found, (one) => one?.score ?? 0),
    templates: found.map((one) => one?.template.name ?? null),
    boxes: { shape: [images, 4], data: Float64Array.from(found.flatMap(boxOf)) },
  };
}

interface Found {
  readonly template: PartTemplate;
  readonly position: readonly [number, number];
  readonly score: number;
}

/** The template that agrees most with an image, the first of equals. */
function bestTemplate({ templates }: PartTemplates, inference: PatternInference, image: number): Found | undefined {
  let best: Found | undefined;
  for (const template of templates) {
    const { votes, total } = votesOf(template, inference, image);
    const found = greatestAgreement(votes);
    if (found && found.sum / total > (best?.score ?? 0)) {
      best = { template, position: found.position, score: found.sum / total };
    }
  }
  return best;
}

function boxOf(found: Found | undefined): readonly number[] {
  if (!found?.template.size) return new Array(4).fill(Number.NaN);
  const {
    position: [row, column],
    template: {
      size: [height, width],
    },
  } = found as Found & { template: { size: readonly [number, number] } };
  return [row - height / 2, column - width / 2, row + height / 2, column + width / 2];
}

function assertNodes({ nodes }: PartTemplates, inference: PatternInference): void {
  for (const [layer, count] of Object.entries(nodes)) {
    const got = inference[layer]?.scores.shape[1];
    if (got === count || (count === 0 && got === undefined)) continue;
    throw new VitrineError(
      'bad-shape',
      `"inference" expected ${count} nodes of layer "${layer}", got ${got ?? 'no such layer'}`,
    );
  }
}

/** A vote for where a part is. */
interface Vote {
  readonly position: readonly [row: number, column: number];
  readonly weight: number;
  /** Per axis, in pixels. */
  readonly deviation: number;
}

/** The votes of the patterns that are seen in an image, and what they could weigh together at most. */
function votesOf(
  { patterns }: PartTemplate,
  inference: PatternInference,
  image: number,
): { readonly votes: readonly Vote[]; readonly total: number } {
  const included = patterns.filter((pattern) => pattern.included);
  const votes = included.flatMap(({ layer, node, offset, deviation, weight, meanScore }): readonly Vote[] => {
    const { positions, scores } = inference[layer] as LayerInference;
    const k = image * (scores.shape[1] as number) + node;
    const activity = Math.min((scores.data[k] as number) / meanScore, 1);
    if (!(activity > 0)) return [];
    const position = [
      (positions.data[2 * k] as number) + offset[0],
      (positions.data[2 * k + 1] as number) + offset[1],
    ] as const;
    return [{ position, weight: weight * activity, deviation }];
  });
  return { votes, total: included.reduce((sum, { weight }) => sum + weight, 0) };
}

// From how many of the weightiest votes the search starts, and how many steps it takes.
const starts = 64;
const steps = 20;

/** Where votes agree most, and by how much; nothing without votes. */
function greatestAgreement(
  votes: readonly Vote[],
): { readonly position: readonly [number, number]; readonly sum: number } | undefined {
  const weightiest = [...votes].sort((a, b) => b.weight - a.weight).slice(0, starts);
  let best: { position: readonly [number, number]; sum: number } | undefined;
  for (const { position } of weightiest) {
    const { sum } = agreement(votes, position);
    if (sum > (best?.sum ?? 0)) best = { position, sum };
  }
  for (let step = 0; best && step < steps; step++) {
    const { centre } = agreement(votes, best.position);
    const next = { position: centre, sum: agreement(votes, centre).sum };
    if (!(next.sum > best.sum)) break;
    best = next;
  }
  return best;
}

/** How much votes agree on a position, and the mean of those that do: the next step of the mean shift. */
function agreement(
  votes: readonly Vote[],
  [row, column]: readonly [number, number],
): { readonly sum: number; readonly centre: readonly [number, number] } {
  let [sum, pull, rows, columns] = [0, 0, 0, 0];
  for (const { position, weight, deviation } of votes) {
    const variance = deviation ** 2;
    const share = weight * Math.exp(-((position[0] - row) ** 2 + (position[1] - column) ** 2) / (2 * variance));
    sum += share;
    pull += share / variance;
    rows += (share / variance) * position[0];
    columns += (share / variance) * position[1];
  }
  return { sum, centre: [rows / pull, columns / pull] };
}
