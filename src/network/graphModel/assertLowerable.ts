import { VitrineError } from '../../numeric/errors.ts';
import type { GraphNode } from './graphSource.ts';

/** Why a node cannot be part of a network that is explained. */
const refusals: readonly (readonly [RegExp, string])[] = [
  [
    /^(Stateless)?(If|While|Case)$|^(Ref)?(Switch|Merge)$|^(Enter|Exit|NextIteration|LoopCond)$|^Tensor(List|Array)/,
    'is control flow, whose steps depend on the input',
  ],
  [/^(Stateful)?PartitionedCall$/, 'calls a function of the graph, which the converter has not written out'],
  [/^(Arg(Max|Min)|TopK(V2)?|NonMaxSuppression.*|Where|Unique)$/, 'chooses indices, which have no gradient'],
  [/^(Random|Stateless(Random|Truncated)|Multinomial)/, 'draws random numbers'],
  [/^(HashTable|LookupTable|String|Decode|Regex)/, 'works on texts or tables'],
];

/** Refuses what cannot be written as operations, whatever its inputs are. */
export function assertLowerable(file: string, { name, op }: GraphNode): void {
  const reason = refusals.find(([ops]) => ops.test(op))?.[1];
  if (reason) throw new VitrineError('unsupported-layer', `"${file}": node "${name}" (${op}) ${reason}`);
}
