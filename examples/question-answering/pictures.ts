import { contactSheet, fromInput, heatmap, overlay, type Picture, rectify, reduceChannels, resize } from 'vitrine';
import type { Explanation } from './explanation.ts';

const side = 160;

/** What the network saw. */
export function inputPicture({ picture }: Explanation): Picture {
  return resize(fromInput(picture, { range: [-1, 1] }), side);
}

/** A map over the picture: signed for integrated gradients, laid over the picture where it is about places. */
export function imageMap(explanation: Explanation, method: keyof Explanation['maps']): Picture {
  const map = explanation.maps[method];
  if (method === 'gradients') return heatmap(map, { size: side, quantile: 0.995 });
  const places = map.shape.length === 4 ? rectify(reduceChannels(map, 'mean')) : map;
  return overlay(inputPicture(explanation), places, { colormap: 'turbo' });
}

/** The words of a question one under the other, red where they speak for the answer and blue where against it. */
export function wordStrip({ words }: Explanation, method: 'gradients' | 'occlusion'): Picture {
  const most = Math.max(...words.map((word) => Math.abs(word[method])), 1e-6);
  const cells = words.map((word) => ({
    picture: heatmap(
      { shape: [1, 4], data: new Float32Array(4).fill(word[method]) },
      { size: [12, 48], range: [-most, most] },
    ),
    title: word.word,
    subtitle: word[method].toFixed(2),
  }));
  return contactSheet(cells, { columns: 3, cellWidth: 60 });
}
