import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { dependsOn } from '../../network/graph/dependsOn.ts';
import type { OperationGraph, Site } from '../../network/graph/graph.ts';
import { activationKinds } from '../../network/graph/operationKinds.ts';
import { assertPosition, type LayerPosition, positionNumber } from '../../network/graph/site.ts';
import { type PlannedStep, plan } from '../../network/plan/plan.ts';
import type { Composite } from '../../network/walk/composite.ts';
import { ruleFinder } from '../../network/walk/ruleFinder.ts';
import { assertIndex } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { sizeOf } from '../../numeric/ndarray.ts';
import { type Check, listOf, record } from '../../numeric/options.ts';
import { endsOf, type Session } from '../../scoring/session.ts';

/** What relevance has to pass: units of a layer, a place of it, or units at a place. */
export interface RelevanceCondition {
  /** The address of the layer. */
  readonly layer: string;
  /** The unit, or those of which it passes any; all of them by default. */
  readonly unit?: number | readonly number[];
  /** The place; all of them by default. */
  readonly position?: LayerPosition;
}

/** The option of relevance methods that can be made conditional. */
export interface ThroughOption {
  /**
   * What the relevance has to pass on its way; of several conditions each. What goes around a layer that is named here
   * does not count.
   */
  readonly through?: RelevanceCondition | readonly RelevanceCondition[];
}

/** A site at which relevance is masked. */
export interface Passage {
  readonly site: Site;
  readonly mask: (relevance: Tensor) => Tensor;
}

/** What can be told of conditions without the network. */
export const throughCheck: Check = (argument, value) => {
  if (Array.isArray(value)) listOf(record)(argument, value);
  else record(argument, value);
};

/**
 * The sites at which the relevance of a call is masked, from the one nearest to the target to the one nearest to the input.
 *
 * @throws {VitrineError} if a condition names no layer, unit or place of the network, or they do not lie on one way from
 * the target to where the walk ends.
 */
export function passagesOf(
  session: Session,
  through: ThroughOption['through'],
  { layer, composite }: { readonly layer: string | undefined; readonly composite: Composite },
): readonly Passage[] {
  if (through === undefined) return [];
  const { network, scorer } = session;
  const ends = endsOf(network, layer);
  const needed = new Set([...scorer.taps, ...ends, ...network.inputs].map(({ value }) => value));
  const edit = (operation: PlannedStep['operation']) => operation;
  const steps = plan(network.graph, { needed, rule: ruleFinder(network.graph, composite), edit });
  const made = new Set([...needed, ...steps.map(({ output }) => output)]);
  const passages = listed(through).map(([argument, condition]) => {
    const site = network.site(condition.layer, `${argument}.layer`);
    return { site: placeOf(site, made, network.graph), mask: maskOf(condition, site, argument) };
  });
  const ordered = passages.sort((a, b) => b.site.value - a.site.value);
  assertOnOneWay([scorer.taps, ...ordered.map(({ site }) => [site]), ends], network.graph);
  return ordered;
}

function listed(through: NonNullable<ThroughOption['through']>): (readonly [string, RelevanceCondition])[] {
  if (!Array.isArray(through)) return [['through', through as RelevanceCondition]];
  return through.map((condition: RelevanceCondition, i) => [`through[${i}]`, condition]);
}

/**
 * Where the walk meets the units of a layer. A batch normalisation is merged with a convolution, and a ReLU fused, where
 * nothing keeps them apart; a condition does not, or the map of all units would be another one. Elementwise operations
 * have the same units and places on both sides.
 */
function placeOf(site: Site, made: ReadonlySet<number>, { steps }: OperationGraph): Site {
  const elementwise = steps.filter(({ operation: { kind } }) => kind === 'affine' || activationKinds.includes(kind));
  const readers = (value: number): number => steps.filter(({ inputs }) => inputs.includes(value)).length;
  const after = (value: number): number | undefined =>
    readers(value) === 1 ? elementwise.find(({ inputs }) => inputs.includes(value))?.output : undefined;
  const before = (value: number): number | undefined => elementwise.find(({ output }) => output === value)?.inputs[0];
  for (const next of [after, before]) {
    let value: number | undefined = site.value;
    while (value !== undefined && !made.has(value)) value = next(value);
    if (value !== undefined) return { ...site, value };
  }
  return site;
}

function maskOf(condition: RelevanceCondition, site: Site, argument: string): Passage['mask'] {
  const { unit, position } = condition;
  const unknown = Object.keys(condition).find((name) => !words.includes(name));
  if (unknown !== undefined || (unit === undefined && position === undefined)) {
    const got = unknown === undefined ? 'a layer alone' : `"${unknown}"`;
    throw new VitrineError('bad-argument', `"${argument}" expected a layer and its unit, position or both, got ${got}`);
  }
  const units = unit === undefined ? undefined : unitsOf(unit, site, `${argument}.unit`);
  if (position !== undefined) assertPosition(`${argument}.position`, position, site);
  return (relevance) => {
    const { shape } = relevance;
    const [places, channels] = [shape.slice(1, -1), shape.at(-1) as number];
    const masks = [
      ...(units ? [markedAt(units, [1, ...places.map(() => 1), channels])] : []),
      ...(position ? [markedAt([positionNumber(position, shape)], [1, ...places, 1])] : []),
    ];
    return masks.reduce<Tensor>((passing, mask) => tf.mul(passing, mask), relevance);
  };
}

const words: readonly string[] = ['layer', 'unit', 'position'];

function unitsOf(unit: number | readonly number[], { shape }: Site, argument: string): readonly number[] {
  const units = shape.at(-1) ?? Number.POSITIVE_INFINITY;
  if (Array.isArray(unit)) listOf((name, one) => assertIndex(one, units, name))(argument, unit);
  else assertIndex(unit, units, argument);
  return [unit].flat() as readonly number[];
}

/** 1 at some numbers, 0 elsewhere. */
function markedAt(numbers: readonly number[], shape: number[]): Tensor {
  const data = new Float32Array(sizeOf(shape));
  for (const number of numbers) data[number] = 1;
  return tf.tensor(data, shape);
}

/** Refuses stations of which one does not depend on the next, from which nothing could come. */
function assertOnOneWay(stations: readonly (readonly Site[])[], graph: OperationGraph): void {
  stations.slice(1).forEach((earlier, i) => {
    const later = stations[i] as readonly Site[];
    if (dependsOn(graph, later, earlier)) return;
    const [from, to] = [earlier, later].map((sites) => `"${sites[0]?.address}"`);
    throw new VitrineError(
      'bad-argument',
      `"through" expected layers one after the other from the input (or "layer") to the target, got ${to}, which does not depend on ${from}`,
    );
  });
}
