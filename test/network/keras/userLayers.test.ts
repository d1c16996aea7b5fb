import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadModel } from '../../../src/network/loadModel.ts';
import { expectClose } from '../../support/close.ts';
import { chain3Json, chainJson, layerJson, modelFiles } from '../../support/kerasJson.ts';

/** x · w · factor, with a name in which tfjs would change the letters. */
class My_Scale extends tfl.layers.Layer {
  static readonly className = 'My_Scale';
  private readonly factorOne: number;
  private w: tfl.LayerVariable | undefined;

  constructor(config: tf.serialization.ConfigDict) {
    super(config);
    this.factorOne = config['factorOne'] as number;
  }

  override build(shape: tfl.Shape): void {
    this.w = this.addWeight('w', [shape.at(-1) as number], 'float32', tfl.initializers.ones());
    super.build(shape);
  }

  override computeOutputShape(shape: tfl.Shape): tfl.Shape {
    return shape;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const [x] = [inputs].flat() as [tf.Tensor];
      return tf.mul(tf.mul(x, (this.w as tfl.LayerVariable).read()), this.factorOne);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), factorOne: this.factorOne };
  }
}

class Doubled extends tf.serialization.Serializable {
  static readonly className = 'doubled';
  getConfig(): tf.serialization.ConfigDict {
    return {};
  }
  apply(x: tf.Tensor): tf.Tensor {
    return tf.mul(x, 2);
  }
}

const { classNameMap } = tf.serialization.SerializationMap.getMap();

beforeAll(() => {
  tf.serialization.registerClass(My_Scale as never);
  tf.serialization.registerClass(Doubled as never);
});

afterAll(() => {
  for (const name of ['My_Scale', 'doubled']) delete classNameMap[name];
});

const weights = { 'scaled/w': { shape: [2], values: [1, 10] } };

async function expectScaled(topology: object): Promise<void> {
  const model = await loadModel(modelFiles(topology, weights));
  const y = tf.tidy(() => model.predict(tf.tensor2d([[1, 2]])) as tf.Tensor);
  await expectClose(y, { shape: [1, 2], data: Float32Array.of(3, 60) });
  y.dispose();
  model.dispose();
}

test('a layer that the caller registered is used, whatever package Keras knew it by', async () => {
  const config = { name: 'scaled', factor_one: 3 };
  const registered = { registered_name: 'pkg>My_Scale', module: null };
  await expectScaled(chainJson([2], [layerJson('pkg>My_Scale', config)]));
  await expectScaled(chainJson([2], [layerJson('My_Scale', config)]));
  await expectScaled(chain3Json([2], [layerJson('My_Scale', config, registered)]));
  await expectScaled(
    chain3Json([2], [layerJson('My_Scale', config, { registered_name: 'My_Scale', module: '__main__' })]),
  );
});

test('a class of another package that has the name of one of Keras is not that', async () => {
  const topology = chainJson([2], [layerJson('pkg>Dense', { name: 'dense', units: 3 })]);
  await expect(loadModel(modelFiles(topology))).rejects.toThrow(
    /layer "dense" \(pkg>Dense\) is of a class that is not known/,
  );
  const foreign = layerJson('Dense', { name: 'dense', units: 3 }, { module: '__main__', registered_name: 'Dense' });
  await expect(loadModel(modelFiles(chain3Json([2], [foreign])))).rejects.toThrow(
    /layer "dense" \(Custom>Dense\) is of a class/,
  );
});

test('an activation that the caller registered is used', async () => {
  const activation = { class_name: 'function', config: 'doubled', registered_name: 'pkg>doubled' };
  const model = await loadModel(modelFiles(chainJson([2], [layerJson('Activation', { name: 'act', activation })])));
  const y = tf.tidy(() => model.predict(tf.tensor2d([[1, 2]])) as tf.Tensor);
  await expectClose(y, { shape: [1, 2], data: Float32Array.of(2, 4) });
  y.dispose();
});
