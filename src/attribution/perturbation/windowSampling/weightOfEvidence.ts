/** What probabilities are estimated from. */
export interface Evidence {
  /** The number of classes K. */
  readonly classes: number;
  /** The number N of examples that the network has been trained on. */
  readonly trainingSize: number;
}

/**
 * How many bits speak for a class: $\log_2 \mathrm{odds}(p) - \log_2 \mathrm{odds}(q)$ with Laplace's correction
 * $p \leftarrow (pN + 1) / (N + K)$, which keeps it finite. Eq. (4), Zintgraf et al. 2017.
 */
export function weightOfEvidence(p: number, q: number, evidence: Evidence): number {
  return logOdds(p, evidence) - logOdds(q, evidence);
}

function logOdds(p: number, { classes, trainingSize }: Evidence): number {
  const count = p * trainingSize + 1;
  return Math.log2(count / (trainingSize + classes - count));
}
