import type { GraphStep, OutputHead, Site } from '../../network/graph/graph.ts';
import type { Operation } from '../../network/graph/operation.ts';
import type { Network } from '../../network/network.ts';
import { VitrineError } from '../../numeric/errors.ts';

/** The last dense layer of a network, which makes the logits of its classes. */
export interface DenseHead {
  readonly operation: Operation;
  /** What it reads: the features of an example, `[n, d]`. */
  readonly features: Site;
  /** The number of its step in the graph. */
  readonly step: GraphStep;
}

/** The dense layer that makes the logits of an output; what only moves values between may be there. */
export function denseHead({ graph }: Network, { logits, site }: OutputHead): DenseHead {
  const maker = (value: number): GraphStep | undefined => {
    const step = graph.steps.find(({ output }) => output === value);
    return step?.operation.routing ? maker(step.inputs[0] as number) : step;
  };
  const step = maker(logits.value);
  if (step?.operation.kind !== 'dense') {
    const found = step ? `a "${step.operation.kind}" of layer "${step.operation.address}"` : 'an input';
    throw new VitrineError(
      'unsupported-layer',
      `"output" expected logits that a dense layer makes, but those of "${site.address}" are made by ${found}`,
    );
  }
  const value = step.inputs[0] as number;
  const shape = graph.shapes[value] ?? [null, null];
  if (shape.length !== 2)
    throw new VitrineError(
      'unsupported-layer',
      `"output" expected a dense layer of one vector for each example, but "${step.operation.address}" reads several`,
    );
  const { address, layerClass, parameterCount } = logits;
  return { operation: step.operation, step, features: { address, layerClass, parameterCount, value, shape } };
}
