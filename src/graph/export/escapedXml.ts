const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text for XML: control characters, which it cannot hold, become spaces. */
export function escapedXml(text: string): string {
  const allowed = Array.from(text, (character) => ((character.codePointAt(0) as number) < 32 ? ' ' : character));
  return allowed.join('').replace(/[&<>"']/g, (character) => entities[character] as string);
}
