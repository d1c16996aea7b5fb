import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { colorScale, contactSheet, gradCam, heatmap, overlay, type Picture } from 'vitrine';

/** The planes of a scan with a bright ball, and the Grad-CAM map of a network that looks for brightness. */
export async function volumeSheet(): Promise<Picture> {
  const detector = brightness();
  const cam = await gradCam(detector, scan);
  detector.dispose();
  const { low, high } = colorScale(cam);
  const cells = Array.from({ length: 8 }, (_, index) => {
    const plane = heatmap(scan, { slice: { index }, colormap: 'greys', range: [-0.2, 1.2], size: 160 });
    return { title: `plane ${index}`, picture: overlay(plane, cam, { slice: { index }, range: [low, high] }) };
  });
  const above = { title: 'along the depth', picture: heatmap(cam, { size: 160 }) };
  const front = { title: 'along the rows', picture: heatmap(cam, { projection: { axis: 'row' }, size: [80, 160] }) };
  return contactSheet([...cells, above, front], { columns: 5 });
}

const scan = {
  shape: [1, 8, 32, 32, 1],
  data: Float32Array.from({ length: 8 * 1024 }, (_, i) => Number(isBall(i)) + 0.2 * Math.sin(i * i)),
};

function isBall(i: number): boolean {
  return Math.hypot(2 * (Math.floor(i / 1024) - 4), (Math.floor(i / 32) % 32) - 10, (i % 32) - 21) < 4;
}

function brightness(): tfl.LayersModel {
  const model = tfl.sequential({
    layers: [
      tfl.layers.conv3d({ filters: 1, kernelSize: 3, activation: 'relu', inputShape: [8, 32, 32, 1] }),
      tfl.layers.averagePooling3d({ poolSize: [6, 30, 30] }),
      tfl.layers.flatten(),
      tfl.layers.dense({ units: 1 }),
    ],
  });
  tf.tidy(() =>
    model.setWeights([tf.fill([3, 3, 3, 1, 1], 1 / 27), tf.tensor1d([-0.4]), tf.ones([1, 1]), tf.zeros([1])]),
  );
  return model;
}
