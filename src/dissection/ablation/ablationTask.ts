import type { OperationGraph, OutputHead, Site } from '../../network/graph/graph.ts';
import { openShapeText } from '../../network/graph/site.ts';
import { chosenOutput, type OutputChoice } from '../../network/heads/chosenOutput.ts';
import { classesIn } from '../../network/heads/classLogits.ts';
import { sumOfPair } from '../../network/heads/heads.ts';
import type { Network } from '../../network/network.ts';
import { layerAddress, runChecks } from '../../network/runChecks.ts';
import type { RunOptions } from '../../network/types.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { anything, type OptionChecks, required } from '../../numeric/options.ts';
import type { ImageDataset } from '../../readings/imageSource.ts';
import { assertClasses } from './assertClasses.ts';
import { scoresWithout } from './scoresWithout.ts';

/** What is switched off and whose classes are counted. */
export interface AblationOptions extends RunOptions {
  /** The address of the layer, whose last axis are its units. */
  readonly layer: string;
  /** The true class of each image, in their order. */
  readonly classes: ArrayLike<number>;
  /** The output of a model with several, or what the first output holds, as of `predict`; the first by default. */
  readonly output?: OutputChoice;
}

/** Checks of {@link AblationOptions}; classes and output are looked at with the network. */
export const ablationChecks: OptionChecks<AblationOptions> = {
  ...runChecks,
  layer: required(layerAddress),
  classes: required(anything),
  output: anything,
};

/** A checked layer, output and classes. */
export interface AblationTask {
  readonly network: Network;
  readonly site: Site;
  readonly head: OutputHead;
  readonly units: number;
  readonly classCount: number;
  /** The true class of each image. */
  readonly classes: ArrayLike<number>;
}

/** What an example comes to with a set of units off. */
export interface Outcome {
  /** The true class. */
  readonly truth: number;
  /** The place of the set. */
  readonly set: number;
  /** The logit of each class. */
  readonly scores: Float32Array | Float64Array;
  /** The class of the greatest, the first of equals. */
  readonly prediction: number;
}

/** Checks what an ablation is about. */
export function ablationTask(given: Network, { layer, classes, output }: AblationOptions): AblationTask {
  const { network, head } = chosenOutput(given, output);
  const site = network.site(layer, 'layer');
  const units = site.shape.at(-1);
  if (site.shape.length < 2 || typeof units !== 'number') {
    throw new VitrineError('bad-argument', `"layer" expected one with units on its last axis, got "${layer}"`);
  }
  if (!isBefore(network.graph, site, head.logits)) {
    throw new VitrineError(
      'bad-argument',
      `"layer" expected one before "${head.site.address}", got "${layer}", which it does not depend on`,
    );
  }
  const classCount = classesOf(head);
  assertClasses('classes', classes, classCount);
  return { network, site, head, units, classCount, classes };
}

/** Runs all images once and tells of each example what it comes to with each set of units off, the sets in order. */
export async function forEachOutcome(
  { network, site, head, classes: truths }: AblationTask,
  images: ImageDataset,
  { sets, ...run }: { readonly sets: readonly (readonly number[])[]; readonly stage: string } & RunOptions,
  visit: (outcome: Outcome) => void,
): Promise<void> {
  const total = truths.length;
  const sum = sumOfPair(head.link);
  let seen = 0;
  await scoresWithout({ network, site, head, sets }, images, { ...run, total }, (example, set, logits) => {
    seen = example + 1;
    if (seen > total)
      throw new VitrineError('bad-argument', `"classes" expected one for each image, got ${total} for more`);
    const scores = sum === undefined ? logits : Float32Array.of(sum - (logits[0] as number), logits[0] as number);
    assertScores(scores, example, sets[set] as readonly number[]);
    visit({ truth: truths[example] as number, set, scores, prediction: greatest(scores) });
  });
  if (seen < total)
    throw new VitrineError('bad-argument', `"classes" expected one for each of ${seen} image(s), got ${total}`);
}

/** Whether a value is another or goes into it. */
function isBefore({ steps }: OperationGraph, { value }: Site, logits: Site): boolean {
  const reached = new Set([value]);
  for (const { inputs, output } of steps) if (inputs.some((input) => reached.has(input))) reached.add(output);
  return reached.has(logits.value);
}

function classesOf(head: OutputHead): number {
  const classes = classesIn(head) ?? 0;
  if (classes > 1) return classes;
  const { address, shape } = head.site;
  throw new VitrineError(
    'bad-shape',
    `"output" expected one with a score for each class, got "${address}" of shape ${openShapeText(shape)}`,
  );
}

function assertScores(scores: Float32Array | Float64Array, example: number, units: readonly number[]): void {
  const place = scores.findIndex((score) => !Number.isFinite(score));
  if (place < 0) return;
  const without = units.length > 0 ? ` without units ${units.join(', ')}` : '';
  throw new VitrineError(
    'not-finite',
    `"model" expected finite scores, got ${scores[place]} for class ${place} of example ${example}${without}`,
  );
}

function greatest(scores: Float32Array | Float64Array): number {
  let best = 0;
  for (let i = 1; i < scores.length; i++) if ((scores[i] as number) > (scores[best] as number)) best = i;
  return best;
}
