/** A concept's name as readers want it: the published data set marks colours by -c and scenes by -s, and has _ for a space. */
export function conceptLabel({ concept, category }: { readonly concept: string; readonly category: string }): string {
  const suffix = { color: '-c', scene: '-s' }[category];
  const name = suffix && concept.endsWith(suffix) ? concept.slice(0, -suffix.length) : concept;
  return name.replaceAll('_', ' ');
}
