import type { LayersModel } from '@tensorflow/tfjs-layers';
import { loadModel } from '../../src/network/loadModel.ts';
import { readFixture } from './fixtures.ts';

/** One of the small reference networks; the caller disposes it. */
export async function fixtureModel(name: string): Promise<LayersModel> {
  const folder = `models/${name}/`;
  return loadModel({
    json: await readFixture(`${folder}model.json`),
    read: (path) => readFixture(`${folder}${path}`),
  });
}
