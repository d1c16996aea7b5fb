import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { nearestNames } from '../../numeric/nearestNames.ts';
import type { OperationGraph } from '../graph/graph.ts';
import type { OperationKind } from '../graph/operation.ts';
import { type Composite, hasAddress, type Matcher, type Rule } from './composite.ts';

/** Refuses what is no list of matchers with rules, and kinds of operations that there are not. */
export function assertComposite(argument: string, value: unknown): asserts value is Composite {
  if (isRule(value)) throw refused(argument, `a list such as [['conv2d', rule]]`, `the rule "${value.name}" alone`);
  if (!Array.isArray(value)) throw refused(argument, 'a list of pairs [matcher, rule]', describe(value));
  value.forEach((entry: unknown, i) => {
    const place = `${argument}[${i}]`;
    if (!Array.isArray(entry) || entry.length !== 2) throw refused(place, 'a pair [matcher, rule]', describe(entry));
    assertMatcher(`${place}[0]`, entry[0]);
    if (!isRule(entry[1])) throw refused(`${place}[1]`, 'a rule, such as rules.epsilon()', describe(entry[1]));
  });
}

/**
 * Refuses addresses that no operation of a network has: the rule would not be used, and nothing would tell. Kinds may be
 * lacking, as those of a composite for many networks; what a function matches cannot be told.
 */
export function assertAddresses(
  argument: string,
  composite: Composite,
  { steps }: Pick<OperationGraph, 'steps'>,
): void {
  composite.forEach(([matcher], i) => {
    const address = addressOf(matcher);
    if (address === undefined || steps.some(({ operation }) => hasAddress(operation, address))) return;
    const known = [...new Set(steps.map(({ operation }) => operation.address))];
    const isText = typeof address === 'string';
    const near = nearestNames(isText ? address : address.source, known).join(', ');
    const expected = isText ? 'the address of a layer with operations' : 'a pattern that fits a layer with operations';
    throw new VitrineError(
      'unknown-layer',
      `"${argument}[${i}][0].address" expected ${expected}, got ${isText ? `"${address}"` : address}; near: ${near}`,
    );
  });
}

function addressOf(matcher: Matcher): string | RegExp | undefined {
  return typeof matcher === 'object' && 'address' in matcher ? matcher.address : undefined;
}

/** Whether a value is a rule, as far as can be told without using it. */
export function isRule(value: unknown): value is Rule {
  if (typeof value !== 'object' || value === null) return false;
  const { name, needs, backward } = value as Partial<Record<keyof Rule, unknown>>;
  return typeof name === 'string' && Array.isArray(needs) && typeof backward === 'function';
}

function assertMatcher(argument: string, value: unknown): void {
  if (typeof value === 'function') return;
  if (typeof value === 'string') assertKind(argument, value);
  else if (Array.isArray(value) && value.length > 0)
    value.forEach((kind: unknown, i) => assertKind(`${argument}[${i}]`, kind));
  else if (!isPlace(value)) {
    const expected = "a kind of operation, a list of kinds, { address }, { position: 'first' | 'last' } or a function";
    throw refused(argument, expected, found(value));
  }
}

function isPlace(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { address, position, ...others } = value as { readonly address?: unknown; readonly position?: unknown };
  if (Object.keys(others).length > 0) return false;
  if (position !== undefined) return address === undefined && (position === 'first' || position === 'last');
  return typeof address === 'string' || address instanceof RegExp;
}

function found(value: unknown): string {
  const isPlain = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isPlain) return describe(value);
  return `{ ${Object.entries(value)
    .map(([key, of]) => `${key}: ${describe(of)}`)
    .join(', ')} }`;
}

function assertKind(argument: string, value: unknown): void {
  if (typeof value === 'string' && Object.hasOwn(kinds, value)) return;
  const near = typeof value === 'string' ? `; near: ${nearestNames(value, Object.keys(kinds)).join(', ')}` : '';
  throw refused(argument, 'a kind of operation', `${describe(value)}${near}`);
}

function refused(argument: string, expected: string, got: string): VitrineError {
  return new VitrineError('bad-argument', `"${argument}" expected ${expected}, got ${got}`);
}

const kinds: Readonly<Record<OperationKind, true>> = {
  conv2d: true,
  depthwiseConv2d: true,
  conv2dTranspose: true,
  conv3d: true,
  conv3dTranspose: true,
  dense: true,
  affine: true,
  relu: true,
  leakyRelu: true,
  prelu: true,
  elu: true,
  selu: true,
  sigmoid: true,
  hardSigmoid: true,
  tanh: true,
  softplus: true,
  softsign: true,
  swish: true,
  hardSwish: true,
  gelu: true,
  mish: true,
  thresholdedRelu: true,
  activation: true,
  elementwise: true,
  softmax: true,
  logSoftmax: true,
  maxPool: true,
  averagePool: true,
  globalMaxPool: true,
  globalAveragePool: true,
  layerNormalization: true,
  add: true,
  subtract: true,
  multiply: true,
  average: true,
  maximum: true,
  minimum: true,
  concatenate: true,
  reshape: true,
  permute: true,
  repeat: true,
  pad: true,
  crop: true,
  slice: true,
  resize: true,
  embedding: true,
  identity: true,
  opaque: true,
};
