/** The share of the picture that the square of a query covers. */
export type SquareSchedule = (query: number) => number;

/** The share that squares cover is halved after these queries of 10,000. */
const HALVED_AFTER = [10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000];

/** How squares shrink; the released code of Andriushchenko et al. 2020, `p_selection`. */
export function squareSchedule({
  evaluations,
  share,
  rescale,
}: {
  readonly evaluations: number;
  readonly share: number;
  readonly rescale: boolean;
}): SquareSchedule {
  return (query) => {
    const at = rescale ? Math.floor((query / evaluations) * 10_000) : query;
    return share / 2 ** HALVED_AFTER.filter((last) => at > last).length;
  };
}
