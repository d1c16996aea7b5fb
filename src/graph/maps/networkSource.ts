import * as tf from '@tensorflow/tfjs-core';
import { receptiveField } from '../../network/fields/receptiveField.ts';
import type { Site } from '../../network/graph/graph.ts';
import type { Network } from '../../network/network.ts';
import type { Input, RunOptions } from '../../network/types.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { type NdArray, rowOf } from '../../numeric/ndarray.ts';
import { isSliced } from '../../numeric/sliced.ts';
import type { Dataset } from '../../readings/dataset.ts';
import { forEachDatasetBatch } from '../../readings/datasetBatches.ts';
import { assertFiniteMaps, type MapSource, type SourceLayer } from './mapSource.ts';

/** The maps that the layers of a network make of images. */
export function networkSource(
  network: Network,
  dataset: Dataset<Input>,
  { layers, ...run }: RunOptions & { readonly layers: readonly string[]; readonly stage: string },
): MapSource {
  const sites = layers.map((layer) => network.site(layer, 'layers'));
  const imageSize = imageSizeOf(network);
  assertOrder(sites);
  const source = sites.map((site) => sourceLayer(network, site, imageSize));
  return {
    imageSize,
    layers: source,
    async read(indices, visit) {
      const taps = indices.map((i) => sites[i] as Site);
      let image = 0;
      return forEachDatasetBatch(network, dataset, run, {
        job: (rows) => {
          const record = network.forward(rows, { taps });
          return Object.fromEntries(taps.map((site, k) => [`${k}`, tf.clone(record.value(site))]));
        },
        *consume(part) {
          const batch = taps.map((_, k) => part[`${k}`] as NdArray);
          for (let row = 0; row < (batch[0]?.shape[0] as number); row++, image++) {
            const maps = batch.map((all) => rowOf(all, row));
            maps.forEach((map, k) => {
              assertFiniteMaps(map, source[indices[k] as number] as SourceLayer, image);
            });
            const work = visit(maps, image);
            if (isSliced(work)) yield* work;
          }
        },
      });
    },
  };
}

function imageSizeOf({ inputs }: Network): readonly [number, number] {
  const [, rows, columns] = inputs[0]?.shape ?? [];
  if (typeof rows === 'number' && typeof columns === 'number') return [rows, columns];
  throw new VitrineError(
    'bad-argument',
    '"model" expected an input with fixed rows and columns, got one that leaves them open',
  );
}

function sourceLayer(network: Network, { address, shape }: Site, imageSize: readonly [number, number]): SourceLayer {
  const [, rows, columns, units] = shape;
  if (typeof rows !== 'number' || typeof columns !== 'number' || typeof units !== 'number') {
    throw new VitrineError('bad-argument', `"layers" expected layers with rows and columns, got "${address}"`);
  }
  const { centre, jump } = receptiveField(network, address, { ignoreGates: true });
  // A layer of one row or column lies everywhere in that direction.
  return {
    name: address,
    size: [rows, columns],
    units,
    centre,
    jump: [jump[0] || imageSize[0], jump[1] || imageSize[1]],
  };
}

/** A layer above another is computed later. */
function assertOrder(sites: readonly Site[]): void {
  sites.forEach((site, i) => {
    const before = sites[i - 1];
    if (!before || before.value < site.value) return;
    throw new VitrineError(
      'bad-argument',
      `"layers" expected layers from the lowest to the top, each once, got "${before.address}" before "${site.address}"`,
    );
  });
}
