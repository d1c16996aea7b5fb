import { VitrineError } from '../../../numeric/errors.ts';
import type { FunctionName } from '../../functions/functions.ts';
import type { Json } from '../../loading/modelJson.ts';
import type { Argument, KerasCall } from '../kerasModel.ts';

/** What an operation is given: its arguments in order, and those with a name, options of the layer among them. */
export interface Given {
  readonly args: readonly Argument[];
  readonly named: Readonly<Record<string, Argument>>;
}

/** An operation between layers as one of ours: which function, with which options, of what. */
interface TranslatedOperation {
  readonly function: FunctionName;
  readonly options?: Readonly<Record<string, Json>>;
  readonly operands: readonly Argument[];
}

export type OperationRule = (given: Given) => TranslatedOperation;

/** The operations of a family: what Keras 2 and Keras 3 call them, in words, and how they become ours. */
export type KnownOperations = readonly (readonly [keras2: string, keras3: string, rule: OperationRule])[];

/** The arguments of a call and the options of its layer under one roof. */
export function givenOf({ args, named }: KerasCall, options: Readonly<Record<string, Json | undefined>>): Given {
  const configured = Object.entries(options).map(([name, value]) => [name, { value: value ?? null }]);
  return { args, named: { ...Object.fromEntries(configured), ...named } };
}

/** The argument at a place, or under one of its names. */
function argument({ args, named }: Given, index: number, names: readonly string[]): Argument | undefined {
  if (args[index]) return args[index];
  const name = names.find((known) => named[known] !== undefined);
  return name === undefined ? undefined : named[name];
}

/** The value that an operation is of. */
export function first(given: Given): Argument {
  return needed(given, 0, [
    'x',
    'x1',
    'input_tensor',
    'features',
    'logits',
    'input',
    'value',
    'values',
    'tensor',
    'images',
    'a',
    'xs',
    'arrays',
    'condition',
  ]);
}

/** An argument that must be there. */
export function needed(given: Given, index: number, names: readonly string[]): Argument {
  const found = argument(given, index, names);
  if (found) return found;
  throw new VitrineError('unsupported-layer', `expected an argument "${names[0] ?? index}", got none`);
}

/** A constant under one of its names; `undefined` where it is not given or `null`. */
export function constant(given: Given, index: number, names: readonly string[]): Json | undefined {
  const found = argument(given, index, names);
  if (found === undefined || ('value' in found && found.value === null)) return undefined;
  if ('value' in found) return found.value;
  throw new VitrineError('unsupported-layer', `argument "${names[0] ?? index}" expected a constant, got a tensor`);
}

/** An option that has a name alone. */
export function option(given: Given, name: string): Json | undefined {
  return constant(given, Number.POSITIVE_INFINITY, [name]);
}

/** Refuses an option that says anything. */
export function refuse(given: Given, ...names: readonly string[]): void {
  for (const name of names) {
    const value = option(given, name);
    if (value === undefined || value === false || value === 0) continue;
    throw new VitrineError('unsupported-layer', `option "${name}" is not supported; it is ${JSON.stringify(value)}`);
  }
}

/** The items of an argument that is a list. */
export function items(list: Argument): readonly Argument[] {
  if ('list' in list) return list.list;
  if ('value' in list && Array.isArray(list.value)) return list.value.map((value) => ({ value }));
  return [list];
}

/** One number or several as a list. */
export function listed(value: Json | undefined): Json {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

/** A function of one value, with options made of what is given. */
export function unary(
  name: FunctionName,
  options: (given: Given) => Readonly<Record<string, Json>> = () => ({}),
): OperationRule {
  return (given) => ({ function: name, options: options(given), operands: [first(given)] });
}

/** A function of two values, one of which may be a constant. */
export function binary(name: FunctionName): OperationRule {
  return (given) => ({ function: name, operands: [first(given), needed(given, 1, ['y', 'x2', 'b', 'bias'])] });
}
