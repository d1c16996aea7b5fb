/** Options of functions of features. */
export interface FeatureOptions {
  /** Stops the call; it rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
}
