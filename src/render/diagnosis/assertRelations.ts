import type { AttributePair, AttributeRelations } from '../../diagnosis/index.ts';
import { assertArray, assertFiniteArray, assertInteger, assertList, assertNumber } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray, TypedArray } from '../../numeric/ndarray.ts';
import { listOf, object, oneOf, text } from '../../numeric/options.ts';

/** What is shown of a pair of attributes. */
export type ShownPair = Pick<AttributePair, 'places' | 'expected' | 'mean' | 'deviation' | 'divergence'>;

/** What is shown of the relations of attributes. */
export type ShownRelations = Pick<AttributeRelations, 'attributes' | 'mean' | 'chance'> & {
  readonly pairs: readonly ShownPair[];
};

/** Refuses what is nothing that `attributeRelations` gives. */
export function assertRelations(relations: ShownRelations): void {
  object('relations', relations);
  const { attributes, mean, chance, pairs } = relations;
  listOf(text)('relations.attributes', attributes);
  const count = attributes.length;
  assertTable('relations.mean', mean, [count, count]);
  assertTable('relations.chance', chance, [count, count]);
  assertPairs(pairs, count);
}

/** Refuses no pairs, and such of other attributes than so many. */
export function assertPairs(pairs: readonly ShownPair[], attributes: number): void {
  assertList('relations.pairs', pairs);
  if (pairs.length === 0)
    throw new VitrineError('bad-argument', '"relations.pairs" expected at least one pair, got none');
  pairs.forEach((pair, i) => {
    const at = `relations.pairs[${i}]`;
    object(at, pair);
    assertList(`${at}.places`, pair.places);
    for (const side of [0, 1] as const) assertInteger(`${at}.places[${side}]`, pair.places[side], [0, attributes - 1]);
    oneOf(['positive', 'negative', 'unrelated'])(`${at}.expected`, pair.expected);
    for (const name of ['mean', 'deviation', 'divergence'] as const) assertNumber(`${at}.${name}`, pair[name]);
  });
}

/** Refuses another table than one of finite numbers and this shape. */
export function assertTable(argument: string, table: NdArray<TypedArray>, shape: readonly number[]): void {
  assertArray(argument, table, [shape.length]);
  assertFiniteArray(argument, table);
  if (table.shape.every((length, axis) => length === shape[axis])) return;
  throw new VitrineError('bad-shape', `"${argument}" expected [${shape.join(', ')}], got [${table.shape.join(', ')}]`);
}
