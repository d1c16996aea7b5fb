import * as tf from '@tensorflow/tfjs-core';
import {
  model as functional,
  input,
  type LayersModel,
  layers as l,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { type UnitVector, withoutDirection, withoutUnits } from '../../../src/diagnosis/index.ts';
import {
  activations,
  compile,
  gradCam,
  gradient,
  lrp,
  type NdArray,
  type Network,
  predict,
} from '../../../src/index.ts';
import { random } from '../../../src/numeric/random.ts';
import { free } from '../../oracle/building.ts';
import { expectNear } from '../../support/near.ts';

/** A branch and a skip connection behind the layer that loses a direction, and a softmax at the end. */
function branched(): { model: LayersModel; tail: LayersModel } {
  const x = input({ shape: [8, 8, 2], name: 'x' });
  const a = l
    .conv2d({ filters: 6, kernelSize: 3, padding: 'same', activation: 'relu', name: 'a' })
    .apply(x) as SymbolicTensor;
  const tailLayers = [
    l.conv2d({ filters: 6, kernelSize: 3, padding: 'same', activation: 'tanh', name: 'b' }),
    l.add({ name: 'sum' }),
    l.globalAveragePooling2d({ name: 'pool' } as never),
    l.dense({ units: 3, activation: 'softmax', name: 'classes' }),
  ] as const;
  const through = (from: SymbolicTensor): SymbolicTensor => {
    const [b, sum, pool, classes] = tailLayers;
    const joined = sum.apply([from, b.apply(from) as SymbolicTensor]) as SymbolicTensor;
    return classes.apply(pool.apply(joined) as SymbolicTensor) as SymbolicTensor;
  };
  const model = functional({ inputs: x, outputs: through(a) });
  const between = input({ shape: [8, 8, 6], name: 'between' });
  return { model, tail: functional({ inputs: between, outputs: through(between) }) };
}

const { normal } = random(3);
const pictures: NdArray = { shape: [2, 8, 8, 2], data: Float32Array.from({ length: 256 }, normal) };
const vector = Float32Array.from({ length: 6 }, normal);
const mean = Float32Array.from({ length: 6 }, normal);

/** What is left of activations, by plain loops. */
function projectedByHand(values: NdArray, directions: readonly UnitVector[], kept?: UnitVector): NdArray {
  const data = values.data.slice();
  for (let place = 0; place < data.length; place += 6)
    for (const v of directions) {
      const square = [...v].reduce((sum, value) => sum + value * value, 0);
      const share =
        [...v].reduce((sum, value, i) => sum + value * ((data[place + i] as number) - (kept?.[i] ?? 0)), 0) / square;
      for (let i = 0; i < 6; i++) data[place + i] = (data[place + i] as number) - share * (v[i] as number);
    }
  return { shape: values.shape, data };
}

async function onNetworks(job: (network: Network, tail: LayersModel) => Promise<void>): Promise<void> {
  const { model, tail } = branched();
  const network = compile(model);
  await job(network, tail);
  network.dispose();
  free(model);
  tail.layers.forEach((layer) => layer.name === 'between' && layer.dispose());
}

test('the layer has lost the direction, and what reads it sees the rest', async () => {
  await onNetworks(async (network, tail) => {
    for (const kept of [undefined, mean]) {
      const repaired = withoutDirection(network, { layer: 'a', vector, ...(kept && { mean: kept }) });
      const { a: before } = await activations(network, pictures, ['a']);
      const { a: after } = await activations(repaired, pictures, ['a']);
      const expected = projectedByHand(before as NdArray, [vector], kept);
      expectNear((after as NdArray).data, expected.data, 1e-5);
      const { values } = await predict(repaired, pictures);
      const tailed = tf.tidy(() => tail.predict(tf.tensor(expected.data, [2, 8, 8, 6])) as tf.Tensor);
      expectNear(values.data, await tailed.data(), 1e-5);
      tailed.dispose();
      repaired.dispose();
    }
    const whole = await predict(network, pictures);
    const again = withoutDirection(network, { layer: 'a', vector });
    again.dispose();
    expectNear((await predict(network, pictures)).values.data, whole.values.data, 0);
  });
});

test('several directions are taken out with all that lies between them', async () => {
  await onNetworks(async (network) => {
    const first = [1, 0, 0, 0, 0, 0];
    const second = [1, 2, 0, 0, 0, 0];
    const third = [3, 1, 0, 0, 0, 0];
    const repaired = withoutDirection(network, { layer: 'a', vector: [first, second, third] });
    const { a } = await activations(repaired, pictures, ['a']);
    const { a: before } = await activations(network, pictures, ['a']);
    (a as NdArray).data.forEach((value, i) => {
      if (i % 6 < 2) expect(Math.abs(value)).toBeLessThan(1e-5);
      else expect(value).toBeCloseTo((before as NdArray).data[i] as number, 5);
    });
    repaired.dispose();
  });
});

test('gradients are those of what it computes, and relevance is kept', async () => {
  await onNetworks(async (network) => {
    const repaired = withoutDirection(network, { layer: 'a', vector, mean });
    const { values } = await gradient(repaired, pictures, { target: 1 });
    const moved = async (step: number): Promise<number> => {
      const data = pictures.data.map((value, i) => value + step * (values.data[i] as number));
      const { values: logits } = await predict(repaired, { shape: pictures.shape, data }, { scale: 'logit' });
      return (logits.data[1] as number) + (logits.data[4] as number);
    };
    const square = values.data.reduce((sum, value) => sum + value * value, 0);
    expect(((await moved(0.02)) - (await moved(-0.02))) / 0.04 / square).toBeCloseTo(1, 2);
    const relevance = await lrp(repaired, pictures, { target: 1 });
    expect(relevance.values.data.every(Number.isFinite)).toBe(true);
    const cam = await gradCam(repaired, pictures, { layer: 'a', size: 'layer' });
    expect(cam.values.shape).toEqual([2, 8, 8]);
    repaired.dispose();
  });
});

test('units that are taken out are zero, as a direction of one unit makes them', async () => {
  await onNetworks(async (network) => {
    const silenced = withoutUnits(network, { layer: 'a', units: [2, 4] });
    const projected = withoutDirection(network, {
      layer: 'a',
      vector: [
        [0, 0, 1, 0, 0, 0],
        [0, 0, 0, 0, 1, 0],
      ],
    });
    const [one, other] = [await predict(silenced, pictures), await predict(projected, pictures)];
    expectNear(one.values.data, other.values.data, 1e-6);
    const { a } = await activations(silenced, pictures, ['a']);
    expect((a as NdArray).data.every((value, i) => (i % 6 === 2 || i % 6 === 4 ? value === 0 : true))).toBe(true);
    // A view of a view: what one has taken out stays out.
    const both = withoutDirection(silenced, { layer: 'b', vector });
    const again = await activations(both, pictures, ['a', 'b']);
    expectNear((again.a as NdArray).data, (a as NdArray).data, 1e-6);
    both.dispose();
    silenced.dispose();
    projected.dispose();
    await expect(predict(silenced, pictures)).rejects.toThrow('disposed');
  });
});

test('what cannot be taken out is refused', async () => {
  await onNetworks(async (network) => {
    const wrong =
      (options: object): (() => Network) =>
      () =>
        withoutDirection(network, { layer: 'a', vector, ...options });
    expect(wrong({ layer: 'x', vector: [1, 0] })).toThrow(/"layer" expected a layer that makes something/);
    expect(wrong({ layer: 'classes', vector: [1, 0, 0] })).toThrow(
      /"layer" expected a layer before the output.*classes@preactivation/,
    );
    expect(wrong({ layer: 'aa' })).toThrow(/near: a/);
    expect(wrong({ vector: [1, 2] })).toThrow('"vector" expected 6 numbers, one for each unit, got 2');
    expect(wrong({ vector: new Float32Array(6) })).toThrow('"vector" expected a direction, got zeros');
    expect(wrong({ vector: [vector, [1]] })).toThrow('"vector[1]" expected 6 numbers');
    expect(wrong({ vector: [1, 2, 3, 4, 5, Number.NaN] })).toThrow('"vector[5]" expected a finite number');
    expect(wrong({ mean: 1 })).toThrow('"mean" expected 6 numbers');
    expect(() => withoutUnits(network, { layer: 'a', units: [6] })).toThrow(/"units\[0\]"/);
    const { model } = branched();
    expect(() => withoutDirection(model as never, { layer: 'a', vector })).toThrow(
      '"network" expected a network that compile made',
    );
    free(model);
    const logits = withoutDirection(network, { layer: 'classes@preactivation', vector: [1, -1, 0] });
    const { values } = await predict(logits, pictures);
    expect(values.data[0]).toBeCloseTo(values.data[1] as number, 5);
    logits.dispose();
  });
});
