import { owned } from '../../backend/owned.ts';
import type { OutputHead } from '../../network/graph/graph.ts';
import { chosenOutput } from '../../network/heads/chosenOutput.ts';
import type { Network } from '../../network/network.ts';
import type { Model } from '../../network/types.ts';
import { readInputs } from '../../network/walk/inputs.ts';
import { withNetwork } from '../../network/withNetwork.ts';
import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { labelsOf } from '../classified.ts';
import type { LabelledInputs } from './allLayers/gradientProblem.ts';
import { assertCrossEntropy } from './assertCrossEntropy.ts';
import type { InfluenceOptions, LabelledExamples } from './types.ts';

/** What a call about influence works on. */
export interface ExampleSets<K extends string, O> {
  readonly network: Network;
  readonly head: OutputHead;
  readonly sets: Readonly<Record<K, LabelledInputs>>;
  readonly options: O;
}

/** Reads the sets of examples of a call, each by the name of its argument, and lends a job the network. */
export async function withExamples<K extends string, O extends Pick<InfluenceOptions, 'output' | 'signal'>, T>(
  model: Model,
  given: Readonly<Record<K, LabelledExamples>>,
  options: O,
  job: (sets: ExampleSets<K, O>) => Promise<T>,
): Promise<T> {
  for (const [name, set] of Object.entries(given)) assertSet(name, set);
  const copies = owned(given, options);
  return withNetwork(model, async (compiled) => {
    const [own, ownOptions] = await copies;
    ownOptions.signal?.throwIfAborted();
    const { network, head } = chosenOutput(compiled, ownOptions.output);
    const classes = assertCrossEntropy(head);
    if (classes < 2) throw new VitrineError('bad-shape', `"output" expected at least two classes, got ${classes}`);
    const read = async ([name, { images, labels }]: [string, LabelledExamples]): Promise<[string, LabelledInputs]> => {
      const inputs = await readInputs(network, images, `${name}.images`);
      return [name, { inputs, labels: labelsOf(`${name}.labels`, labels, inputs[0]?.shape[0] as number, classes) }];
    };
    const sets = await Promise.all(Object.entries<LabelledExamples>(own).map(read));
    return job({ network, head, sets: Object.fromEntries(sets) as Record<K, LabelledInputs>, options: ownOptions });
  });
}

function assertSet(name: string, set: unknown): void {
  if (typeof set === 'object' && set !== null && 'images' in set && 'labels' in set) return;
  throw new VitrineError('bad-argument', `"${name}" expected {images, labels}, got ${describe(set)}`);
}
