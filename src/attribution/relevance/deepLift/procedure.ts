import type { Tensor } from '@tensorflow/tfjs-core';
import type { OperationGraph } from '../../../network/graph/graph.ts';
import type { Composite } from '../../../network/walk/composite.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import { chosenRules, type RuleOptions } from '../../ruleOptions.ts';
import { contributionsTo } from './contributions.ts';
import { rescale } from './rescale.ts';
import { lifted, revealCancel } from './revealCancel.ts';

/** How activations divide a difference among what it is made of. */
export type DeepLiftRule = 'rescale' | 'revealCancel' | 'mixed';

/** A variant of DeepLIFT as the engine runs it. */
export interface Procedure {
  readonly composite: Composite;
  /** The parts of a difference that have multipliers of their own: itself, or its positive and its negative part. */
  readonly parts: (difference: Tensor) => readonly Tensor[];
}

/** The rules of a variant; those of the user, of layers that are not known, come first. */
export function procedureOf(
  { rule = 'rescale', ...given }: RuleOptions & { readonly rule?: DeepLiftRule },
  graph: OperationGraph,
): Procedure {
  const whole = chosenRules(given, { own: rescale, graph });
  if (rule === 'rescale') return { composite: whole, parts: (difference) => [difference] };
  if (given.composite) {
    throw new VitrineError(
      'bad-argument',
      `"rule" expected 'rescale' or none where "composite" is given, got "${rule}"`,
    );
  }
  const dense = behindDense(graph);
  const isAt = rule === 'mixed' ? ({ address }: { address: string }): boolean => dense.has(address) : undefined;
  return {
    composite: [...lifted(given.rules ?? []), ...revealCancel(rescale, isAt)],
    parts: (difference) => {
      const { positive, negative } = contributionsTo(difference);
      return [positive, negative];
    },
  };
}

/** The layers whose values come from dense layers, with no convolution in between: dense layers and what follows them. */
function behindDense({ steps }: OperationGraph): ReadonlySet<string> {
  const sources = new Map<number, ReadonlySet<string>>();
  const found = new Set<string>();
  for (const { operation, inputs, output } of steps) {
    const nearest = operation.linear ? [operation.kind] : inputs.flatMap((value) => [...(sources.get(value) ?? [])]);
    sources.set(output, new Set(nearest));
    if (nearest.length > 0 && nearest.every((kind) => kind === 'dense')) found.add(operation.address);
  }
  return found;
}
