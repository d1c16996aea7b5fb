import { assertIndex, assertList } from '../../../numeric/check.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import { object, text } from '../../../numeric/options.ts';
import type { Sliced } from '../../../numeric/sliced.ts';
import { numbersOf, type PerExample } from '../../classified.ts';
import {
  type CheckedExamples,
  chosenExamples,
  type DescribedExamples,
  describedExamples,
} from './describedExamples.ts';
import { type PartitionOptions, partitionsOf } from './descriptivePartitions.ts';
import type { DescribedPartition, ExamplePartition } from './types.ts';

/** Examples that are divided already. */
export interface PartitionedExamples {
  /** With the rows of their members; examples in none of them become one more. No two share an example. */
  readonly partitions: readonly ExamplePartition[];
  /** How sure the network is of each example; of each of `examples` where those are given. */
  readonly confidence: PerExample;
  /** The rows that can be asked about; all by default. */
  readonly examples?: PerExample;
  readonly features?: never;
  readonly names?: never;
}

/** Examples whose arrays are known to fit. */
type Searched = CheckedExamples | (Pick<PartitionedExamples, 'partitions'> & ReturnType<typeof chosenExamples>);

/** What can be asked about, in partitions. */
export interface SearchSpace {
  readonly examples: Int32Array;
  readonly confidence: Float64Array;
  readonly partitions: readonly DescribedPartition[];
  readonly partitionCount: number;
  /** Of each of the examples. */
  readonly partition: Int32Array;
}

/** Refuses examples whose arrays do not fit each other. */
export function searchedExamples(given: DescribedExamples | PartitionedExamples): Searched {
  object('examples', given);
  if (!('partitions' in given)) return describedExamples(given);
  for (const name of ['features', 'names'] as const) {
    if (given[name] === undefined) continue;
    throw new VitrineError('bad-argument', `"${name}" expected none beside "partitions", got some`);
  }
  const { partitions } = given;
  const chosen = chosenExamples(given, given.examples ? 2 ** 31 - 1 : numbersOf('confidence', given.confidence).length);
  assertList('partitions', partitions);
  const taken = new Set<number>();
  partitions.forEach((partition, i) => {
    object(`partitions[${i}]`, partition);
    text(`partitions[${i}].name`, partition.name);
    const members = numbersOf(`partitions[${i}].members`, partition.members);
    for (let k = 0; k < members.length; k++) {
      const member = members[k] as number;
      assertIndex(member, Number.MAX_SAFE_INTEGER, `partitions[${i}].members[${k}]`);
      if (taken.has(member)) {
        throw new VitrineError('bad-argument', `"partitions" expected each example once, got ${member} twice`);
      }
      taken.add(member);
    }
  });
  return { partitions, ...chosen };
}

/** Divides the examples where they are not divided yet. */
export function* searchSpace(given: Searched, options: PartitionOptions): Sliced<SearchSpace> {
  const { examples, confidence } = given;
  const partitions =
    'partitions' in given ? restricted(given.partitions, examples) : yield* partitionsOf(given, options);
  const places = new Map(Array.from(examples, (example, place) => [example, place]));
  const partition = new Int32Array(examples.length);
  partitions.forEach(({ members }, number) => {
    for (const member of members) partition[places.get(member) as number] = number;
  });
  return { examples, confidence, partitions, partitionCount: partitions.length, partition };
}

/** Partitions of those examples alone, and of what is left of them. */
function restricted(partitions: readonly ExamplePartition[], examples: Int32Array): readonly DescribedPartition[] {
  const rest = new Set(examples);
  const found = partitions.map(({ name, members }) => ({
    name,
    conditions: [],
    members: Int32Array.from(members).filter((member) => rest.delete(member)),
  }));
  const left = { name: 'none of these', conditions: [], members: Int32Array.from(rest) };
  return [...found, left].filter(({ members }) => members.length > 0);
}
