import type { NdArray } from '../../src/numeric/ndarray.ts';
import type { LabelledActivations } from '../../src/readings/labels.ts';
import { type GoldenCase, type GoldenCases, goldenCases } from './goldenCases.ts';

export type DissectionGolden = GoldenCase;

const cases = goldenCases('dissection');

/** The reference cases of dissection. */
export async function dissectionGoldens(): Promise<GoldenCases> {
  return cases;
}

/** An array of a case. */
export async function arrayOf(file: string | undefined): Promise<NdArray<Float32Array | Int32Array>> {
  return (await cases).arrayOf(file);
}

/** The numbers of an array of a case. */
export async function numbersOf(file: string | undefined): Promise<readonly number[]> {
  return [...(await arrayOf(file)).data];
}

/** The images of a case. */
export async function labelledOf({ inputs, params }: DissectionGolden): Promise<readonly LabelledActivations[]> {
  const activations = await arrayOf(inputs['activations']);
  const planes = await arrayOf(inputs['planes']);
  const scalars = params['scalars'] as readonly (readonly number[])[];
  return Array.from({ length: activations.shape[0] as number }, (_, image) => ({
    activations: imageOf(activations, image) as NdArray,
    planes: imageOf(planes, image) as NdArray<Int32Array>,
    scalars: scalars[image] as readonly number[],
  }));
}

/** One image of a batch. */
export function imageOf<A extends Float32Array | Int32Array>({ shape, data }: NdArray<A>, image: number): NdArray<A> {
  const size = data.length / (shape[0] as number);
  return { shape: shape.slice(1), data: data.slice(image * size, (image + 1) * size) as A };
}
