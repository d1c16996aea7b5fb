import type { Tensor } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { installKernels } from '../../../src/backend/index.ts';
import * as network from '../../../src/network/index.ts';
import { createStore } from '../../../src/network/walk/store.ts';
import { forEachImage } from '../../../src/readings/index.ts';
import { directionsOf, targets } from '../../../src/scoring/index.ts';
import { type PublicCalls, said, sent } from './sent.ts';

const { operations } = network;
const source: network.OperationSource = { address: 'own', layerClass: 'Own', store: createStore() };
const geometry = (): network.WindowGeometry => ({
  window: [3, 3],
  strides: [2, 2],
  padding: 'valid',
  dilations: [1, 1],
});
const margins = (): network.Margins => ({ rows: [1, 2], columns: [0, 1] });
const weights = (): network.OperationParameters => ({});
const apply = (x: Tensor): Tensor => x;

class OwnLayer extends layers.Layer {
  static readonly className = 'OwnLayer';
}

/** Networks, without waiting. */
export const engineCalls: PublicCalls = {
  compile: ({ pictures }) => said(network.compile, pictures, { output: 'probabilities' }),
  fieldBox: ({ pictures }) => said(network.fieldBox, network.receptiveField(pictures, 'top'), [3, 4], [12, 12]),
  installKernels: () => said(installKernels, { replace: false }),
  'installKernels()': () => said(installKernels()),
  'targets.mask': () =>
    said(targets.mask, [1, 0], { shape: [2, 2], data: Uint8Array.of(0, 1, 1, 1) }, { reduce: 'mean' }),
  directionsOf: (given) => said(directionsOf, 'conv', given.array([2, 4], 3)),
  'targets.box': () => said(targets.box, 3, [1, 0]),
  registerLowering: () => said(network.registerLowering<OwnLayer>, OwnLayer, () => undefined),
  'operations.conv2d': () => said(operations.conv2d, source, geometry(), weights),
  'operations.depthwiseConv2d': () => said(operations.depthwiseConv2d, source, geometry(), weights),
  'operations.conv2dTranspose': () =>
    said(operations.conv2dTranspose, source, { ...geometry(), outputPadding: [1, 0] }, weights),
  'operations.dense': () => said(operations.dense, source, weights),
  'operations.affine': () => said(operations.affine, source, weights),
  'operations.activation': () => said(operations.activation, source, apply),
  'operations.elementwise': () => said(operations.elementwise, source, apply),
  'operations.relu': () => said(operations.relu, source, 6),
  'operations.maxPool': () => said(operations.maxPool, source, geometry()),
  'operations.averagePool': () => said(operations.averagePool, source, geometry()),
  'operations.globalMaxPool': () => said(operations.globalMaxPool, source),
  'operations.globalAveragePool': () => said(operations.globalAveragePool, source),
  'operations.add': () => said(operations.add, source),
  'operations.subtract': () => said(operations.subtract, source),
  'operations.multiply': () => said(operations.multiply, source),
  'operations.average': () => said(operations.average, source),
  'operations.maximum': () => said(operations.maximum, source),
  'operations.minimum': () => said(operations.minimum, source),
  'operations.concatenate': () => said(operations.concatenate, source, 3),
  'operations.reshape': () => said(operations.reshape, source, [4, 9]),
  'operations.permute': () => said(operations.permute, source, [0, 2, 1]),
  'operations.pad': () => said(operations.pad, source, margins()),
  'operations.crop': () => said(operations.crop, source, margins()),
  'operations.identity': () => said(operations.identity, source),
  forEachImage: (given) =>
    sent(
      forEachImage,
      given.pictures,
      given.dataset([given.array([3, 12, 12, 3], 5), given.array([3, 12, 12, 3], 6)]),
      {
        layers: ['conv'],
        visit: () => undefined,
        ...given.run,
      },
    ),
  random: () => said(network.random, 3, 1),
  receptiveField: ({ pictures }) =>
    said(network.receptiveField, pictures, 'top', { inputSize: [12, 12], ignoreGates: true }),
  summary: ({ pictures }) => said(network.summary, pictures),
  topClasses: (given) => said(network.topClasses, given.array([2, 3], 1), 2, ['a', 'b', 'c']),
  withParameters: ({ pictures }) => said(network.withParameters, network.compile(pictures), () => undefined),
};
