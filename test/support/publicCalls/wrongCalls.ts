import * as tf from '@tensorflow/tfjs-core';
import { VitrineError } from '../../../src/numeric/errors.ts';
import { deliberately } from './accepted.ts';
import { functionOf } from './everyCall.ts';
import { givenFor, type Prepared } from './given.ts';
import type { PublicCall, Sent } from './sent.ts';
import type { Signature, Signatures, Slot } from './signatures.ts';
import { fromOutside, wrongFor } from './wrongValues.ts';

/** One call with one wrong value. */
interface Trial {
  readonly slot: Slot;
  readonly value: string;
  readonly args: readonly unknown[];
}

/** How long one call may take; wrong values are refused before any work. */
const patience = 10_000;

/** What goes wrong where each argument and option of a call is replaced by each wrong value: nothing, if all is well. */
export async function failuresOf(
  label: string,
  call: PublicCall,
  { of }: Signatures,
  prepared: Prepared,
): Promise<readonly string[]> {
  const name = functionOf(label);
  const made = call(givenFor(prepared));
  const signature = of(name, made.args.length);
  const once = call(givenFor(prepared));
  const right = await answerOf(once.run);
  if ('error' in right) return [`${label} fails with the right arguments: ${inOneLine(right.error)}`];
  const failures: string[] = [];
  for (const slot of signature.slots) {
    const values = wrongFor(rightValue(slot, made.args));
    for (const [value, wrong] of Object.entries(values)) {
      if (isRight(slot, value)) continue;
      const said = await outcome(made, { slot, value, args: replaced(made.args, slot, wrong) }, name);
      if (said) failures.push(`${label}(${placeOf(slot)}: ${value}) ${said}`);
    }
    tf.dispose([values['tensor of text'], values['tensor without axes']] as tf.Tensor[]);
  }
  failures.push(...(await unknownOptions(label, made, signature)));
  tf.dispose([...made.args, ...once.args].filter((one) => one instanceof tf.Tensor) as tf.Tensor[]);
  return failures;
}

/** What is left out may be left out, and options that say nothing are the defaults. */
function isRight({ option, isOptional, admits }: Slot, value: string): boolean {
  if (value === 'undefined') return isOptional;
  return (
    option === undefined && isOptional && (value === '{}' || value === 'object without prototype') && admits(value)
  );
}

function placeOf({ argument, option, names }: Slot): string {
  return option === undefined ? `${argument} ${names[0] ?? 'without a name'}` : `${argument}.${option}`;
}

function rightValue({ argument, option }: Slot, args: readonly unknown[]): unknown {
  const right = args[argument];
  return option === undefined ? right : (right as Record<string, unknown> | undefined)?.[option];
}

function replaced(args: readonly unknown[], { argument, option }: Slot, wrong: unknown): readonly unknown[] {
  const given = Array.from({ length: Math.max(args.length, argument + 1) }, (_, i) => args[i]);
  given[argument] = option === undefined ? wrong : { ...(given[argument] as object), [option]: wrong };
  return given;
}

/** What is wrong with the answer of one call, if anything. */
async function outcome({ call }: Sent, { slot, value, args }: Trial, name: string): Promise<string | undefined> {
  const before = tf.engine().state.numTensors;
  const found = await answerOf(() => call(...args));
  const left = tf.engine().state.numTensors - before;
  if ('answer' in found) {
    if (left > 0) return `left ${left} tensors`;
    return deliberately({ function: name, slot, value }) ? undefined : `accepted, of type ${slot.type}`;
  }
  const { error } = found;
  if (error === fromOutside || (error instanceof Error && error.cause === fromOutside)) return undefined;
  if (!(error instanceof VitrineError)) return `raw ${inOneLine(error)}`;
  if (left > 0) return `left ${left} tensors, after ${inOneLine(error)}`;
  return isNamed({ slot, value }, error) ? undefined : `unnamed ${inOneLine(error)}`;
}

function isNamed({ slot, value }: Pick<Trial, 'slot' | 'value'>, { code, message }: VitrineError): boolean {
  if (slot.names.length === 0) return true;
  // A value of the right kind that does not fit another one: either may be the wrong one.
  if (slot.admits(value) && value !== 'NaN' && value !== 'Infinity') return true;
  // Items of a data set are named by their places.
  if (/^image \d+: /.test(message)) return true;
  // Bytes of which there are none are an empty list.
  if (value === 'no bytes' && slot.admits('[]')) return true;
  // Files, and layers that a rule is missing for, are named in place of the argument.
  if (code === 'bad-file' || code === 'unsupported-layer') return true;
  return slot.names.some((name) => new RegExp(`\\b${name}\\b`).test(message));
}

async function answerOf(run: () => unknown): Promise<{ readonly answer: unknown } | { readonly error: unknown }> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${patience / 1000} s`)), patience);
  });
  try {
    const answer = await Promise.race([run(), late]);
    dispose(answer);
    return { answer };
  } catch (error) {
    return { error };
  } finally {
    clearTimeout(timer);
  }
}

/** Frees what an accepted call gave. */
function dispose(answer: unknown): void {
  if (typeof answer !== 'object' || answer === null) return;
  if ('dispose' in answer && typeof answer.dispose === 'function') answer.dispose();
}

async function unknownOptions(label: string, { call, args }: Sent, { options }: Signature): Promise<readonly string[]> {
  const failures: string[] = [];
  for (const { argument, names } of options) {
    for (const name of names) {
      const misspelt = `${name}${name.at(-1)}`;
      const slot = { argument, option: misspelt } as Slot;
      const found = await answerOf(() => call(...replaced(args, slot, 1)));
      const { error } = { error: undefined, ...found };
      if (error instanceof VitrineError && error.code === 'unknown-option' && error.message.includes(name)) continue;
      failures.push(`${label}(${misspelt}) ${error ? `says ${inOneLine(error)}` : 'accepted an unknown option'}`);
    }
  }
  return failures;
}

function inOneLine(error: unknown): string {
  if (!(error instanceof Error)) return `no error: ${String(error)}`;
  return `${error.name}: ${error.message.replace(/\s+/g, ' ').slice(0, 160)}`;
}
