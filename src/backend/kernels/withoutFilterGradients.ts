export function withoutFilterGradients<T>(run: () => T): T {
  return run();
}
