import { expect, test } from 'vitest';
import { loadModel } from '../../../src/network/loadModel.ts';
import { readFixture } from '../../support/fixtures.ts';

const folder = 'keras/layers/mixed-layers';

test.each([1e9, -9, 4294967296])(
  'loadModel refuses axis %i, which no tensor has, before a list so long is made',
  async (axis) => {
    const json = new TextDecoder().decode(await readFixture(`${folder}/model.json`));
    const changed = json.replace('"shared_axes": [1, 2]', `"shared_axes": [${axis}, 2]`);
    expect(changed).not.toBe(json);
    await expect(loadModel({ json: changed, read: (path) => readFixture(`${folder}/${path}`) })).rejects.toThrow(
      `layer "p_re_lu" (PReLU): "shared_axes" expected axes in -8..8, got ${axis}`,
    );
  },
);
