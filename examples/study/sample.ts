import { type NdArray, type Network, predict } from 'vitrine';
import { joined } from '../scenes/rows.ts';
import type { Sample } from './measure.ts';
import { classes, maskOfClass, type StudyScene, size, studyScene } from './studyScenes.ts';

/** Scenes that the classifier reads rightly, and in each one of the classes that are there. */
export async function sceneSample(
  network: Network,
  count: number,
): Promise<Required<Sample> & { scenes: StudyScene[] }> {
  const scenes: StudyScene[] = [];
  const target: number[] = [];
  for (let index = 0; scenes.length < count; index++) {
    const scene = studyScene(4, index);
    const { values } = await predict(network, scene.picture);
    const read = classes.every((_, k) => scene.labels.data[k] === Number((values.data[k] as number) > 0.5));
    const there = classes.flatMap((_, k) => (scene.labels.data[k] === 1 ? [k] : []));
    if (!read) continue;
    scenes.push(scene);
    target.push(there[index % there.length] as number);
  }
  return {
    scenes,
    target,
    x: joined(scenes.map(({ picture }) => picture)),
    masks: joined(scenes.map((scene, i) => maskOfClass(scene, target[i] as number))),
  };
}

/** Plain pictures from dark to light. */
export function greys(side: number, levels: readonly number[]): NdArray {
  const data = new Float32Array(levels.length * side * side * 3);
  levels.forEach((level, i) => data.fill(level, i * side * side * 3, (i + 1) * side * side * 3));
  return { shape: [levels.length, side, side, 3], data };
}

/** The side of a scene, for {@link greys}. */
export const sceneSide: number = size;
