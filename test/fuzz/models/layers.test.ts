import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { allLayers } from '../../../src/network/graph/layersModel.ts';
import { leftOut } from './makers/table.ts';
import { randomModel } from './randomModel.ts';

const seeds = 1500;
// What the factory makes is told by its classes, but for these, which are no layers of their own.
const abstract = ['layer', 'rnncell', 'input'];

test('random models have every layer class of tfjs-layers, but for those that are left out', () => {
  const classes = registered();
  const seen = new Set(Array.from({ length: seeds }, (_, seed) => classesOf(seed)).flat());
  expect(classes.filter((name) => !seen.has(name)).sort()).toEqual(Object.keys(leftOut).sort());
});

test('what the factory of tfjs-layers makes is of one of these classes', () => {
  const names = registered().map((name) => name.toLowerCase());
  const aliases = (name: string): string => name.replace(/^avg/i, 'average').replace(/pool(?=\d)/i, 'pooling');
  const unknown = Object.keys(layers).filter((name) => !names.includes(aliases(name).toLowerCase()));
  expect(unknown.map((name) => name.toLowerCase()).sort()).toEqual(abstract.sort());
});

/** The names of the layer classes that tfjs-layers knows, its models and those of tests left out. */
function registered(): string[] {
  const map = tf.serialization.SerializationMap as unknown as {
    getMap(): { classNameMap: Record<string, [new () => unknown]> };
  };
  return Object.entries(map.getMap().classNameMap)
    .filter(([name, [made]]) => made.prototype instanceof layers.Layer && !/^(Model|Functional|Sequential)$/.test(name))
    .map(([name]) => name);
}

function classesOf(seed: number): string[] {
  const random = randomModel(seed);
  const all = [...allLayers(random.model as never)].flatMap((layer) => [layer, ...cellsOf(layer)]);
  random.dispose();
  return all.map((layer) => layer.getClassName());
}

/** The cells of a recurrent layer, which are layers too. */
function cellsOf(layer: object): { getClassName(): string }[] {
  const { cell, cells = [] } = layer as { cell?: { getClassName(): string }; cells?: { getClassName(): string }[] };
  return [...(cell ? [cell, ...cellsOf(cell)] : []), ...cells];
}
