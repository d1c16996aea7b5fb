/**
 * Why a call was refused, for programs; the message says it to people.
 *
 * - `bad-argument`: an argument or option of the wrong kind, out of range, or that does not fit another
 * - `unknown-option`: an option that the function does not have
 * - `unknown-layer`: a layer, unit or output that the model does not have
 * - `bad-shape`: an array, tensor or map of another shape than the call needs
 * - `not-finite`: NaN or infinities among numbers
 * - `bad-image`: bytes that are no picture that can be decoded
 * - `bad-file`: files of a model, a data set or a stored result that are missing, cut short or inconsistent
 * - `unsupported-layer`: a layer or an operation that cannot be read, or for which a method has no rule
 * - `unsupported`: what this model, backend or runtime cannot do
 * - `no-path`: a score that does not depend on what it shall be explained by
 * - `too-large`: an array, a file or a count beyond what one call may take
 * - `weights-changed`: weights or states of the model that changed during a call
 * - `disposed`: a network, model or tensor that was disposed
 * - `failed`: a worker, a download or a backend that failed
 */
export type ErrorCode =
  | 'bad-argument'
  | 'unknown-option'
  | 'unknown-layer'
  | 'bad-shape'
  | 'not-finite'
  | 'bad-image'
  | 'bad-file'
  | 'unsupported-layer'
  | 'unsupported'
  | 'no-path'
  | 'too-large'
  | 'weights-changed'
  | 'disposed'
  | 'failed';

/**
 * The error that every function of vitrine throws for what it refuses; an aborted call rejects with the reason of its
 * signal instead.
 *
 * The message has the form `"argument" expected …, got …`, with the nearest of the known names where a name is unknown.
 *
 * @example
 * ```ts
 * import { gradCam, VitrineError } from 'vitrine';
 * try {
 *   await gradCam(model, x, { layer: 'conv9' });
 * } catch (error) {
 *   if (!(error instanceof VitrineError)) throw error;
 *   console.log(error.code, error.argument); // unknown-layer layer
 * }
 * ```
 */
export class VitrineError extends Error {
  override readonly name = 'VitrineError';
  readonly code: ErrorCode;
  /** The argument or option that the message begins with, such as `layer` or `target.minus`. */
  readonly argument: string | undefined;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.argument = /^"([^"]*)" expected/.exec(message)?.[1];
  }
}
