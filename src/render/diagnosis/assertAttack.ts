import type { Adversarial } from '../../diagnosis/index.ts';
import { assertArray, assertFiniteArray, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { object } from '../../numeric/options.ts';

/** What is shown of an attack. */
export type ShownAttack = Pick<Adversarial, 'adversarial' | 'classes' | 'confidence' | 'label' | 'success'>;

/** Refuses what is no result of an attack on some pictures. */
export function assertAttack(argument: string, found: ShownAttack, x: NdArray): void {
  object(argument, found);
  assertArray(`${argument}.adversarial`, found.adversarial, [4]);
  assertFiniteArray(`${argument}.adversarial`, found.adversarial);
  const shapes = [x, found.adversarial].map(({ shape }) => shape.join(', '));
  if (shapes[0] !== shapes[1])
    throw new VitrineError('bad-shape', `"${argument}.adversarial" expected [${shapes[0]}] as "x", got [${shapes[1]}]`);
  const count = x.shape[0] as number;
  const list = (name: string, values: unknown, kind: ListKind): void =>
    assertValues(`${argument}.${name}`, values, count, kind);
  for (const name of ['classes', 'confidence'] as const) {
    object(`${argument}.${name}`, found[name]);
    for (const time of ['before', 'after'] as const) list(`${name}.${time}`, found[name][time], kinds[name]);
  }
  list('label', found.label, kinds.classes);
  list('success', found.success, kinds.success);
}

interface ListKind {
  readonly expected: string;
  readonly isOne: (value: unknown) => boolean;
}

const kinds = {
  classes: { expected: 'numbers of classes', isOne: (value) => Number.isSafeInteger(value) && (value as number) >= 0 },
  confidence: { expected: 'probabilities', isOne: (value) => (value as number) >= 0 && (value as number) <= 1 },
  success: { expected: 'true or false', isOne: (value) => typeof value === 'boolean' },
} as const satisfies Record<string, ListKind>;

function assertValues(argument: string, values: unknown, count: number, { expected, isOne }: ListKind): void {
  const isList = Array.isArray(values) || (ArrayBuffer.isView(values) && !(values instanceof DataView));
  const list = isList ? Array.from(values as ArrayLike<unknown>) : [];
  if (isList && list.length === count && list.every(isOne)) return;
  throw new VitrineError(
    'bad-argument',
    `"${argument}" expected ${expected}, one for each of ${count} examples, got ${describe(values)}`,
  );
}
