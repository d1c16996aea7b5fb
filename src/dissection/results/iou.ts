/** The pixels of a unit's mask and of a concept, and those they share. */
export interface Overlap {
  readonly intersection: number;
  readonly area: number;
  readonly truth: number;
}

/** The intersection over the union of a mask and a concept; 0 where both are empty. */
export function intersectionOverUnion({ intersection, area, truth }: Overlap): number {
  const union = area + truth - intersection;
  return union === 0 ? 0 : intersection / union;
}

/** What the IoU is at most for areas of these sizes: that of the smaller one lying in the larger one. */
export function iouCeiling({ area, truth }: Omit<Overlap, 'intersection'>): number {
  const larger = Math.max(area, truth);
  return larger === 0 ? 0 : Math.min(area, truth) / larger;
}

/** The IoU that is expected of a mask and a concept that cover shares `area` and `truth` of all pixels independently. */
export function chanceIou({ area, truth }: Omit<Overlap, 'intersection'>): number {
  return intersectionOverUnion({ intersection: area * truth, area, truth });
}
