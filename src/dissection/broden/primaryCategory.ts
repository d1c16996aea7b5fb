/**
 * The place of the category that covers most of a concept; the later one of equals, as in the published data. None where
 * nothing is covered.
 */
export function primaryCategory(coverage: readonly number[]): number | undefined {
  const most = Math.max(...coverage);
  return most > 0 ? coverage.lastIndexOf(most) : undefined;
}
