import { contactSheet, encodePng, fromInput, type NdArray, overlay } from 'vitrine';
import type { AttributeRelations } from 'vitrine/diagnosis';

/** Where the evidence for two attributes and what they share lies, over the first picture, as PNG. */
export function sharedEvidenceOf(
  { attributes, shared }: AttributeRelations,
  [i, j]: readonly [number, number],
  images: NdArray,
): Uint8Array {
  const [, rows, columns] = images.shape as [number, number, number, number];
  const first = { shape: [1, rows, columns, 1], data: images.data.slice(0, rows * columns) };
  const picture = fromInput(first, { range: [0, 1], channels: 1 });
  const [k, , height, width] = (shared as NdArray<Float64Array>).shape as [number, number, number, number];
  const size = height * width;
  const mapOf = (a: number, b: number) => ({
    shape: [height, width],
    data: Float32Array.from(
      (shared as NdArray<Float64Array>).data.subarray((a * k + b) * size, (a * k + b + 1) * size),
    ),
  });
  const cells = [
    { picture: overlay(picture, mapOf(i, i)), title: attributes[i] as string },
    { picture: overlay(picture, mapOf(j, j)), title: attributes[j] as string },
    { picture: overlay(picture, mapOf(i, j)), title: 'shared' },
  ];
  return encodePng(contactSheet(cells, { cellWidth: 144 }));
}
